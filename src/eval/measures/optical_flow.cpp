// Dense optical flow by inverse search over patches, from coarse to fine; where it can be trusted; warping by it.
#include "eval/measures/optical_flow.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace genga::eval {
namespace {

constexpr int kPatch = 8;
constexpr int kStep = 4;       // patches overlap by half
constexpr int kCoarsest = 16;  // pixels of the shorter side
constexpr int kIterations = 12;
constexpr float kFlatness = 1e-3F;  // added to the structure tensor: patches without texture do not move
constexpr int kPixels = kPatch * kPatch;

struct Vec {
  float u = 0, v = 0;
};

/// A patch of the first frame: brightness, gradients, and the inverse of their structure tensor.
struct Template {
  int x = 0, y = 0;  // top left
  std::array<float, kPixels> value{}, gx{}, gy{};
  float inverse_xx = 0, inverse_xy = 0, inverse_yy = 0;
};

Template make_template(const Plane& frame, int x, int y) {
  Template t{.x = x, .y = y};
  float xx = kFlatness, xy = 0, yy = kFlatness;
  for (int i = 0; i < kPixels; ++i) {
    const int px = x + i % kPatch;
    const int py = y + i / kPatch;
    const auto k = static_cast<std::size_t>(i);
    t.value[k] = frame.clamped(px, py);
    t.gx[k] = (frame.clamped(px + 1, py) - frame.clamped(px - 1, py)) / 2;
    t.gy[k] = (frame.clamped(px, py + 1) - frame.clamped(px, py - 1)) / 2;
    xx += t.gx[k] * t.gx[k];
    xy += t.gx[k] * t.gy[k];
    yy += t.gy[k] * t.gy[k];
  }
  const float determinant = xx * yy - xy * xy;
  t.inverse_xx = yy / determinant;
  t.inverse_xy = -xy / determinant;
  t.inverse_yy = xx / determinant;
  return t;
}

/// The patch's brightness at the displaced place less the template's; returns the sum of squares.
float residual(const Template& t, const Plane& frame, Vec at, std::array<float, kPixels>& difference) {
  float squares = 0;
  for (int i = 0; i < kPixels; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const float x = static_cast<float>(t.x + i % kPatch) + at.u;
    const float y = static_cast<float>(t.y + i / kPatch) + at.v;
    difference[k] = frame.sample(x, y) - t.value[k];
    squares += difference[k] * difference[k];
  }
  return squares;
}

/// Inverse search (equations 2 and 3): Gauss-Newton steps with the template's gradients.
Vec search(const Template& t, const Plane& frame, Vec start) {
  std::array<float, kPixels> difference{};
  Vec at = start, best = start;
  float best_squares = residual(t, frame, at, difference);
  for (int i = 0; i < kIterations; ++i) {
    float bx = 0, by = 0;
    for (std::size_t k = 0; k < kPixels; ++k) {
      bx += t.gx[k] * difference[k];
      by += t.gy[k] * difference[k];
    }
    const Vec step{t.inverse_xx * bx + t.inverse_xy * by, t.inverse_xy * bx + t.inverse_yy * by};
    at.u -= step.u;
    at.v -= step.v;
    if (std::hypot(at.u - start.u, at.v - start.v) > kPatch) break;  // it has left its neighbourhood
    const float squares = residual(t, frame, at, difference);
    if (squares >= best_squares) break;
    best = at;
    best_squares = squares;
    if (std::hypot(step.u, step.v) < 0.01F) break;
  }
  return best;
}

/// First positions of patches so that they cover 0..n-1.
std::vector<int> patch_starts(int n) {
  std::vector<int> starts;
  for (int at = 0; at + kPatch < n; at += kStep) starts.push_back(at);
  starts.push_back(std::max(0, n - kPatch));
  return starts;
}

/// Adds the patch's displacement to its pixels, weighted by how well each fits (equation 4).
struct Votes {
  Plane u, v, weight;
  void add(const Template& t, const Vec& at, const std::array<float, kPixels>& difference) {
    for (int i = 0; i < kPixels; ++i) {
      const int x = t.x + i % kPatch;
      const int y = t.y + i / kPatch;
      if (x >= u.width || y >= u.height) continue;
      const float w = 1 / std::max(1.0F / 255, std::abs(difference[static_cast<std::size_t>(i)]));
      u.at(x, y) += w * at.u;
      v.at(x, y) += w * at.v;
      weight.at(x, y) += w;
    }
  }
};

void refine(const Plane& from, const Plane& to, OpticalFlow& flow) {
  Votes votes{Plane(from.width, from.height), Plane(from.width, from.height), Plane(from.width, from.height)};
  const std::vector<int> columns = patch_starts(from.width);
  std::vector<Vec> above(columns.size());  // what the row of patches above has found
  std::array<float, kPixels> difference{};
  bool first_row = true;
  for (const int y : patch_starts(from.height)) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const Template t = make_template(from, columns[i], y);
      Vec start{flow.u.clamped(columns[i] + kPatch / 2, y + kPatch / 2),
                flow.v.clamped(columns[i] + kPatch / 2, y + kPatch / 2)};
      float minimum = residual(t, to, start, difference);
      const auto try_start = [&](const Vec& neighbour) {  // a neighbour's displacement often fits too, as in OpenCV
        const float squares = residual(t, to, neighbour, difference);
        if (squares >= minimum) return;
        minimum = squares;
        start = neighbour;
      };
      if (i > 0) try_start(above[i - 1]);  // already of this row
      if (!first_row) try_start(above[i]);
      above[i] = search(t, to, start);
      residual(t, to, above[i], difference);
      votes.add(t, above[i], difference);
    }
    first_row = false;
  }
  for (std::size_t k = 0; k < votes.weight.values.size(); ++k) {
    flow.u.values[k] = votes.u.values[k] / votes.weight.values[k];
    flow.v.values[k] = votes.v.values[k] / votes.weight.values[k];
  }
}

