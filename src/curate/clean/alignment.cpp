// Aligns one small image with another (shift and scale in each direction; Baker and Matthews 2004, "Lucas-Kanade 20
// years on", forwards additive) and measures how well they agree then. Brightness and contrast may differ.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <opencv2/core.hpp>
#include <vector>

#include "curate/clean/signature.h"

namespace genga::curate {
namespace {

constexpr double kMaxShift = 0.16;  // of the side; cutting off a tenth shifts by less
constexpr double kMaxScale = 0.25;
constexpr int kParts = 12;
constexpr double kHopeless = 0.8;    // correlation at half size below which the images are different
constexpr double kOtherColors = 64;  // of the images as they lie, before anything is aligned
constexpr double kMinDeviation = 1;  // levels; of flat images
constexpr int kLevels = 3;           // sides kLumaPx / 4, / 2, / 1
constexpr int kIterations[kLevels] = {8, 6, 4};

/// Where a point (x, y) of a lies in b: ((1 + sx) x + tx, (1 + sy) y + ty), measured from the centre, in sides.
struct Warp {
  double sx = 0, tx = 0, sy = 0, ty = 0;

  bool is_plausible() const {
    return std::max(std::abs(sx), std::abs(sy)) <= kMaxScale && std::max(std::abs(tx), std::abs(ty)) <= kMaxShift;
  }
};

/// Luma and its derivatives, per side.
struct Level {
  int side = 0;
  std::vector<float> luma{}, dx{}, dy{};
};

void add_slopes(Level& level) {
  const int side = level.side;
  level.dx.resize(level.luma.size());
  level.dy.resize(level.luma.size());
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const int left = std::max(x - 1, 0), right = std::min(x + 1, side - 1);
      const int up = std::max(y - 1, 0), down = std::min(y + 1, side - 1);
      const auto at = [&](int row, int column) { return level.luma[static_cast<std::size_t>(row * side + column)]; };
      const auto i = static_cast<std::size_t>(y * side + x);
      level.dx[i] = (at(y, right) - at(y, left)) * static_cast<float>(side) / static_cast<float>(right - left);
      level.dy[i] = (at(down, x) - at(up, x)) * static_cast<float>(side) / static_cast<float>(down - up);
    }
  }
}

Level half_of(const Level& fine) {
  Level level{fine.side / 2, {}, {}, {}};
  for (int y = 0; y < level.side; ++y) {
    for (int x = 0; x < level.side; ++x) {
      const auto i = static_cast<std::size_t>(2 * y * fine.side + 2 * x),
                 below = i + static_cast<std::size_t>(fine.side);
      level.luma.push_back((fine.luma[i] + fine.luma[i + 1] + fine.luma[below] + fine.luma[below + 1]) / 4);
    }
  }
  add_slopes(level);
  return level;
}

/// Coarse to fine.
std::vector<Level> levels_of(const Signature& signature) {
  std::vector<Level> levels(kLevels);
  levels.back() = {kLumaPx, {signature.luma.begin(), signature.luma.end()}, {}, {}};
  add_slopes(levels.back());
  for (int i = kLevels - 1; i > 0; --i)
    levels[static_cast<std::size_t>(i - 1)] = half_of(levels[static_cast<std::size_t>(i)]);
  return levels;
}

/// Where a pixel of a lies in b, for bilinear reading.
struct BilinearPlace {
  std::size_t i = 0;     // of its upper left neighbour
  float fx = 0, fy = 0;  // beyond it

  float read(const std::vector<float>& plane, int side) const {
    const std::size_t below = i + static_cast<std::size_t>(side);
    const float top = plane[i] + fx * (plane[i + 1] - plane[i]);
    const float bottom = plane[below] + fx * (plane[below + 1] - plane[below]);
    return top + fy * (bottom - top);
  }
};

struct Sample {
  std::size_t i = 0;  // pixel of a
  double u = 0, v = 0;
  BilinearPlace place{};
};

/// The pixels of a that have one in b; both of `side`.
std::vector<Sample> overlap(int side, const Warp& warp) {
  std::vector<Sample> samples;
  samples.reserve(static_cast<std::size_t>(side) * side);
  const double centre = (side - 1) / 2.0, last = side - 1;
  for (int y = 0; y < side; ++y) {
    const double v = (y - centre) / side, by = std::round(1e6 * (((1 + warp.sy) * v + warp.ty) * side + centre)) / 1e6;
    if (by < 0 || by > last) continue;
    for (int x = 0; x < side; ++x) {
      const double u = (x - centre) / side,
                   bx = std::round(1e6 * (((1 + warp.sx) * u + warp.tx) * side + centre)) / 1e6;
      if (bx < 0 || bx > last) continue;
      const int ix = std::min(static_cast<int>(bx), side - 2), iy = std::min(static_cast<int>(by), side - 2);
      samples.push_back(
          {static_cast<std::size_t>(y * side + x),
           u,
           v,
           {static_cast<std::size_t>(iy * side + ix), static_cast<float>(bx - ix), static_cast<float>(by - iy)}});
    }
  }
  return samples;
}

/// What the samples show in both, each of mean 0 and deviation 1.
struct OverlapPair {
  std::vector<float> a, b;
  double deviation_a = 1, deviation_b = 1;
};

