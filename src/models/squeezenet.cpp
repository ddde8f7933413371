// SqueezeNet v1.0 without its classifier. Source: Iandola et al. 2016, arXiv 1602.07360, table 1; pools round up as in
// the authors' framework. Node names are those of the published arrays.
#include "genga/models.h"
#include "models/net.h"

namespace genga::models {
namespace {

/// 1x1 to `squeeze`, then 1x1 and 3x3 to `expand` each, side by side. The module's output is the node `name`.
NodeId fire(Net& net, const std::string& name, NodeId src, int squeeze, int expand) {
  const NodeId s = net.relu(net.conv(name + "__conv1x1_1", src, {.out = squeeze, .kernel = 1}));
  const NodeId e1 = net.relu(net.conv(name + "__conv1x1_2", s, {.out = expand, .kernel = 1}));
  const NodeId e3 = net.relu(net.conv(name + "__conv3x3_2", s, {.out = expand, .kernel = 3, .pad = all_sides(1)}));
  return net.layer(name, ir::Concat{}, {e1, e3});
}

}  // namespace

ir::Graph squeezenet() {
  constexpr ir::Pool2d kHalve{.kind = ir::PoolKind::kMax, .kernel = 3, .stride = 2, .pad = 0, .ceil_mode = true};
  Net net(ir::Input{.channels = 3});
  NodeId x = net.relu(net.conv("conv1", net.input(), {.out = 96, .kernel = 7, .stride = 2}));  // [N,96,H/2-3,W/2-3]
  x = net.pool(x, kHalve);                                                                     // [N,96,H/4,W/4]
  x = fire(net, "fire2", x, 16, 64);                                                           // [N,128,H/4,W/4]
  x = fire(net, "fire3", x, 16, 64);                                                           // [N,128,H/4,W/4]
  x = fire(net, "fire4", x, 32, 128);                                                          // [N,256,H/4,W/4]
  x = net.pool(x, kHalve);                                                                     // [N,256,H/8,W/8]
  x = fire(net, "fire5", x, 32, 128);                                                          // [N,256,H/8,W/8]
  x = fire(net, "fire6", x, 48, 192);                                                          // [N,384,H/8,W/8]
  x = fire(net, "fire7", x, 48, 192);                                                          // [N,384,H/8,W/8]
  x = fire(net, "fire8", x, 64, 256);                                                          // [N,512,H/8,W/8]
  x = net.pool(x, kHalve);                                                                     // [N,512,H/16,W/16]
  return net.finish(fire(net, "fire9", x, 64, 256));                                           // [N,512,H/16,W/16]
}

}  // namespace genga::models
