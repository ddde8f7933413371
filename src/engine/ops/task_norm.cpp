// Whole-image normalization: a pass for the statistics of each source, and one that normalizes and does the step's
// epilogue. With the statistics known every norm is a line per channel.
#include <cmath>
#include <optional>
#include <span>

#include "engine/ops/channel_moments.h"
#include "engine/ops/padded_vector.h"
#include "engine/ops/task.h"
#include "engine/plan/epilogue.h"

namespace genga::engine {
namespace {

using Kind = NormStep::Kind;

struct Moments {
  double mean = 0;
  double var = 0;
};

/// x * slope + offset.
struct Line {
  double slope = 1;
  double offset = 0;

  Line then(const Line& next) const { return {slope * next.slope, offset * next.slope + next.offset}; }
};

Line normal(const Moments& moments, double eps) {
  const double slope = 1 / std::sqrt(moments.var + eps);
  return {slope, -moments.mean * slope};
}

class NormTask : public Task {
 public:
  NormTask(const NormStep& norm, const TaskSetup& setup)
      : norm_(norm), src_(setup.src), dst_(setup.dst), epilogue_(setup.step.epilogue, setup.residual), own_(src_[0]) {
    if (norm.kind == Kind::kLade) target_.emplace(src_[1]);
  }

  std::int64_t scratch_bytes() const override {
    return own_.scratch_bytes() + (target_ ? target_->scratch_bytes() : 0) +
           dst_.stored_channels() * 2 * std::int64_t{sizeof(float)};
  }

  void run(const RunContext& context) override {
    const std::span<const Group> own = own_.measure(context, context.scratch);
    std::byte* rest = context.scratch + own_.scratch_bytes();
    std::span<const Group> target;
    if (target_) {
      target = target_->measure(context, rest);
      rest += target_->scratch_bytes();
    }
    auto* scale = reinterpret_cast<float*>(rest);
    float* shift = scale + dst_.stored_channels();
    const Moments layer = layer_moments(own);
    for (std::int64_t c = 0; c < dst_.stored_channels(); ++c) {
      // Channels that only fill up blocks must stay 0: without eps theirs would be 0 / 0.
      const bool unused = c >= dst_.shape.c;
      const Line line = unused ? Line{0, 0} : line_of(c, own, target, layer, context);
      scale[c] = static_cast<float>(line.slope);
      shift[c] = static_cast<float>(line.offset);
    }
    if (context.statistics) record(own, target, layer, context);
    normalize(context, scale, shift);
  }

  std::string note() const override {
    switch (norm_.kind) {
      case Kind::kInstance:
        return "instance";
      case Kind::kLayer:
        return "layer";
      case Kind::kLade:
        return "lade";
      case Kind::kLin:
        return "lin";
      case Kind::kAdaLin:
        break;
    }
    return "adalin";
  }

 private:
  Moments moments_of(const Group& group, double count) const {
    return {group.mean, group.deviation / (norm_.unbiased ? count - 1 : count)};
  }
  Moments channel_moments(std::span<const Group> groups, std::int64_t c) const {
    return moments_of(groups[static_cast<std::size_t>(c)], static_cast<double>(own_.n_pixels()));
  }

  /// Of all real channels together.
  Moments layer_moments(std::span<const Group> groups) const {
    const auto n_pixels = static_cast<double>(own_.n_pixels());
    const auto at = [&](std::int64_t c) { return groups[static_cast<std::size_t>(c)]; };
    return moments_of(join(dst_.shape.c, n_pixels, at), n_pixels * static_cast<double>(dst_.shape.c));
  }

  Line line_of(std::int64_t c, std::span<const Group> own, std::span<const Group> target, const Moments& layer,
               const RunContext& context) const {
    const double eps = norm_.eps;
    const auto i = static_cast<std::size_t>(c);
    const Line learnt{norm_.gamma[i], norm_.beta[i]};
    if (norm_.kind == Kind::kLayer) return normal(layer, eps).then(learnt);
    const Line instance = normal(channel_moments(own, c), eps);
    if (norm_.kind == Kind::kInstance) return instance.then(learnt);
    if (norm_.kind == Kind::kLade) {
      const Moments wanted = channel_moments(target, c);
      return instance.then({std::sqrt(wanted.var + eps), wanted.mean}).then(learnt);
    }
    const Line whole = normal(layer, eps);
    const double rho = norm_.rho[i];
    const Line mixed{rho * instance.slope + (1 - rho) * whole.slope, rho * instance.offset + (1 - rho) * whole.offset};
    if (norm_.kind == Kind::kLin) return mixed.then(learnt);
    return mixed.then({pixel_of(src_[1], c, context), pixel_of(src_[2], c, context)}).then(learnt);
  }

  /// Channel c of a value of one pixel.
  static double pixel_of(const View& view, std::int64_t c, const RunContext& context) {
    return context.data[view.value][view.offset(c / view.block_channels, 0) + c % view.block_channels];
  }

  void normalize(const RunContext& context, const float* scale, const float* shift) const {
    const View& from = src_[0];
    const float* src = context.data[from.value];
    make_rows(dst_, context.data[dst_.value], [&](std::int64_t block, std::int64_t y, float* row) {
      const std::int64_t c = block * dst_.block_channels;
      epilogue_.apply(row, src + from.offset(block, y), scale + c, shift + c, block, y, dst_.shape.w, context.data);
    });
  }

  void record(std::span<const Group> own, std::span<const Group> target, const Moments& layer,
              const RunContext& context) const {
    const auto add = [&](const char* suffix, const auto& value_of) {
      std::vector<float>& values = context.statistics->values[norm_.node + suffix];
      values.clear();
      for (std::int64_t c = 0; c < dst_.shape.c; ++c) values.push_back(static_cast<float>(value_of(c)));
    };
    const auto add_moments = [&](const char* mean, const char* var, const auto& moments) {
      add(mean, [&](std::int64_t c) { return moments(c).mean; });
      add(var, [&](std::int64_t c) { return moments(c).var; });
    };
    const auto of_layer = [&](std::int64_t) { return layer; };
    const auto of_own = [&](std::int64_t c) { return channel_moments(own, c); };
    if (norm_.kind == Kind::kLayer) return add_moments(".mean", ".var", of_layer);
    add_moments(".mean", ".var", of_own);
    if (norm_.kind == Kind::kLade) {
      add_moments(".target_mean", ".target_var", [&](std::int64_t c) { return channel_moments(target, c); });
    }
    if (norm_.kind == Kind::kLin || norm_.kind == Kind::kAdaLin) add_moments(".layer_mean", ".layer_var", of_layer);
    if (norm_.kind == Kind::kAdaLin) {
      add(".gamma", [&](std::int64_t c) { return pixel_of(src_[1], c, context); });
      add(".beta", [&](std::int64_t c) { return pixel_of(src_[2], c, context); });
    }
  }

  const NormStep& norm_;
  std::vector<View> src_;
  View dst_;
  RowEpilogue epilogue_;
  ChannelMoments own_;
  std::optional<ChannelMoments> target_;
};

}  // namespace

TaskPtr make_task(const NormStep& norm, const TaskSetup& setup) {
  return std::make_unique<NormTask>(norm, setup);
}

}  // namespace genga::engine
