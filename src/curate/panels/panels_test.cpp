// Panels of made-up pages whose true outlines are known; with GENGA_PANEL_PAGES=N, recall and precision over N pages a
// kind.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "curate/panels/panel_finder.h"
#include "curate/test_pages.h"
#include "genga/dataset.h"
#include "image/test_folder.h"

namespace genga::curate {
namespace {

namespace fs = std::filesystem;

constexpr double kSameBox = 0.9;  // intersection over union

struct Score {
  int panels = 0, found = 0, right = 0, in_order = 0, pages = 0;
  double recall() const { return static_cast<double>(right) / panels; }
  double precision() const { return static_cast<double>(right) / found; }
};

void compare(const TestPage& page, const std::vector<cv::Rect>& boxes, Score& score) {
  const cv::Size size(page.page.width, page.page.height);
  std::vector<int> order;
  for (const cv::Rect& box : boxes) {
    for (std::size_t i = 0; i < page.panels.size(); ++i) {
      if (overlap(box, page.panels[i], size) >= kSameBox) order.push_back(static_cast<int>(i));
    }
  }
  ++score.pages;
  score.panels += static_cast<int>(page.panels.size());
  score.found += static_cast<int>(boxes.size());
  score.right += static_cast<int>(order.size());
  score.in_order += std::is_sorted(order.begin(), order.end());
}

struct Kind {
  const char* name;
  PageSpec spec;
};

const std::vector<Kind> kKinds = {
    {"white gutters, black lines", {}},
    {"white gutters, no lines", {.line_px = 0}},
    {"black gutters", {.gutter = {4, 4, 4}, .line_px = 0}},
    {"black gutters, white paper's lines", {.gutter = {0, 0, 0}, .line_px = 2, .jpeg_quality = 85}},
    {"colored gutters", {.gutter = {232, 220, 180}, .jpeg_quality = 85}},
    {"dark colored gutters, no lines", {.gutter = {40, 30, 70}, .line_px = 0}},
    {"thin gutters", {.gutter_px = 6, .line_px = 2, .jpeg_quality = 85}},
    {"round corners", {.round_px = 14}},
    {"leaning gutters", {.gutter_px = 16, .lean = 0.08}},
    {"bleed", {.gutter_px = 12, .line_px = 0, .bleed = true}},
    {"interlocked", {.pinwheel = true}},
    {"1 % noise, JPEG 75", {.noise = 0.01, .jpeg_quality = 75}},
    {"3 % noise", {.noise = 0.03}},
    {"3 % noise, JPEG 60, leaning", {.gutter_px = 16, .lean = 0.06, .noise = 0.03, .jpeg_quality = 60}},
    {"large scan", {.width = 2400, .height = 3400, .gutter_px = 36, .line_px = 8, .noise = 0.02, .jpeg_quality = 80}},
};

/// GENGA_PANEL_PAGES: pages of each kind; the default keeps the test short. With more, it is a measurement.
int pages_of_a_kind() {
  const char* wanted = std::getenv("GENGA_PANEL_PAGES");
  return wanted == nullptr ? 1 : std::atoi(wanted);
}

Score measure(const std::vector<fs::path>& images) {
  image::init(1);
  Score all;
  for (const Kind& kind : kKinds) {
    Score score;
    PageMaker maker(5, images);
    for (int i = 0; i < pages_of_a_kind(); ++i) {
      const TestPage page = maker.make(kind.spec);
      const auto boxes = find_panels(page.page, {});
      const Score before = score;
      compare(page, boxes, score);
      const int n = score.panels - before.panels;
      const bool perfect =
          score.right - before.right == n && score.found - before.found == n && score.in_order > before.in_order;
      if (const char* folder = std::getenv("GENGA_PANEL_FAILURES"); folder != nullptr && !perfect) {
        image::Image marked = page.page;
        cv::Mat mat = as_mat(marked);
        for (const cv::Rect& box : boxes) cv::rectangle(mat, box, {255, 0, 255}, 6);
        image::write_image(fs::path(folder) / fmt::format("{}-{}.png", kind.name, i), marked);
      }
    }
    fmt::print("{:38} {:4} panels, recall {:.3f}, precision {:.3f}, order {}/{}\n", kind.name, score.panels,
               score.recall(), score.precision(), score.in_order, score.pages);
    all.panels += score.panels;
    all.found += score.found;
    all.right += score.right;
    all.in_order += score.in_order;
    all.pages += score.pages;
  }
  fmt::print("{:38} {:4} panels, recall {:.3f}, precision {:.3f}, order {}/{}\n", "all", all.panels, all.recall(),
             all.precision(), all.in_order, all.pages);
  return all;
}

TEST(Panels, AreFoundOnDrawnPages) {
  const Score score = measure({});
  EXPECT_GE(score.recall(), 0.98);
  EXPECT_GE(score.precision(), 0.98);
  EXPECT_EQ(score.in_order, score.pages);
}

TEST(Panels, AreFoundOnPaintedPages) {
  const fs::path folder = fs::path(GENGA_SOURCE_DIR) / "../shared/data/anime/peppercarrot";
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not there: painted images not measured";
  std::vector<fs::path> images;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".jpg") images.push_back(entry.path());
  }
  std::sort(images.begin(), images.end());
  const Score score = measure(images);
  EXPECT_GE(score.recall(), 0.97);
  EXPECT_GE(score.precision(), 0.97);
}

