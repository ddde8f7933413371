// Rows of several ops: patterns that the engine fuses or must not fuse, and whole models.

#include <array>

#include "genga/models.h"
#include "genga/transform.h"
#include "genga/weights.h"
#include "parity/op_cases.h"

namespace genga::parity {
namespace {

using enum ir::PadMode;
using enum ir::UpsampleMode;
using enum ir::ActivationKind;
using ir::NodeId;

constexpr double kFewLayers = 2e-6;   // seen 5.2e-7
constexpr double kWinograd = 2.5e-5;  // F(4x4, 3x3) trades digits for multiplications; seen 6.4e-6

const ir::Activation kLrelu{.kind = kLeakyRelu, .slope = 0.2F};

ir::Conv2d conv3(int out) {
  return {.out = out, .kernel = 3, .pad = {1, 1, 1, 1}};
}

/// A graph on an input of C channels, written by `build`, which returns the output. Two rows: with 16 channels, and
/// with 32, where the engine has an algorithm of its own for 3x3 convolutions.
template <class Build>
void pattern(std::vector<Case>& t, const std::string& name, Build build, double narrow_tolerance = kFewLayers) {
  for (const int channels : {16, 32}) {
    Case c{.name = name + "_" + std::to_string(channels),
           .graph = {},
           .input = {1, channels, 12, 20},
           .tolerance = channels == 16 ? narrow_tolerance : kWinograd};
    const NodeId x = c.graph.add("x", ir::Input{.channels = channels});
    c.graph.set_output(build(c.graph, x, channels));
    t.push_back(std::move(c));
  }
}

void add_chains(std::vector<Case>& t) {
  pattern(t, "conv_lrelu",
          [](ir::Graph& g, NodeId x, int) { return g.add("lrelu", kLrelu, {g.add("conv", conv3(24), {x})}); });
  pattern(t, "conv_tanh", [](ir::Graph& g, NodeId x, int) {
    return g.add("tanh", ir::Activation{.kind = kTanh}, {g.add("conv", conv3(3), {x})});
  });
  pattern(t, "conv_tanh_halves", [](ir::Graph& g, NodeId x, int) {
    const NodeId tanh = g.add("tanh", ir::Activation{.kind = kTanh}, {g.add("conv", conv3(3), {x})});
    return g.add("halves", ir::Affine{.scale = 0.5F, .offset = 0.5F}, {tanh});
  });
  pattern(t, "narrow_conv_used_twice", [](ir::Graph& g, NodeId x, int) {
    const NodeId conv = g.add("conv", conv3(3), {x});
    return g.add("add", ir::Add{}, {conv, g.add("relu", ir::Activation{.kind = kRelu}, {conv})});
  });
  pattern(t, "conv_bn_relu", [](ir::Graph& g, NodeId x, int) {
    const NodeId bn = g.add("bn", ir::BatchNorm{}, {g.add("conv", conv3(24), {x})});
    return g.add("relu", ir::Activation{.kind = kRelu}, {bn});
  });
  pattern(t, "up_conv_bn_relu", [](ir::Graph& g, NodeId x, int) {
    const NodeId bn = g.add("bn", ir::BatchNorm{}, {g.add("up", ir::ConvTranspose2d{.out = 8, .bias = false}, {x})});
    return g.add("relu", ir::Activation{.kind = kRelu}, {bn});
  });
  pattern(t, "bn_before_conv", [](ir::Graph& g, NodeId x, int) {
    return g.add("conv", conv3(8), {g.add("bn", ir::BatchNorm{}, {x})});  // padding comes after the norm
  });
  pattern(t, "conv_in_lrelu", [](ir::Graph& g, NodeId x, int) {
    return g.add("lrelu", kLrelu, {g.add("in", ir::InstanceNorm{}, {g.add("conv", conv3(24), {x})})});
  });
  pattern(t, "conv_ln_lrelu", [](ir::Graph& g, NodeId x, int) {
    return g.add("lrelu", kLrelu, {g.add("ln", ir::LayerNorm{}, {g.add("conv", conv3(24), {x})})});
  });
  pattern(t, "conv_affine_tanh", [](ir::Graph& g, NodeId x, int) {
    const NodeId affine = g.add("affine", ir::Affine{.scale = 0.5F, .offset = 0.25F}, {g.add("conv", conv3(8), {x})});
    return g.add("tanh", ir::Activation{.kind = kTanh}, {affine});
  });
  pattern(t, "affine_before_conv", [](ir::Graph& g, NodeId x, int) {
    return g.add("conv", conv3(8), {g.add("affine", ir::Affine{.scale = 2, .offset = 1}, {x})});
  });
  pattern(t, "tanh_affine_affine", [](ir::Graph& g, NodeId x, int) {
    const NodeId tanh = g.add("tanh", ir::Activation{.kind = kTanh}, {x});
    const NodeId once = g.add("once", ir::Affine{.scale = 0.5F, .offset = 0.5F}, {tanh});
    return g.add("twice", ir::Affine{.scale = 255, .offset = -1}, {once});
  });
  pattern(t, "upsample_conv", [](ir::Graph& g, NodeId x, int) {
    return g.add("conv", conv3(8), {g.add("up", ir::Upsample{.factor = 2, .mode = kAsymmetric}, {x})});
  });
  pattern(
      t, "unshuffle_conv_shuffle",
      [](ir::Graph& g, NodeId x, int) {
        const NodeId small = g.add("small", ir::PixelUnshuffle{.factor = 2}, {x});
        return g.add("large", ir::PixelShuffle{.factor = 2}, {g.add("conv", conv3(12), {small})});
      },
      kWinograd);
}

void add_branches(std::vector<Case>& t) {
  pattern(t, "residual",
          [](ir::Graph& g, NodeId x, int c) { return g.add("add", ir::Add{}, {x, g.add("conv", conv3(c), {x})}); });
  pattern(t, "residual_halved", [](ir::Graph& g, NodeId x, int c) {
    const NodeId y = g.add("lrelu", kLrelu, {g.add("conv1", conv3(c), {x})});
    const NodeId half = g.add("half", ir::Affine{.scale = 0.5F}, {g.add("conv2", conv3(c), {y})});
    return g.add("add", ir::Add{}, {x, half});
  });
  pattern(t, "residual_then_relu", [](ir::Graph& g, NodeId x, int c) {
    const NodeId sum = g.add("add", ir::Add{}, {g.add("conv", conv3(c), {x}), x});
    return g.add("relu", ir::Activation{.kind = kRelu}, {sum});
  });
  pattern(t, "skip_after_lrelu", [](ir::Graph& g, NodeId x, int c) {
    return g.add("add", ir::Add{}, {x, g.add("lrelu", kLrelu, {g.add("conv", conv3(c), {x})})});
  });
  pattern(t, "sum_of_two_convs", [](ir::Graph& g, NodeId x, int c) {
    return g.add("add", ir::Add{}, {g.add("a", conv3(c), {x}), g.add("b", conv3(c), {x})});
  });
  pattern(t, "conv_used_twice", [](ir::Graph& g, NodeId x, int c) {
    const NodeId conv = g.add("conv", conv3(c), {x});  // its plain value is needed beside the activated one
    return g.add("add", ir::Add{}, {conv, g.add("lrelu", kLrelu, {conv})});
  });
  pattern(t, "activation_used_twice", [](ir::Graph& g, NodeId x, int c) {
    const NodeId y = g.add("lrelu", kLrelu, {g.add("conv", conv3(c), {x})});
    return g.add("add", ir::Add{}, {y, g.add("next", conv3(c), {y}), y});
  });
  pattern(t, "residual_needed_later", [](ir::Graph& g, NodeId x, int c) {
    const NodeId stem = g.add("stem", conv3(c), {x});  // adding in place would spoil the second use
    const NodeId sum = g.add("sum", ir::Add{}, {stem, g.add("conv", conv3(c), {stem})});
    return g.add("both", ir::Concat{}, {sum, stem});
  });
  pattern(
      t, "concat_of_different_widths",
      [](ir::Graph& g, NodeId x, int) {
        const NodeId both = g.add("both", ir::Concat{}, {g.add("a", conv3(5), {x}), x, g.add("b", conv3(24), {x})});
        return g.add("conv", conv3(8), {both});
      },
      kWinograd);
  pattern(
      t, "u_net_concat",
      [](ir::Graph& g, NodeId x, int) {
        const ir::Conv2d down{.out = 24, .kernel = 4, .stride = 2, .pad = {1, 1, 1, 1}};
        const NodeId small = g.add("lrelu", kLrelu, {g.add("down", down, {x})});
        return g.add("conv", conv3(8), {g.add("cat", ir::Concat{}, {x, g.add("up", ir::Upsample{}, {small})})});
      },
      kWinograd);
  pattern(t, "guided_by_the_input", [](ir::Graph& g, NodeId x, int c) {
    return g.add("guided", ir::GuidedFilter{.radius = 2, .eps = 0.01F}, {x, g.add("conv", conv3(c), {x})});
  });
}

void add_corners(std::vector<Case>& t) {
  pattern(t, "input_is_output", [](ir::Graph&, NodeId x, int) { return x; });
  pattern(t, "dead_branch", [](ir::Graph& g, NodeId x, int) {
    g.add("unused", conv3(40), {x});
    return g.add("used", conv3(8), {x});
  });
  pattern(t, "output_is_not_last", [](ir::Graph& g, NodeId x, int c) {
    const NodeId y = g.add("y", conv3(c), {x});
    g.add("later", kLrelu, {y});
    return y;
  });
  pattern(t, "output_is_used_inside", [](ir::Graph& g, NodeId x, int c) {
    const NodeId y = g.add("y", kLrelu, {g.add("conv", conv3(c), {x})});
    g.add("later", ir::Add{}, {y, x});
    return y;
  });
}

Case model(std::string name, ir::Graph graph, const ir::Shape& input, double tolerance) {
  return {.name = std::move(name), .graph = std::move(graph), .input = input, .tolerance = tolerance};
}

weights::Model without_weights(ir::Graph graph) {
  weights::Model model;
  model.graph = std::move(graph);
  return model;
}

ir::Graph scaled_strokes(ir::Graph graph, double scale) {
  return transform::with_stroke_scale(without_weights(std::move(graph)), scale).graph;
}

ir::Graph mixed(ir::Graph a, ir::Graph b) {
  const std::array models{without_weights(std::move(a)), without_weights(std::move(b))};
  return transform::mix_models(models, std::array{0.6, 0.4}).graph;
}

/// What users run of AnimeGANv3.
ir::Graph main_tail(const ir::Graph& both) {
  return ir::subgraph(both, both.find("main"));
}

ir::Conv2d reflected3(int out) {
  return {.out = out, .kernel = 3, .pad = {1, 1, 1, 1}, .pad_mode = kReflect, .bias = false};
}

/// Down and up again, so that tiles can be compared with the whole.
void add_reductions(std::vector<Case>& t) {
  const auto reduced = [&](const char* name, const ir::Op& down) {
    pattern(t, name, [&](ir::Graph& g, NodeId x, int c) {
      const NodeId small = g.add("conv", reflected3(c), {g.add("down", down, {x})});
      return g.add("up", ir::Upsample{.factor = 2, .mode = kAsymmetric}, {small});
    });
  };
  reduced("max_pool_conv_up", ir::Pool2d{.kind = ir::PoolKind::kMax});
  reduced("padded_pool_conv_up", ir::Pool2d{.kind = ir::PoolKind::kAverage, .kernel = 3, .pad = 1});
  reduced("ceil_pool_conv_up", ir::Pool2d{.kind = ir::PoolKind::kMax, .kernel = 3, .ceil_mode = true});
  reduced("every_other_pixel_conv_up", ir::Pool2d{.kind = ir::PoolKind::kAverage, .kernel = 1});
  reduced("blur_conv_up", ir::Blur{});
}

/// The blocks of AnimeGANv3 and U-GAT-IT.
void add_adaptive_blocks(std::vector<Case>& t) {
  pattern(t, "conv_lade_lrelu_conv", [](ir::Graph& g, NodeId x, int c) {
    const NodeId conv = g.add("conv", reflected3(c), {x});
    const NodeId target = g.add("target", ir::Conv2d{.out = c, .kernel = 1, .bias = false}, {conv});
    const NodeId lade = g.add("lade", ir::Lade{}, {conv, target});
    const NodeId sum = g.add("sum", ir::Add{}, {g.add("lrelu", kLrelu, {lade}), x});
    return g.add("last", reflected3(c), {sum});
  });
  pattern(t, "lade_target_used_twice", [](ir::Graph& g, NodeId x, int c) {
    const NodeId target = g.add("target", ir::Conv2d{.out = c, .kernel = 1}, {x});
    return g.add("sum", ir::Add{}, {g.add("lade", ir::Lade{}, {x, target}), target});
  });
  pattern(t, "lade_of_another_value", [](ir::Graph& g, NodeId x, int c) {
    const NodeId target = g.add("target", ir::Conv2d{.out = c, .kernel = 1}, {g.add("relu", ir::Activation{}, {x})});
    return g.add("lade", ir::Lade{}, {x, target});
  });
  pattern(t, "attention_bn_residual", [](ir::Graph& g, NodeId x, int c) {
    const NodeId query = g.add("query", ir::Conv2d{.out = c, .kernel = 1}, {x});
    const NodeId seen = g.add("seen", ir::ExternalAttention{.memory = 2 * c}, {query});
    const NodeId out = g.add("out", ir::Conv2d{.out = c, .kernel = 1, .bias = false}, {seen});
    const NodeId bn = g.add("bn", ir::BatchNorm{.eps = 1e-3F}, {out});
    return g.add("lrelu", kLrelu, {g.add("sum", ir::Add{}, {bn, x})});
  });
  pattern(
      t, "sharp_attention",
      [](ir::Graph& g, NodeId x, int) {
        return g.add("op", ir::ExternalAttention{.memory = 9}, {g.add("large", ir::Affine{.scale = 60}, {x})});
      },
      kWinograd);  // the exponential enlarges the rounding of large similarities
  pattern(t, "cam_adalin_lin", [](ir::Graph& g, NodeId x, int c) {
    const NodeId average = g.add("average", ir::ChannelScale{}, {x});
    const NodeId largest = g.add("largest", ir::ChannelScale{}, {x});
    const NodeId both = g.add("both", ir::Concat{}, {average, largest});
    const NodeId cam = g.add("relu", ir::Activation{}, {g.add("cam", ir::Conv2d{.out = c, .kernel = 1}, {both})});
    const NodeId pool = g.add("pool", ir::GlobalPool{}, {cam});
    const NodeId style = g.add("style_relu", ir::Activation{}, {g.add("style", ir::Linear{.out = c}, {pool})});
    const NodeId gamma = g.add("gamma", ir::Linear{.out = c, .bias = false}, {style});
    const NodeId beta = g.add("beta", ir::Linear{.out = c, .bias = false}, {style});
    const NodeId norm = g.add("norm", ir::AdaLin{}, {g.add("conv", reflected3(c), {cam}), gamma, beta});
    const NodeId sum = g.add("sum", ir::Add{}, {g.add("norm_relu", ir::Activation{}, {norm}), cam});
    return g.add("lin", ir::Lin{}, {g.add("last", reflected3(c), {sum})});
  });
}

std::vector<Case> make_pattern_cases() {
  std::vector<Case> table;
  add_reductions(table);
  add_adaptive_blocks(table);
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
  // Each bound is 2.3 to 4 times the largest error seen, by engine (SSE4.1, AVX2, AVX-512) and torch: other instruction
  // sets have room. genga_lite has no norms: random weights let its values grow.
  // Statistics of the few pixels that are left at a quarter or an eighth of these sizes magnify rounding (animegan).
  static const std::vector<Case> table = {
      model("genga_lite", models::genga_lite({.width = 8}), {1, 3, 48, 64}, 7.5e-5),
      model("genga_lite_larger_strokes", scaled_strokes(models::genga_lite({.width = 8}), 2), {1, 3, 96, 80}, 5e-5),
      model("genga_lite_smaller_strokes", scaled_strokes(models::genga_lite({.width = 8}), 0.5), {1, 3, 40, 36},
            2.5e-5),
      model("genga_lite_mixed_with_whitebox", mixed(models::genga_lite({.width = 8}), models::whitebox()),
            {1, 3, 48, 64}, 1e-5),
      model("genga_color", models::genga_lite({.width = 8, .color_units = 12}), {1, 3, 48, 64}, 2e-4),
      model("animegan_v2", models::animegan_v2(), {1, 3, 32, 36}, 2e-5),
      model("animegan_v2_align_corners", models::animegan_v2(kAlignCorners), {1, 3, 32, 32}, 1e-5),
      model("animegan_v2_lite", models::animegan_v2_lite(), {1, 3, 40, 32}, 4e-5),
      model("whitebox", models::whitebox(), {1, 3, 36, 32}, 1.2e-5),
      model("cartoongan", models::cartoongan(), {1, 3, 32, 32}, 5e-5),
      model("dcgan_generator", models::dcgan_generator(), {1, 100, 1, 1}, 6.6e-6),
      model("dcgan_discriminator", models::dcgan_discriminator(), {1, 3, 64, 64}, 2e-6),
      model("patch_discriminator", models::patch_discriminator(1, 8), {1, 1, 40, 32}, 6e-6),
      model("deligan_generator", models::deligan_generator({.width = 8, .components = 5}), {1, 105, 1, 1}, 4e-6),
      model("seed_gan_generator", models::seed_gan_generator({.width = 16}), {1, 100, 1, 1}, 5e-6),
      model("seed_gan_discriminator", models::seed_gan_discriminator({.width = 16}), {1, 3, 64, 64}, 3e-6),
      model("autoencoder", models::autoencoder(8), {1, 3, 40, 32}, 2e-5),
      model("animegan", models::animegan(16), {1, 3, 48, 52}, 2e-4),
      model("animegan_discriminator", models::animegan_discriminator(8), {1, 3, 32, 32}, 9e-6),
      model("animegan_v3", main_tail(models::animegan_v3(8)), {1, 3, 64, 72}, 9e-4),
      model("animegan_v3_discriminator", models::animegan_v3_discriminator(8), {1, 3, 40, 32}, 3.6e-6),
      model("resnet_6blocks", models::resnet_generator({.blocks = 6, .width = 16}), {1, 3, 32, 36}, 5e-5),
      model("cut_generator", models::resnet_generator({.width = 8, .anti_alias = true}), {1, 3, 32, 36}, 7e-5),
      model("cut_discriminator", models::patchgan_discriminator({.width = 8, .anti_alias = true}), {1, 3, 64, 64},
            4.4e-6),
      model("ugatit_light", models::ugatit_light(16), {1, 3, 32, 36}, 7e-5),
      model("ugatit_discriminator", models::ugatit_discriminator(models::UgatitScope::kLocal, 8), {1, 3, 40, 48},
            3.6e-6),
      model("vgg19", models::vgg19(8), {1, 3, 32, 40}, 8e-6),
      model("squeezenet", models::squeezenet(), {1, 3, 63, 70}, 2.4e-6),
  };
  return table;
}

}  // namespace genga::parity
