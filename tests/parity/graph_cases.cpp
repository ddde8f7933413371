#include "genga/models.h"
#include "parity/op_cases.h"

namespace genga::parity {
namespace {

using enum ir::PadMode;
using enum ir::UpsampleMode;
using enum ir::ActivationKind;
using ir::NodeId;

constexpr double kFewLayers = 2e-6;  // seen 5.2e-7

const ir::Activation kLrelu{.kind = kLeakyRelu, .slope = 0.2F};

ir::Conv2d conv3(int out) {
  return {.out = out, .kernel = 3, .pad = {1, 1, 1, 1}};
}

/// A graph on a 16-channel input, written by `build`, which returns the output.
template <class Build>
Case pattern(std::string name, Build build) {
  Case c{.name = std::move(name), .graph = {}, .input = {1, 16, 12, 20}, .tolerance = kFewLayers};
  const NodeId x = c.graph.add("x", ir::Input{.channels = 16});
  c.graph.set_output(build(c.graph, x));
  return c;
}

void add_chains(std::vector<Case>& t) {
  t.push_back(pattern("conv_lrelu",
                      [](ir::Graph& g, NodeId x) { return g.add("lrelu", kLrelu, {g.add("conv", conv3(24), {x})}); }));
  t.push_back(pattern("conv_tanh", [](ir::Graph& g, NodeId x) {
    return g.add("tanh", ir::Activation{.kind = kTanh}, {g.add("conv", conv3(3), {x})});
  }));
  t.push_back(pattern("conv_bn_relu", [](ir::Graph& g, NodeId x) {
    const NodeId bn = g.add("bn", ir::BatchNorm{}, {g.add("conv", conv3(24), {x})});
    return g.add("relu", ir::Activation{.kind = kRelu}, {bn});
  }));
  t.push_back(pattern("up_conv_bn_relu", [](ir::Graph& g, NodeId x) {
    const NodeId bn = g.add("bn", ir::BatchNorm{}, {g.add("up", ir::ConvTranspose2d{.out = 8, .bias = false}, {x})});
    return g.add("relu", ir::Activation{.kind = kRelu}, {bn});
  }));
  t.push_back(pattern("bn_before_conv", [](ir::Graph& g, NodeId x) {
    return g.add("conv", conv3(8), {g.add("bn", ir::BatchNorm{}, {x})});  // padding comes after the norm
  }));
  t.push_back(pattern("conv_in_lrelu", [](ir::Graph& g, NodeId x) {
    return g.add("lrelu", kLrelu, {g.add("in", ir::InstanceNorm{}, {g.add("conv", conv3(24), {x})})});
  }));
  t.push_back(pattern("conv_ln_lrelu", [](ir::Graph& g, NodeId x) {
    return g.add("lrelu", kLrelu, {g.add("ln", ir::LayerNorm{}, {g.add("conv", conv3(24), {x})})});
  }));
  t.push_back(pattern("conv_affine_tanh", [](ir::Graph& g, NodeId x) {
    const NodeId affine = g.add("affine", ir::Affine{.scale = 0.5F, .offset = 0.25F}, {g.add("conv", conv3(8), {x})});
    return g.add("tanh", ir::Activation{.kind = kTanh}, {affine});
  }));
  t.push_back(pattern("affine_before_conv", [](ir::Graph& g, NodeId x) {
    return g.add("conv", conv3(8), {g.add("affine", ir::Affine{.scale = 2, .offset = 1}, {x})});
  }));
  t.push_back(pattern("tanh_affine_affine", [](ir::Graph& g, NodeId x) {
    const NodeId tanh = g.add("tanh", ir::Activation{.kind = kTanh}, {x});
    const NodeId once = g.add("once", ir::Affine{.scale = 0.5F, .offset = 0.5F}, {tanh});
    return g.add("twice", ir::Affine{.scale = 255, .offset = -1}, {once});
  }));
  t.push_back(pattern("upsample_conv", [](ir::Graph& g, NodeId x) {
    return g.add("conv", conv3(8), {g.add("up", ir::Upsample{.factor = 2, .mode = kAsymmetric}, {x})});
  }));
  t.push_back(pattern("unshuffle_conv_shuffle", [](ir::Graph& g, NodeId x) {
    const NodeId small = g.add("small", ir::PixelUnshuffle{.factor = 2}, {x});
    return g.add("large", ir::PixelShuffle{.factor = 2}, {g.add("conv", conv3(12), {small})});
  }));
}

void add_branches(std::vector<Case>& t) {
  t.push_back(pattern("residual", [](ir::Graph& g, NodeId x) {
    return g.add("add", ir::Add{}, {x, g.add("conv", conv3(16), {x})});
  }));
  t.push_back(pattern("residual_halved", [](ir::Graph& g, NodeId x) {
    const NodeId y = g.add("lrelu", kLrelu, {g.add("conv1", conv3(16), {x})});
    const NodeId half = g.add("half", ir::Affine{.scale = 0.5F}, {g.add("conv2", conv3(16), {y})});
    return g.add("add", ir::Add{}, {x, half});
  }));
  t.push_back(pattern("residual_then_relu", [](ir::Graph& g, NodeId x) {
    const NodeId sum = g.add("add", ir::Add{}, {g.add("conv", conv3(16), {x}), x});
    return g.add("relu", ir::Activation{.kind = kRelu}, {sum});
  }));
  t.push_back(pattern("skip_after_lrelu", [](ir::Graph& g, NodeId x) {
    return g.add("add", ir::Add{}, {x, g.add("lrelu", kLrelu, {g.add("conv", conv3(16), {x})})});
  }));
  t.push_back(pattern("sum_of_two_convs", [](ir::Graph& g, NodeId x) {
    return g.add("add", ir::Add{}, {g.add("a", conv3(16), {x}), g.add("b", conv3(16), {x})});
  }));
  t.push_back(pattern("conv_used_twice", [](ir::Graph& g, NodeId x) {
    const NodeId conv = g.add("conv", conv3(16), {x});  // its plain value is needed beside the activated one
    return g.add("add", ir::Add{}, {conv, g.add("lrelu", kLrelu, {conv})});
  }));
  t.push_back(pattern("activation_used_twice", [](ir::Graph& g, NodeId x) {
    const NodeId y = g.add("lrelu", kLrelu, {g.add("conv", conv3(16), {x})});
    return g.add("add", ir::Add{}, {y, g.add("next", conv3(16), {y}), y});
  }));
  t.push_back(pattern("residual_needed_later", [](ir::Graph& g, NodeId x) {
    const NodeId stem = g.add("stem", conv3(16), {x});  // adding in place would spoil the second use
    const NodeId sum = g.add("sum", ir::Add{}, {stem, g.add("conv", conv3(16), {stem})});
    return g.add("both", ir::Concat{}, {sum, stem});
  }));
  t.push_back(pattern("concat_of_different_widths", [](ir::Graph& g, NodeId x) {
    const NodeId both = g.add("both", ir::Concat{}, {g.add("a", conv3(5), {x}), x, g.add("b", conv3(24), {x})});
    return g.add("conv", conv3(8), {both});
  }));
  t.push_back(pattern("u_net_concat", [](ir::Graph& g, NodeId x) {
    const ir::Conv2d down{.out = 24, .kernel = 4, .stride = 2, .pad = {1, 1, 1, 1}};
    const NodeId small = g.add("lrelu", kLrelu, {g.add("down", down, {x})});
    return g.add("conv", conv3(8), {g.add("cat", ir::Concat{}, {x, g.add("up", ir::Upsample{}, {small})})});
  }));
  t.push_back(pattern("guided_by_the_input", [](ir::Graph& g, NodeId x) {
    return g.add("guided", ir::GuidedFilter{.radius = 2, .eps = 0.01F}, {x, g.add("conv", conv3(16), {x})});
  }));
}

void add_corners(std::vector<Case>& t) {
  t.push_back(pattern("input_is_output", [](ir::Graph&, NodeId x) { return x; }));
  t.push_back(pattern("dead_branch", [](ir::Graph& g, NodeId x) {
    g.add("unused", conv3(40), {x});
    return g.add("used", conv3(8), {x});
  }));
  t.push_back(pattern("output_is_not_last", [](ir::Graph& g, NodeId x) {
    const NodeId y = g.add("y", conv3(16), {x});
    g.add("later", kLrelu, {y});
    return y;
  }));
  t.push_back(pattern("output_is_used_inside", [](ir::Graph& g, NodeId x) {
    const NodeId y = g.add("y", kLrelu, {g.add("conv", conv3(16), {x})});
    g.add("later", ir::Add{}, {y, x});
    return y;
  }));
}

Case model(std::string name, ir::Graph graph, const ir::Shape& input, double tolerance) {
  return {.name = std::move(name), .graph = std::move(graph), .input = input, .tolerance = tolerance};
}

std::vector<Case> make_pattern_cases() {
  std::vector<Case> table;
  add_chains(table);
  add_branches(table);
  add_corners(table);
  return table;
}

}  // namespace

const std::vector<Case>& pattern_cases() {
  static const std::vector<Case> table = make_pattern_cases();
  return table;
}

const std::vector<Case>& model_cases() {
  // Errors seen: a quarter to a half of each bound. genga_lite has no norms: random weights let its values grow.
  static const std::vector<Case> table = {
      model("genga_lite", models::genga_lite({.width = 8}), {1, 3, 48, 64}, 3e-5),
      model("animegan_v2", models::animegan_v2(), {1, 3, 32, 36}, 1e-5),
      model("animegan_v2_align_corners", models::animegan_v2(kAlignCorners), {1, 3, 32, 32}, 1e-5),
      model("animegan_v2_lite", models::animegan_v2_lite(), {1, 3, 40, 32}, 1e-5),
      model("whitebox", models::whitebox(), {1, 3, 36, 32}, 5e-6),
      model("cartoongan", models::cartoongan(), {1, 3, 32, 32}, 2.5e-5),
      model("dcgan_generator", models::dcgan_generator(), {1, 100, 1, 1}, 4e-6),
      model("dcgan_discriminator", models::dcgan_discriminator(), {1, 3, 64, 64}, 5e-7),
      model("patch_discriminator", models::patch_discriminator(1, 8), {1, 1, 40, 32}, 2.5e-6),
  };
  return table;
}

}  // namespace genga::parity