double normalize(std::vector<float>& values) {
  double sum = 0, squares = 0;
  for (const float v : values) sum += v;
  const double mean = sum / static_cast<double>(values.size());
  for (const float v : values) squares += (v - mean) * (v - mean);
  const double deviation = std::max(std::sqrt(squares / static_cast<double>(values.size())), kMinDeviation);
  for (float& v : values) v = static_cast<float>((v - mean) / deviation);
  return deviation;
}

OverlapPair read_pair(const Level& a, const Level& b, const std::vector<Sample>& samples) {
  OverlapPair pair;
  for (const Sample& sample : samples) {
    pair.a.push_back(a.luma[sample.i]);
    pair.b.push_back(sample.place.read(b.luma, b.side));
  }
  if (samples.empty()) return pair;
  pair.deviation_a = normalize(pair.a);
  pair.deviation_b = normalize(pair.b);
  return pair;
}

double correlation(const OverlapPair& pair) {
  double sum = 0;
  for (std::size_t i = 0; i < pair.a.size(); ++i) sum += static_cast<double>(pair.a[i]) * pair.b[i];
  return pair.a.empty() ? -1 : sum / static_cast<double>(pair.a.size());
}

double correlation_at(const Level& a, const Level& b, const Warp& warp) {
  return correlation(read_pair(a, b, overlap(a.side, warp)));
}

/// One Gauss-Newton step. False when the search has converged or left the plausible range.
bool step(const Level& a, const Level& b, Warp& warp) {
  const std::vector<Sample> samples = overlap(a.side, warp);
  const OverlapPair pair = read_pair(a, b, samples);
  cv::Matx44d hessian = cv::Matx44d::zeros();
  cv::Vec4d slope = cv::Vec4d::all(0);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double dx = samples[i].place.read(b.dx, b.side) / pair.deviation_b;
    const double dy = samples[i].place.read(b.dy, b.side) / pair.deviation_b;
    const cv::Vec4d j(dx * samples[i].u, dx, dy * samples[i].v, dy);
    hessian += j * j.t();
    slope += j * static_cast<double>(pair.a[i] - pair.b[i]);
  }
  for (int i = 0; i < 4; ++i) hessian(i, i) = hessian(i, i) * 1.01 + 1e-3;  // Levenberg: flat images
  const cv::Vec4d move = hessian.solve(slope, cv::DECOMP_CHOLESKY);
  const Warp next{warp.sx + move[0], warp.tx + move[1], warp.sy + move[2], warp.ty + move[3]};
  if (!std::isfinite(cv::norm(move)) || !next.is_plausible()) return false;
  warp = next;
  return cv::norm(move) > 2e-4;
}

double worst_part(const OverlapPair& pair, const std::vector<Sample>& samples, int side) {
  std::array<double, kParts * kParts> sum{};
  const int part_px = side / kParts;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const int y = static_cast<int>(samples[i].i) / side, x = static_cast<int>(samples[i].i) % side;
    sum[static_cast<std::size_t>(y / part_px * kParts + x / part_px)] += pair.a[i] - pair.b[i];
  }
  double worst = 0;
  for (const double s : sum) worst = std::max(worst, std::abs(s) / (part_px * part_px));
  return worst * pair.deviation_a;
}

/// Mean over the tenth of the area that differs most, so that a small part in another color (a dress) counts.
double color_difference(const Signature& a, const Signature& b, const Warp& warp) {
  constexpr int kPlane = kChromaPx * kChromaPx;
  const std::vector<Sample> samples = overlap(kChromaPx, warp);
  if (samples.empty()) return 255;
  std::vector<float> differences(samples.size());
  for (int c = 0; c < 2; ++c) {
    const auto plane = [c](const Signature& s) {
      return std::vector<float>(s.chroma.begin() + c * kPlane, s.chroma.begin() + (c + 1) * kPlane);
    };
    const std::vector<float> of_a = plane(a), of_b = plane(b);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      differences[i] += std::abs(of_a[samples[i].i] - samples[i].place.read(of_b, kChromaPx)) / 2;
    }
  }
  std::sort(differences.begin(), differences.end(), std::greater<>());
  differences.resize(std::max<std::size_t>(1, differences.size() / 10));
  return std::accumulate(differences.begin(), differences.end(), 0.0) / static_cast<double>(differences.size());
}

}  // namespace

SignatureMatch compare(const Signature& a, const Signature& b) {
  SignatureMatch match;
  match.color = color_difference(a, b, {});
  if (match.color > kOtherColors) return match;
  const std::vector<Level> levels_a = levels_of(a), levels_b = levels_of(b);
  Warp warp;
  for (std::size_t i = 0; i < kLevels; ++i) {
    for (int k = 0; k < kIterations[i] && step(levels_a[i], levels_b[i], warp); ++k) {
    }
    match.correlation = correlation_at(levels_a[i], levels_b[i], warp);
    const double unmoved = correlation_at(levels_a[i], levels_b[i], {});
    if (unmoved >= match.correlation) {
      warp = {};
      match.correlation = unmoved;
    }
    if (i > 0 && match.correlation < kHopeless) return match;
  }
  const std::vector<Sample> samples = overlap(kLumaPx, warp);
  match.worst_part = worst_part(read_pair(levels_a.back(), levels_b.back(), samples), samples, kLumaPx);
  match.color = color_difference(a, b, warp);
  return match;
}

}  // namespace genga::curate
