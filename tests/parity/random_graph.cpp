// Grows a graph op by op, leaving out what does not fit.

#include "parity/random_graph.h"

#include <fmt/format.h>

#include <random>

#include "genga/error.h"

namespace genga::parity {
namespace {

constexpr std::int64_t kMaxElements = 1 << 14;  // of any tensor: 200 graphs must run in seconds

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : bits_(seed) {}
  int below(int n) { return static_cast<int>(bits_() % static_cast<std::uint64_t>(n)); }
  int between(int low, int high) { return low + below(high - low + 1); }
  bool coin() { return below(2) == 0; }

 private:
  std::mt19937_64 bits_;
};

ir::Op random_conv(Dice& dice, const ir::Shape& src) {
  const int kernel = dice.between(1, 5);
  ir::Conv2d op{.out = dice.between(1, 24), .kernel = kernel, .stride = dice.between(1, 2)};
  for (int& side : op.pad) side = dice.between(0, kernel / 2);
  op.pad_mode = static_cast<ir::PadMode>(dice.below(3));
  op.bias = dice.coin();
  if (dice.below(4) == 0) {
    op.groups = static_cast<int>(src.c);
    op.out = op.groups * dice.between(1, 2);
  }
  return op;
}

ir::Op random_conv_transpose(Dice& dice) {
  ir::ConvTranspose2d op{.out = dice.between(1, 12), .kernel = dice.between(2, 4), .stride = dice.between(1, 2)};
  op.pad = dice.between(0, op.kernel - 1);
  op.output_pad = dice.between(0, op.stride - 1);
  op.bias = dice.coin();
  return op;
}

ir::Op random_pool(Dice& dice) {
  if (dice.below(4) == 0) return ir::GlobalPool{.kind = static_cast<ir::PoolKind>(dice.below(2))};
  ir::Pool2d op{.kind = static_cast<ir::PoolKind>(dice.below(2)), .kernel = dice.between(1, 4)};
  op.stride = dice.between(1, 2);
  op.pad = dice.between(0, op.kernel / 2);
  op.ceil_mode = dice.coin();
  return op;
}

/// An op of one source. eps is large: with a channel that is nearly constant, a small one would amplify rounding.
ir::Op random_op(Dice& dice, const ir::Shape& src) {
  constexpr float kEps = 1e-2F;
  switch (dice.below(18)) {
    case 0:
      return ir::BatchNorm{};
    case 1:
      return ir::InstanceNorm{.eps = kEps, .affine = dice.coin()};
    case 2:
      return ir::LayerNorm{.eps = kEps};
    case 3:
      return ir::Activation{.kind = static_cast<ir::ActivationKind>(dice.below(4)), .slope = 0.2F};
    case 4:
      return ir::Affine{.scale = 0.5F, .offset = static_cast<float>(dice.between(-1, 1))};
    case 5:
      return ir::Upsample{.factor = 2, .mode = static_cast<ir::UpsampleMode>(dice.below(4))};
    case 6:
      return ir::PixelShuffle{.factor = 2};
    case 7:
      return ir::PixelUnshuffle{.factor = 2};
    case 8:
      return random_conv_transpose(dice);
    case 9:
      return random_pool(dice);
    case 10:
      return ir::Blur{.stride = dice.between(1, 2)};
    case 11:
      return ir::ChannelScale{};
    case 12:
      return ir::Lin{.eps = kEps, .unbiased = dice.coin()};
    case 13:
      return ir::ExternalAttention{.memory = dice.between(1, 20)};
    default:
      return random_conv(dice, src);
  }
}

/// A graph that grows by ops that fit; what the ir refuses is not added.
class Grower {
 public:
  Grower(Dice& dice, const ir::Shape& input) : dice_(dice), input_(input) {
    graph_.add("x", ir::Input{.channels = static_cast<int>(input.c)});
    shapes_ = {input};
  }

  void grow(int index) {
    const ir::NodeId a = pick();
    const ir::Shape& shape = shapes_[static_cast<std::size_t>(a)];
    if (dice_.below(3) != 0) return try_add(index, random_op(dice_, shape), {a});
    const ir::NodeId b = partner_of(a);
    switch (dice_.below(4)) {
      case 0:
        return try_add(index, ir::Add{}, {a, b});
      case 2:
        return try_add(index, ir::Lade{.eps = 1e-2F}, {a, b});
      case 1:
        return try_add(index, ir::Concat{}, {b, a});
      default:
        return try_add(index, ir::GuidedFilter{.radius = dice_.between(1, 3), .eps = 0.1F}, {a, b});
    }
  }

  ir::Graph finish() {
    graph_.set_output(static_cast<ir::NodeId>(graph_.nodes().size()) - 1);
    return std::move(graph_);
  }

 private:
  /// Mostly the newest node, so that graphs are deep.
  ir::NodeId pick() {
    const int n = static_cast<int>(graph_.nodes().size());
    return dice_.below(4) == 0 ? dice_.below(n) : n - 1;
  }

  ir::NodeId partner_of(ir::NodeId a) {
    for (int i = 0; i < 8; ++i) {
      const ir::NodeId b = dice_.below(static_cast<int>(graph_.nodes().size()));
      if (shapes_[static_cast<std::size_t>(b)] == shapes_[static_cast<std::size_t>(a)]) return b;
    }
    return a;
  }

  void try_add(int index, const ir::Op& op, std::vector<ir::NodeId> src) {
    ir::Graph longer = graph_;
    try {
      longer.add(fmt::format("n{}", index), op, std::move(src));
      std::vector<ir::Shape> shapes = ir::infer_shapes(longer, input_);
      if (shapes.back().size() > kMaxElements) return;
      ir::weight_specs(longer);
      graph_ = std::move(longer);
      shapes_ = std::move(shapes);
    } catch (const Error&) {
      // does not fit here: another op will
    }
  }

  Dice& dice_;
  ir::Shape input_;
  ir::Graph graph_;
  std::vector<ir::Shape> shapes_;
};

}  // namespace

Case random_case(std::uint64_t seed) {
  Dice dice(seed);
  const ir::Shape input{1, dice.between(1, 9), dice.between(4, 20), dice.between(4, 20)};
  Grower grower(dice, input);
  const int n_tries = dice.between(4, 16);
  for (int i = 0; i < n_tries; ++i) grower.grow(i);
  return {.name = fmt::format("random_{}", seed),
          .graph = grower.finish(),
          .input = input,
          .tolerance = 2e-5,
          .seed = seed};
}

}  // namespace genga::parity
