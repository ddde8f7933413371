// DiffAugment: color, translation and cutout on tensors.
#include "train/parts/diff_augment.h"

#include <vector>

#include "genga/error.h"

namespace genga::train {
namespace {

constexpr double kShiftFraction = 0.125, kCutoutFraction = 0.5;  // of the image's side

/// One number an image, [N,1,1,1].
at::Tensor per_image(const at::Tensor& x, StepContext& context) {
  return context.uniform({x.size(0), 1, 1, 1}).to(x.device());
}

/// Whole numbers 0..n-1, one an image.
std::vector<std::int64_t> integers(std::int64_t n, const at::Tensor& x, StepContext& context) {
  const at::Tensor drawn = context.integers(n, x.size(0)).contiguous();
  const auto* first = drawn.data_ptr<std::int64_t>();
  return {first, first + drawn.numel()};
}

at::Tensor jitter_color(at::Tensor x, StepContext& context) {
  x = x + per_image(x, context) - 0.5;
  const at::Tensor grey = x.mean({1}, /*keepdim=*/true);
  x = (x - grey) * (2 * per_image(x, context)) + grey;
  const at::Tensor mean = x.mean({1, 2, 3}, /*keepdim=*/true);
  return (x - mean) * (0.5 + per_image(x, context)) + mean;
}

/// Black comes in from outside.
at::Tensor shift(const at::Tensor& x, StepContext& context) {
  const auto max_shift = [](std::int64_t side) {
    return static_cast<std::int64_t>(kShiftFraction * static_cast<double>(side) + 0.5);
  };
  const std::int64_t max_y = max_shift(x.size(2)), max_x = max_shift(x.size(3));
  const std::vector<std::int64_t> down = integers(2 * max_y + 1, x, context);
  const std::vector<std::int64_t> right = integers(2 * max_x + 1, x, context);
  std::vector<at::Tensor> shifted;
  for (std::size_t i = 0; i < down.size(); ++i) {
    const std::int64_t dy = down[i] - max_y, dx = right[i] - max_x;
    const std::array<std::int64_t, 4> pads{dx, -dx, dy, -dy};
    shifted.push_back(at::constant_pad_nd(x.narrow(0, static_cast<std::int64_t>(i), 1), pads, 0));
  }
  return at::cat(shifted);
}

/// 1 where a line of the image is inside its hole: [N,1,side,1] along axis 2, [N,1,1,side] along axis 3.
at::Tensor inside_hole(const at::Tensor& x, std::int64_t axis, StepContext& context) {
  const std::int64_t side = x.size(axis);
  const auto hole = static_cast<std::int64_t>(kCutoutFraction * static_cast<double>(side) + 0.5);
  const at::Tensor centre = context.integers(side + 1 - hole % 2, x.size(0)).view({-1, 1, 1, 1});
  const at::Tensor from_hole =
      at::arange(side, at::kLong).view(axis == 2 ? at::IntArrayRef{1, 1, -1, 1} : at::IntArrayRef{1, 1, 1, -1}) -
      centre + hole / 2;
  return ((from_hole >= 0) & (from_hole < hole)).to(x.options());
}

at::Tensor cut_out(const at::Tensor& x, StepContext& context) {
  const at::Tensor rows = inside_hole(x, 2, context);
  return x * (1 - rows * inside_hole(x, 3, context));
}

}  // namespace

DiffAugment::DiffAugment(std::string_view policy) {
  while (!policy.empty()) {
    const std::size_t comma = policy.find(',');
    const std::string_view word = policy.substr(0, comma);
    policy.remove_prefix(comma == std::string_view::npos ? policy.size() : comma + 1);
    if (word == "color") {
      color_ = true;
    } else if (word == "translation") {
      translation_ = true;
    } else if (word == "cutout") {
      cutout_ = true;
    } else {
      fail(ErrorCode::kInvalidArgument,
           "augment: has '{}', expected any of color, translation and cutout joined by commas, "
           "or none, or ada",
           word);
    }
  }
}

at::Tensor DiffAugment::operator()(const at::Tensor& images, StepContext& context) const {
  at::Tensor x = images;
  if (color_) x = jitter_color(x, context);
  if (translation_) x = shift(x, context);
  if (cutout_) x = cut_out(x, context);
  return x;
}

}  // namespace genga::train
