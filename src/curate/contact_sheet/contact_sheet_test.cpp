// The contact sheet as HTML: sections, groups of copies, limits, escaping.
#include <gtest/gtest.h>

#include "curate/test_scenes.h"
#include "genga/clean.h"
#include "genga/error.h"
#include "image/test_folder.h"

namespace genga::curate {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  const auto bytes = read_file(path);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

int count(const std::string& text, std::string_view part) {
  int n = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != text.npos; at += part.size()) ++n;
  return n;
}

class ContactSheet : public testing::Test {
 protected:
  ContactSheet() {
    image::init(1);
    for (int i = 0; i < 12; ++i) image::write_image(file(i), to_image(draw_scene(200, 160, i)));
    image::write_image(root() / "tiny.png", to_image(draw_scene(40, 40, 30)));
    cv::Mat half;
    cv::resize(draw_scene(200, 160, 3), half, {}, 0.5, 0.5, cv::INTER_AREA);
    image::write_image(root() / "same.webp", to_image(half));
    clean_collection(root(), {});
    manifest_ = dataset::read_manifest(root());
  }
  fs::path file(int i) const { return root() / fmt::format("p{:02}.png", i); }
  const fs::path& root() const { return folder_.path(); }
  std::string page(const ContactSheetOptions& options, ContactSheetReport* report = nullptr) {
    const ContactSheetReport done = write_contact_sheet(manifest_, root() / "sheet.html", options);
    if (report != nullptr) *report = done;
    return text_of(root() / "sheet.html");
  }

  image::TestFolder folder_;
  dataset::Manifest manifest_;
};

TEST_F(ContactSheet, ShowsKeptDroppedAndCopiesWithReasonsAndNeedsNoNetwork) {
  manifest_.find("p00.png")->author = "<script>alert(1)</script>";
  ContactSheetReport report;
  const std::string html = page({}, &report);
  EXPECT_EQ(report.images, 14);
  EXPECT_EQ(report.shown, 16);  // both copies stand in a second section as well
  EXPECT_EQ(report.unreadable, 0);
  EXPECT_EQ(report.bytes, static_cast<std::int64_t>(html.size()));
  EXPECT_EQ(count(html, "<figure"), 16);
  EXPECT_EQ(count(html, "src=\"data:image/webp;base64,"), 16);
  EXPECT_NE(html.find("Dropped by clean: size"), html.npos);
  EXPECT_NE(html.find("at least 100 wanted"), html.npos);
  EXPECT_NE(html.find("like p03.png, which is larger"), html.npos);
  EXPECT_NE(html.find("licence unknown"), html.npos);
  EXPECT_EQ(html.find("<script>alert"), html.npos);
  EXPECT_EQ(html.find("src=\"http"), html.npos);
}

TEST_F(ContactSheet, IsThinnedOutEvenlyAndSaysSo) {
  ContactSheetReport report;
  const std::string html = page({.limit = 6}, &report);
  EXPECT_LE(report.shown, 7);
  EXPECT_GE(report.shown, 5);
  EXPECT_NE(html.find("of them are shown, evenly spread"), html.npos);
  EXPECT_NE(html.find("Dropped by clean: size"), html.npos);
}

TEST_F(ContactSheet, StaysBelowTheSize) {
  for (int i = 0; i < 400; ++i) manifest_.entries.push_back(*manifest_.find("p05.png"));
  ContactSheetReport report;
  page({.thumbnail_px = 1000, .max_bytes = 1 << 20}, &report);
  EXPECT_LE(report.bytes, 1 << 20);
  EXPECT_GT(report.shown, 20);
}

TEST_F(ContactSheet, ImagesThatAreGoneAreToldNotShown) {
  fs::remove(file(1));
  ContactSheetReport report;
  const std::string html = page({}, &report);
  EXPECT_EQ(report.unreadable, 1);
  EXPECT_EQ(count(html, "cannot be shown"), 1);
}

TEST_F(ContactSheet, RefusesImpossibleSizes) {
  EXPECT_THROW(page({.limit = 0}), Error);
  EXPECT_THROW(page({.max_bytes = 100}), Error);
}

TEST_F(ContactSheet, StatsCountWhatIsThere) {
  manifest_.find("p00.png")->licence = "cc by 4.0";
  manifest_.find("p00.png")->source = "https://example.org/a/b.png";
  const CollectionStats stats = collection_stats(manifest_);
  EXPECT_EQ(stats.images, 14);
  EXPECT_EQ(stats.kept, 12);
  EXPECT_EQ(stats.reasons.at("clean: near-duplicate"), 1);
  EXPECT_EQ(stats.reasons.at("clean: size"), 2);  // the copy is small as well
  EXPECT_EQ(stats.licences.at("CC-BY-4.0"), 1);
  EXPECT_EQ(stats.sources.at("example.org"), 1);
  EXPECT_EQ(stats.splits.at("not split"), 12);
  EXPECT_EQ(stats.short_sides.at("128-255"), 12);
  EXPECT_EQ(stats.duplicate_groups, 1);
  EXPECT_EQ(stats.median_side, 160);
}

}  // namespace
}  // namespace genga::curate
