// For tests: comic pages pasted together from images, and where their panels are.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "curate/mat.h"
#include "genga/image.h"
#include "genga/random.h"

namespace genga::curate {

using Quad = std::vector<cv::Point>;  // clockwise from the top left

struct PageSpec {
  int width = 992, height = 1403;
  cv::Scalar gutter{255, 255, 255};
  int gutter_px = 14;
  int line_px = 3;        // drawn around each panel; 0: none
  int round_px = 0;       // radius of the panels' corners
  double lean = 0;        // of the gutters between the panels of a row, at most: run over rise
  bool bleed = false;     // panels reach the page's edge
  bool pinwheel = false;  // five panels that no straight cut separates
  double noise = 0;       // standard deviation, fraction of 255
  int jpeg_quality = 0;   // 0: not compressed
};

struct TestPage {
  image::Image page{};
  std::vector<Quad> panels{};  // in order of reading, left to right
};

/// Waves, a disc and some lines: something to see everywhere.
inline cv::Mat drawn_image(int width, int height, Rng& rng) {
  cv::Mat image(height, width, CV_8UC3);
  double phase[3], fx = rng.uniform(0.004, 0.02), fy = rng.uniform(0.004, 0.02);
  for (double& p : phase) p = rng.uniform(0, 6.28);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) {
        image.at<cv::Vec3b>(y, x)[c] =
            static_cast<std::uint8_t>(120 + 75 * std::sin(fx * x + fy * y + phase[c]) + 20 * std::sin(0.3 * x * fy));
      }
    }
  }
  for (int i = 0; i < 12; ++i) {
    const cv::Point a(static_cast<int>(rng.below(width)), static_cast<int>(rng.below(height)));
    const cv::Scalar color(rng.uniform(30, 220), rng.uniform(30, 220), rng.uniform(30, 220));
    cv::circle(image, a, static_cast<int>(5 + rng.below(60)), color, i % 3 == 0 ? -1 : 3, cv::LINE_AA);
  }
  return image;
}

class PageMaker {
 public:
  /// images: what to paste; without any, drawn ones.
  PageMaker(std::uint64_t seed, const std::vector<std::filesystem::path>& images) : rng_(seed, 77), images_(images) {}

  TestPage make(const PageSpec& spec) {
    TestPage result;
    cv::Mat page(spec.height, spec.width, CV_8UC3, spec.gutter);
    const int margin = spec.bleed ? 0 : spec.gutter_px * 2;
    const cv::Rect area(margin, margin, spec.width - 2 * margin, spec.height - 2 * margin);
    result.panels = spec.pinwheel ? pinwheel(area, spec) : rows(area, spec, 0);
    for (const Quad& quad : result.panels) paste(page, quad, spec);
    if (spec.noise > 0) add_noise(page, spec.noise);
    result.page = to_image(page);
    if (spec.jpeg_quality > 0) result.page = through_jpeg(result.page, spec.jpeg_quality);
    return result;
  }

 private:
  static Quad quad_of(const cv::Rect& r) { return {r.tl(), {r.x + r.width, r.y}, r.br(), {r.x, r.y + r.height}}; }

  /// Lengths of n parts of `total` with gaps between them, none of them less than half of the others.
  std::vector<int> parts(int total, int n, int gap) {
    std::vector<double> fractions;
    double sum = 0;
    for (int i = 0; i < n; ++i) sum += fractions.emplace_back(rng_.uniform(1, 1.9));
    std::vector<int> result;
    for (const double fraction : fractions)
      result.push_back(static_cast<int>((total - gap * (n - 1)) * fraction / sum));
    return result;
  }

  std::vector<Quad> rows(const cv::Rect& area, const PageSpec& spec, int depth) {
    std::vector<Quad> quads;
    int y = area.y;
    for (const int height : parts(area.height, depth == 0 ? 2 + static_cast<int>(rng_.below(3)) : 2, spec.gutter_px)) {
      for (Quad& quad : columns({area.x, y, area.width, height}, spec, depth)) quads.push_back(std::move(quad));
      y += height + spec.gutter_px;
    }
    return quads;
  }

