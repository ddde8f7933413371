// What outputs are called.
#include "app_genga/output_names.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

namespace genga::cli {
namespace {

namespace fs = std::filesystem;

using Paths = std::vector<std::string>;

std::string format_of(const fs::path& path) {
  const std::string suffix = path.extension().string();
  return std::set<std::string>{".jpg", ".png", ".bmp", ".webp"}.contains(suffix) ? suffix : "";
}
bool can_write(const fs::path& path) {
  return !format_of(path).empty() && path.extension() != ".bmp";
}

Paths planned(const std::vector<InputFile>& files, const OutputRules& rules) {
  Paths list;
  for (const auto& item : plan_outputs(files, rules)) list.push_back(item.path.string());
  return list;
}

OutputRules into_folder(const std::string& suffix = "", std::vector<std::string> styles = {"pepper"}) {
  return {.output = "out",
          .folder = true,
          .styles = std::move(styles),
          .suffix = suffix,
          .format_of = format_of,
          .can_write = can_write};
}

TEST(PlanOutputs, KeepsTheInputsFormatWhereItCanBeWritten) {
  EXPECT_EQ(planned({{"x/a.jpg", "a.jpg"}, {"x/b.bmp", "b.bmp"}}, into_folder()),
            (Paths{"out/a.jpg", "out/b.bmp.png"}));
}

TEST(PlanOutputs, KeepsTheTree) {
  EXPECT_EQ(planned({{"x/deep/a.jpg", "deep/a.jpg"}}, into_folder(".png")), Paths{"out/deep/a.jpg.png"});
}

TEST(PlanOutputs, NamesNeverCollide) {
  EXPECT_EQ(planned({{"x/a.jpg", "a.jpg"}, {"x/a.png", "a.png"}, {"y/a.png", "a.png"}}, into_folder(".png")),
            (Paths{"out/a.jpg.png", "out/a-x.png", "out/a-y.png"}));
  // "a" in style "x-y" and "a-x" in style "y" want the same name.
  const Paths mixed = planned({{"a.jpg", "a.jpg"}, {"a-x.jpg", "a-x.jpg"}}, into_folder("", {"x-y", "y"}));
  EXPECT_EQ(std::set<std::string>(mixed.begin(), mixed.end()).size(), 4U);
}

TEST(PlanOutputs, NamesDoNotDependOnOtherFiles) {
  const std::vector<InputFile> files{
      {"x/a.jpg", "a.jpg"}, {"x/a.jpg.png", "a.jpg.png"},         {"x/a.jpg.png.png", "a.jpg.png.png"},
      {"x/a.png", "a.png"}, {"x/a-compare.png", "a-compare.png"}, {"x/a-compare.png.png", "a-compare.png.png"}};
  for (const bool comparisons : {false, true}) {
    for (const char* suffix : {"", ".png", ".webp"}) {
      OutputRules rules = into_folder(suffix);
      rules.comparisons = comparisons;
      const auto together = plan_outputs(files, rules);
      std::set<fs::path> names;
      for (std::size_t i = 0; i < files.size(); ++i) {
        const auto alone = plan_outputs(std::span(&files[i], 1), rules);
        EXPECT_EQ(together[i].path, alone.front().path);
        EXPECT_EQ(together[i].comparison, alone.front().comparison);
        names.insert({together[i].path, together[i].comparison});
      }
      EXPECT_EQ(names.size(), files.size() * 2 - (comparisons ? 0 : files.size() - 1)) << suffix;
    }
  }
}

TEST(PlanOutputs, ShortensStemsThatAreTooLong) {
  const std::string kanji = [] {
    std::string text;
    for (int i = 0; i < 83; ++i) text += "\xE6\xB5\xB7";
    return text;
  }();
  OutputRules rules = into_folder(".webp", {"pepper", "mika"});
  rules.comparisons = true;
  const auto plan = plan_outputs(
      std::vector<InputFile>{
          {"x", std::string(251, 'a') + ".png"}, {"y", std::string(251, 'a') + ".jpg"}, {"z", kanji + ".png"}},
      rules);
  std::set<fs::path> names;
  for (const auto& item : plan) {
    for (const fs::path& path : {item.path, item.comparison}) {
      names.insert(path);
      EXPECT_LE(path.filename().string().size(), 255U);
      EXPECT_EQ(path.extension(), ".webp");
    }
  }
  EXPECT_EQ(names.size(), 12U);
  EXPECT_EQ(plan[2].path.filename().string().substr(0, 3), "\xE6\xB5\xB7");
}

TEST(PlanOutputs, AddsTheStyleWhenThereAreSeveral) {
  OutputRules rules = into_folder("", {"pepper", "mika"});
  rules.output = "b.png";
  rules.folder = false;
  EXPECT_EQ(planned({{"a.jpg", "a.jpg"}}, rules), (Paths{"b-pepper.png", "b-mika.png"}));
}

TEST(PlanOutputs, ComparisonsNeverTakeAnOutputsName) {
  OutputRules rules = into_folder();
  rules.comparisons = true;
  const std::vector<InputFile> files{{"a.jpg", "a.jpg"}, {"a-compare.jpg", "a-compare.jpg"}};
  const auto items = plan_outputs(files, rules);
  std::set<fs::path> names;
  for (const auto& item : items) names.insert({item.path, item.comparison});
  EXPECT_EQ(names.size(), 4U);
  EXPECT_EQ(items[0].path, "out/a.jpg");
}

TEST(PlanOutputs, GivesStandardInputAName) {
  EXPECT_EQ(planned({{"-", "-"}}, into_folder(".webp")), Paths{"out/stdin.webp"});
}

TEST(SafeLabel, StaysInTheFolder) {
  EXPECT_EQ(safe_label("../../etc/passwd"), "_.._etc_passwd");
  EXPECT_EQ(safe_label(".."), "style");
  EXPECT_EQ(safe_label("pepper-2"), "pepper-2");
}

}  // namespace
}  // namespace genga::cli
