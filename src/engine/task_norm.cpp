// Whole-picture normalisation: one pass for the statistics, one that normalises and does the step's epilogue.
// Every row gives mean and squared deviation; equal-sized groups are then joined in double precision, so that a large
// mean with a small variance loses nothing (Chan et al. 1983, eq. 2.1 for groups of one size).
#include <cmath>
#include <span>

#include "engine/epilogue.h"
#include "engine/padded_vector.h"
#include "engine/task.h"

namespace genga::engine {
namespace {

struct Group {
  double mean = 0;
  double deviation = 0;  // sum of squared deviations from the mean
};

/// Joins n groups of `group_size` values each; at(i) is the i-th.
template <class At>
Group join(std::int64_t n, double group_size, const At& at) {
  Group all;
  for (std::int64_t i = 0; i < n; ++i) all.mean += at(i).mean;
  all.mean /= static_cast<double>(n);
  for (std::int64_t i = 0; i < n; ++i) {
    const Group group = at(i);
    const double d = group.mean - all.mean;
    all.deviation += group.deviation + group_size * d * d;
  }
  return all;
}

class NormTask : public Task {
 public:
  NormTask(const NormStep& norm, const TaskSetup& setup)
      : norm_(norm),
        src_(setup.src[0]),
        dst_(setup.dst),
        epilogue_(setup.step.epilogue, setup.residual),
        gamma_(padded(norm.gamma, dst_)),
        beta_(padded(norm.beta, dst_)) {}

  std::int64_t scratch_bytes() const override {
    const std::int64_t row_moments = 2 * src_.shape.h * src_.stored_channels() * std::int64_t{sizeof(double)};
    const std::int64_t channels = src_.stored_channels() * std::int64_t{sizeof(Group) + 2 * sizeof(float)};
    return row_moments + channels;
  }

  void run(const Frame& frame) override {
    const auto n_channels = static_cast<std::size_t>(src_.stored_channels());
    auto* means = reinterpret_cast<double*>(frame.scratch);  // [blocks][h][lanes]
    double* deviations = means + src_.shape.h * src_.stored_channels();
    const std::span groups(reinterpret_cast<Group*>(deviations + src_.shape.h * src_.stored_channels()), n_channels);
    const std::span scale(reinterpret_cast<float*>(groups.data() + n_channels), n_channels);
    float* shift = scale.data() + n_channels;

    measure_rows(frame, means, deviations);
    join_rows(means, deviations, groups);
    if (norm_.across_channels) join_channels(groups);
    if (frame.statistics) record(groups, *frame.statistics);
    for (std::size_t c = 0; c < n_channels; ++c) {
      const double var = groups[c].deviation / static_cast<double>(src_.shape.h * src_.shape.w);
      // Channels that only fill up blocks must stay 0: without eps theirs would be 0 / 0.
      const bool unused = static_cast<std::int64_t>(c) >= src_.shape.c;
      const double factor = unused ? 0.0 : gamma_[c] / std::sqrt(var + static_cast<double>(norm_.eps));
      scale[c] = static_cast<float>(factor);
      shift[c] = static_cast<float>(beta_[c] - groups[c].mean * factor);
    }
    normalise(frame, scale.data(), shift);
  }

  std::string note() const override { return norm_.across_channels ? "layer" : "instance"; }

 private:
  void measure_rows(const Frame& frame, double* means, double* deviations) const {
    const float* src = frame.data[src_.value];
    parallel_for(src_.blocks() * src_.shape.h, [&](std::int64_t i) {
      kernels().moments(src + src_.offset(i / src_.shape.h, i % src_.shape.h), src_.shape.w, means + i * src_.lanes,
                        deviations + i * src_.lanes);
    });
  }

  void join_rows(const double* means, const double* deviations, std::span<Group> groups) const {
    parallel_for(src_.stored_channels(), [&](std::int64_t c) {
      const std::int64_t first = c / src_.lanes * src_.shape.h * src_.lanes + c % src_.lanes;
      groups[static_cast<std::size_t>(c)] = join(src_.shape.h, static_cast<double>(src_.shape.w), [&](std::int64_t y) {
        return Group{means[first + y * src_.lanes], deviations[first + y * src_.lanes]};
      });
    });
  }

  /// Gives every channel the mean and variance of all real channels.
  void join_channels(std::span<Group> groups) const {
    const auto size = static_cast<double>(src_.shape.h * src_.shape.w);
    Group all = join(src_.shape.c, size, [&](std::int64_t c) { return groups[static_cast<std::size_t>(c)]; });
    all.deviation /= static_cast<double>(src_.shape.c);
    for (Group& group : groups) group = all;
  }

  void normalise(const Frame& frame, const float* scale, const float* shift) const {
    const float* src = frame.data[src_.value];
    make_rows(dst_, frame.data[dst_.value], [&](std::int64_t block, std::int64_t y, float* row) {
      const std::int64_t c = block * dst_.lanes;
      epilogue_.apply(row, src + src_.offset(block, y), scale + c, shift + c, block, y, dst_.shape.w, frame.data);
    });
  }

  void record(std::span<const Group> groups, weights::NormStatistics& statistics) const {
    weights::NormStatistics::Moments& moments = statistics.nodes[norm_.node];
    moments.mean.clear();
    moments.var.clear();
    for (std::size_t c = 0; c < static_cast<std::size_t>(src_.shape.c); ++c) {
      moments.mean.push_back(static_cast<float>(groups[c].mean));
      moments.var.push_back(static_cast<float>(groups[c].deviation / static_cast<double>(src_.shape.h * src_.shape.w)));
    }
  }

  const NormStep& norm_;
  View src_, dst_;
  RowEpilogue epilogue_;
  std::vector<float> gamma_, beta_;
};

}  // namespace

TaskPtr make_task(const NormStep& norm, const TaskSetup& setup) {
  return std::make_unique<NormTask>(norm, setup);
}

}  // namespace genga::engine
