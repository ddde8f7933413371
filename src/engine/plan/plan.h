// The engine's own form of a network: a list of steps over values, independent of image size.
// build_plan() translates the graph one op at a time, fuse() merges steps, place() settles layouts and stored borders.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "genga/engine.h"
#include "genga/weights.h"

namespace genga::engine {

using ValueId = int;  // index into Plan::values

enum class Layout {
  kPlanar,   // [C][H][W], what callers see
  kBlocked,  // [C / B][H][W][B], B = Kernels::block_channels: oneDNN's nChw8c or nChw16c; unused channels of the last
             // block are 0
};

/// A tensor between steps. Its image has the size of the graph node whose result it holds, plus a stored border.
struct Value {
  ir::NodeId node = -1;
  int channels = 0;
  Layout layout = Layout::kBlocked;
  ir::Pad border{};  // pixels kept around the image, already filled, for a convolution that reads them
  ir::PadMode border_mode = ir::PadMode::kZero;
};

/// Applied to a step's result x in this order: first(x), + residual, second(x).
struct Epilogue {
  std::optional<ir::Activation> first = std::nullopt;
  std::optional<ValueId> residual = std::nullopt;
  std::optional<ir::Activation> second = std::nullopt;
  bool empty() const { return !first && !residual && !second; }
};

/// A convolution's weights as the model holds them: made f32 where a task packs them, and not kept besides.
struct StoredWeight {
  weights::Tensor tensor;    // [out, ...]
  std::vector<float> scale;  // of each result channel; empty: 1
  std::vector<float> values() const;
};

struct ConvStep {
  ir::Conv2d conv;  // groups are 1, or equal to channels, or of whole blocks; pad_mode as in the graph
  int in_channels = 0;
  StoredWeight weight;      // [out, in / groups, kernel, kernel]
  std::vector<float> bias;  // [out], zeros if the op has none
  bool upsampled = false;   // reads its source upsampled by 2, nearest neighbours; Winograd only
  Precision precision = Precision::kF32;
};
struct DeconvStep {
  ir::ConvTranspose2d conv;
  int in_channels = 0;
  std::vector<float> weight;  // [in, out, kernel, kernel]
  std::vector<float> bias;
};
struct LinearStep {
  int in_size = 0;
  int out = 0;
  std::vector<float> weight;  // [out, in_size]
  std::vector<float> bias;
};
/// x * scale + shift per channel, then the epilogue. Empty vectors: x itself.
struct PointwiseStep {
  std::vector<float> scale, shift;
};
/// A normalization by statistics of the whole image (definitions: genga/ops.h), then * gamma + beta.
struct NormStep {
  enum class Kind { kInstance, kLayer, kLade, kLin, kAdaLin };
  Kind kind = Kind::kInstance;
  float eps = 0;
  bool unbiased = false;   // variances are divided by the count less one
  std::vector<float> rho;  // LIN and AdaLIN
  std::vector<float> gamma, beta;
  std::string node;  // name under which statistics are recorded
};
struct PoolStep {
  ir::Pool2d op;
};
struct GlobalPoolStep {
  ir::PoolKind kind = ir::PoolKind::kAverage;
};
/// Softmax over the pixels of each channel, then every pixel divided by 1e-9 + the sum of its channels.
struct AttentionStep {
  std::vector<float> log_sum;  // stored logarithms of the softmax's sums; empty: to be computed
  std::string node;            // name under which they are recorded
};
struct MixtureStep {
  std::vector<float> mean, deviation;  // [components, D]
};
struct UpsampleStep {
  ir::Upsample op;
};
struct ShuffleStep {
  int factor = 1;
  bool inverse = false;  // true: unshuffle
};
struct ConcatStep {};
struct GuidedFilterStep {
  ir::GuidedFilter op;
};
/// x + sum over units of b tanh(a x + bias), plus a bias: a map from color to color, every pixel by itself (the end of
/// genga_lite with color_units). Both planar, 3 channels. build_plan() does not make it; fuse_color_maps() does.
struct ColorMapStep {
  std::vector<float> units;   // [unit][a of 3 channels, bias, b of 3 channels]
  std::array<float, 3> bias;  // of the sum
};
struct CopyStep {};  // same elements, maybe another shape; both planar
struct PadStep {};   // fills the border of its value
/// Planar to blocked, unshuffling on the way.
struct ToBlockedStep {
  int unshuffle = 1;
};
/// Blocked to planar, shuffling on the way; the epilogue's first activation is applied.
struct ToPlanarStep {
  int shuffle = 1;
};

using StepOp = std::variant<ConvStep, DeconvStep, LinearStep, PointwiseStep, NormStep, UpsampleStep, ShuffleStep,
                            ConcatStep, GuidedFilterStep, CopyStep, PadStep, ToBlockedStep, ToPlanarStep, PoolStep,
                            GlobalPoolStep, AttentionStep, MixtureStep, ColorMapStep>;

struct Step {
  std::string name;  // of the graph nodes it stands for, joined with '+'
  StepOp op;
  std::vector<ValueId> src;
  ValueId dst = -1;
  Epilogue epilogue;

  /// Everything it reads, the residual included.
  std::vector<ValueId> reads() const;
};

struct Plan {
  std::vector<Value> values;
  std::vector<Step> steps;  // in order of execution
  ValueId input = -1;       // planar
  ValueId output = -1;      // planar, written by one step
};

/// One step per op, or a few. block_channels: of Kernels; decides how grouped convolutions can be stored.
Plan build_plan(const ir::Graph& graph, const weights::TensorMap& tensors, int block_channels);
/// Makes one step of convolutions that map colors; before place_layouts(), since that step is planar.
void fuse_color_maps(Plan& plan);
/// Inserts the conversions between planar and blocked that the steps need; afterwards every step finds its layout.
void place_layouts(Plan& plan);
/// Merges neighbours: same results within rounding.
void fuse(Plan& plan);
/// Stores reflected and replicated borders for steps that cannot look them up: with the value if its producer can write
/// them and the plan is fused, else in a copy.
void place_borders(Plan& plan, bool fused);
/// Gives `precision` to the convolutions that are faster in it and can bear it; after place_layouts().
void lower_precision(Plan& plan, Precision precision);
/// Drops steps whose result nobody reads.
void remove_dead_steps(Plan& plan);

/// Index of the step that writes `value`, or -1 for the input.
int producer_of(const Plan& plan, ValueId value);
/// The same if there is one read of `value`, else -1.
int sole_producer(const Plan& plan, ValueId value);
/// How many reads of `value` there are; the network's output counts as one.
int count_reads(const Plan& plan, ValueId value);

}  // namespace genga::engine