  std::vector<Quad> columns(const cv::Rect& row, const PageSpec& spec, int depth) {
    std::vector<Quad> quads;
    const int n = 1 + static_cast<int>(rng_.below(depth == 0 ? 3 : 2));
    const int nested = depth == 0 && n > 1 && row.height > 360 ? static_cast<int>(rng_.below(2 * n)) : -1;
    int x = row.x;
    double lean_before = 0;
    const std::vector<int> widths = parts(row.width, n, spec.gutter_px);
    for (int i = 0; i < n; ++i) {
      const double lean = i + 1 < n && nested < 0 ? rng_.uniform(-spec.lean, spec.lean) * row.height / 2 : 0;
      const cv::Rect cell(x, row.y, widths[static_cast<std::size_t>(i)], row.height);
      if (i == nested) {
        for (Quad& quad : rows(cell, spec, depth + 1)) quads.push_back(std::move(quad));
      } else {
        Quad quad = quad_of(cell);
        const int left = static_cast<int>(lean_before), right = static_cast<int>(lean);
        quad[0].x += left;
        quad[3].x -= left;
        quad[1].x += right;
        quad[2].x -= right;
        quads.push_back(quad);
      }
      lean_before = lean;
      x += cell.width + spec.gutter_px;
    }
    return quads;
  }

  static std::vector<Quad> pinwheel(const cv::Rect& a, const PageSpec& spec) {
    const int g = spec.gutter_px, w = a.width, h = a.height, u = w / 3, v = h / 3;
    std::vector<Quad> quads;
    for (const cv::Rect& r :
         {cv::Rect(0, 0, w - u - g, v), cv::Rect(w - u, 0, u, h - v - g), cv::Rect(0, v + g, u, h - v - g),
          cv::Rect(u + g, v + g, w - 2 * u - 2 * g, h - 2 * v - 2 * g), cv::Rect(u + g, h - v, w - u - g, v)}) {
      quads.push_back(quad_of(r + a.tl()));
    }
    return quads;
  }

  cv::Mat image(const cv::Size& size) {
    if (images_.empty()) return drawn_image(size.width, size.height, rng_);
    const auto& path = images_[static_cast<std::size_t>(rng_.below(std::ssize(images_)))];
    const image::Image read = image::read_image({.path = path}, {.size = {.width = size.width, .height = size.height}});
    return as_mat(read).clone();
  }

  void paste(cv::Mat& page, const Quad& quad, const PageSpec& spec) {
    const cv::Rect box = cv::boundingRect(quad) & cv::Rect(0, 0, page.cols, page.rows);
    cv::Mat mask = cv::Mat::zeros(page.size(), CV_8U);
    cv::fillConvexPoly(mask, quad, 255);
    if (spec.round_px > 0) {
      const int d = 2 * spec.round_px + 1;
      cv::morphologyEx(mask, mask, cv::MORPH_OPEN, cv::getStructuringElement(cv::MORPH_ELLIPSE, {d, d}));
    }
    cv::Mat whole(page.size(), CV_8UC3);
    image(box.size()).copyTo(whole(box));
    whole.copyTo(page, mask);
    if (spec.line_px == 0) return;
    cv::Mat inner;
    cv::copyMakeBorder(mask, inner, 1, 1, 1, 1, cv::BORDER_CONSTANT, 0);
    cv::erode(inner, inner, cv::Mat::ones(2 * spec.line_px + 1, 2 * spec.line_px + 1, CV_8U));
    inner = inner(cv::Rect(1, 1, page.cols, page.rows));
    page.setTo(cv::Scalar(15, 15, 15), mask & ~inner);
  }

  void add_noise(cv::Mat& page, double noise) {
    for (std::size_t i = 0; i < page.total() * 3; ++i) {
      page.data[i] = cv::saturate_cast<std::uint8_t>(page.data[i] + rng_.normal() * noise * 255);
    }
  }

  static image::Image through_jpeg(const image::Image& page, int quality) {
    const std::vector<std::byte> bytes = image::encode(page, {.format = "jpeg", .quality = quality});
    return image::read_image({.path = "page.jpg", .bytes = bytes});
  }

  Rng rng_;
  const std::vector<std::filesystem::path>& images_;
};

/// Intersection over union of a box and a panel's true outline.
inline double overlap(const cv::Rect& box, const Quad& quad, const cv::Size& page) {
  cv::Mat truth = cv::Mat::zeros(page, CV_8U);
  cv::fillConvexPoly(truth, quad, 255);
  const double both = cv::countNonZero(truth(box & cv::Rect({0, 0}, page)));
  return both / (box.area() + cv::countNonZero(truth) - both);
}

}  // namespace genga::curate