TEST(Panels, AreCutWithoutTheLinesAroundThem) {
  image::init(1);
  const image::TestFolder folder;
  const std::vector<fs::path> none;
  image::write_image(folder.path() / "page.png", PageMaker(8, none).make({.line_px = 4}).page);
  const auto darkest_edge = [&](const char* name, bool keep_frames) {
    const CutOptions cut{.output = folder.path() / name, .threads = 1};
    cut_panels({folder.path() / "page.png"}, {.keep_frames = keep_frames}, cut);
    double darkest = 255;
    for (const dataset::Entry& entry : dataset::read_manifest(cut.output).entries) {
      const image::Image panel = image::read_image({.path = cut.output / entry.file});
      const cv::Mat mat = as_mat(panel);
      for (const cv::Mat& edge : {mat.row(0), mat.row(mat.rows - 1), mat.col(0), mat.col(mat.cols - 1)}) {
        const cv::Scalar mean = cv::mean(edge);
        darkest = std::min(darkest, (mean[0] + mean[1] + mean[2]) / 3);
      }
    }
    return darkest;
  };
  EXPECT_LT(darkest_edge("kept", true), 40);
  EXPECT_GT(darkest_edge("cut", false), 60);
}

TEST(Panels, ReadsRowsFromLeftOrRight) {
  const cv::Rect a(0, 0, 100, 100), b(110, 0, 100, 45), c(110, 55, 100, 45), d(0, 110, 210, 80);
  using Boxes = std::vector<cv::Rect>;
  EXPECT_EQ(in_reading_order({d, c, b, a}, false), (Boxes{a, b, c, d}));
  EXPECT_EQ(in_reading_order({d, c, b, a}, true), (Boxes{b, c, a, d}));
}

TEST(Panels, OfAnEmptyPageAreNone) {
  const image::Image white{400, 600, std::vector<std::uint8_t>(400 * 600 * 3, 255)};
  EXPECT_TRUE(find_panels(white, {}).empty());
}

TEST(Panels, OfAImageWithoutGuttersAreOne) {
  Rng rng(3, 0);
  const image::Image image = to_image(drawn_image(600, 800, rng));
  const auto boxes = find_panels(image, {});
  ASSERT_EQ(boxes.size(), 1U);
  EXPECT_GT(boxes.front().area(), 0.95 * 600 * 800);
}

}  // namespace
}  // namespace genga::curate