/// The flow of a coarser level, at this size.
OpticalFlow enlarged(const OpticalFlow& coarse, int width, int height) {
  OpticalFlow fine{Plane(width, height), Plane(width, height)};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const float cx = (static_cast<float>(x) + 0.5F) / 2 - 0.5F;
      const float cy = (static_cast<float>(y) + 0.5F) / 2 - 0.5F;
      fine.u.at(x, y) = 2 * coarse.u.sample(cx, cy);
      fine.v.at(x, y) = 2 * coarse.v.sample(cx, cy);
    }
  }
  return fine;
}

}  // namespace

OpticalFlow dense_flow(const Plane& from, const Plane& to) {
  std::vector<Plane> first{from}, second{to};
  while (std::min(first.back().width, first.back().height) >= 2 * kCoarsest) {
    first.push_back(shrink(first.back(), 2));
    second.push_back(shrink(second.back(), 2));
  }
  OpticalFlow flow{Plane(first.back().width, first.back().height), Plane(first.back().width, first.back().height)};
  for (std::size_t level = first.size(); level-- > 0;) {
    if (level + 1 < first.size()) flow = enlarged(flow, first[level].width, first[level].height);
    refine(first[level], second[level], flow);
  }
  return flow;
}

Plane trusted(const OpticalFlow& there, const OpticalFlow& back) {
  Plane mask(there.u.width, there.u.height);
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      const float u = there.u.at(x, y);
      const float v = there.v.at(x, y);
      const float to_x = static_cast<float>(x) + u;
      const float to_y = static_cast<float>(y) + v;
      const bool inside = to_x >= 0 && to_y >= 0 && to_x <= static_cast<float>(mask.width - 1) &&
                          to_y <= static_cast<float>(mask.height - 1);
      if (!inside) continue;
      const float back_u = back.u.sample(to_x, to_y);
      const float back_v = back.v.sample(to_x, to_y);
      const float gap = std::pow(u + back_u, 2.0F) + std::pow(v + back_v, 2.0F);
      const float length = u * u + v * v;
      const auto slope = [&](const Plane& p) {
        return std::pow((p.clamped(x + 1, y) - p.clamped(x - 1, y)) / 2, 2.0F) +
               std::pow((p.clamped(x, y + 1) - p.clamped(x, y - 1)) / 2, 2.0F);
      };
      const bool occluded = gap > 0.01F * (length + back_u * back_u + back_v * back_v) + 0.5F;
      // The threshold is ten times the paper's: without a variational step the flow is less smooth.
      const bool tears = slope(there.u) + slope(there.v) > 0.01F * length + 0.02F;
      mask.at(x, y) = occluded || tears ? 0.0F : 1.0F;
    }
  }
  return mask;
}

Plane warp(const Plane& src, const OpticalFlow& flow) {
  Plane dst(src.width, src.height);
  for (int y = 0; y < dst.height; ++y) {
    for (int x = 0; x < dst.width; ++x) {
      dst.at(x, y) = src.sample(static_cast<float>(x) + flow.u.at(x, y), static_cast<float>(y) + flow.v.at(x, y));
    }
  }
  return dst;
}

}  // namespace genga::eval
