// VGG-19 up to conv4_4. Source: Simonyan and Zisserman, ICLR 2015, arXiv 1409.1556, table 1, column E.
// The perceptual losses of the family read convolutions before their ReLU (algorithms.md T9, 1.2).
#include "genga/models.h"
#include "models/net.h"

namespace genga::models {

ir::Graph vgg19(int width) {
  constexpr std::array kDepth{2, 2, 4, 4};  // convolutions of each stage
  Net net(ir::Input{.channels = 3});
  NodeId x = net.input();
  for (int stage = 1; stage <= 4; ++stage) {  // [N,64,H,W], [N,128,H/2,W/2], [N,256,H/4,W/4], [N,512,H/8,W/8]
    if (stage > 1) x = net.pool(net.relu(x), {.kind = ir::PoolKind::kMax, .kernel = 2, .stride = 2});
    for (int i = 1; i <= kDepth.at(static_cast<std::size_t>(stage - 1)); ++i) {
      if (i > 1) x = net.relu(x);
      x = net.conv("conv" + std::to_string(stage) + "_" + std::to_string(i), x,
                   {.out = width << (stage - 1), .kernel = 3, .pad = all_sides(1)});
    }
  }
  return net.finish(x);  // conv4_4
}

}  // namespace genga::models
