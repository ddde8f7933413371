// The report: what it makes of logs of all kinds, and that its page is whole and safe.
#include "train/observe/report.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "genga/error.h"
#include "genga/train.h"
#include "image/test_folder.h"
#include "train/run/run_log.h"

namespace genga::train {
namespace {

namespace fs = std::filesystem;

class ReportTest : public testing::Test {
 protected:
  void SetUp() override {
    image::init(1);
    write("config.toml",
          "# Data\nphotos = ['holiday <b>']\nseed = 1\n\n# Networks\nmethod = 'genga'\n\n# Schedule\n"
          "steps = 100\n\n# Model card\nname = 'inked'\ntitle = 'Ink & wash'\n");
  }
  const fs::path& run() const { return folder_.path(); }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((run() / name).parent_path());
    std::ofstream(run() / name, std::ios::binary) << text;
  }
  void log(const std::string& lines) const { write("log.jsonl", lines); }
  std::string page() const {
    std::ifstream file(write_report(run()), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// What the page's script draws.
  nlohmann::json data() const {
    const std::string html = page();
    const std::string open = "id=data>";
    const std::size_t begin = html.find(open) + open.size();
    return nlohmann::json::parse(html.substr(begin, html.find("</script>", begin) - begin));
  }

  image::TestFolder folder_;
};

std::size_t count(const std::string& text, const std::string& word) {
  std::size_t n = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++n;
  return n;
}

constexpr const char* kResumed =
    R"({"event":"start","step":0,"photos":30,"held_out":3,"styles":40,"config":"aa","time":1000}
{"event":"skipped","path":"a.jpg","reason":"truncated","time":1001}
{"event":"step","step":10,"rate":1.0,"target":0.5,"time":1010}
{"event":"checkpoint","step":10,"time":1010}
{"event":"step","step":20,"rate":1.0,"target":0.4,"phase":"warm-up","time":1020}
{"event":"step","step":30,"rate":1.0,"target":0.3,"time":1030}
{"event":"step","st
{"event":"start","step":10,"photos":30,"held_out":3,"styles":40,"config":"bb","time":2000}
{"event":"skipped","path":"a.jpg","reason":"truncated","time":2001}
{"event":"step","step":20,"rate":1.0,"target":0.41,"d_color":0.9,"phase":"adversarial","time":2020}
)";

TEST_F(ReportTest, OfRepeatedStepsTheLastOneCounts) {
  log(kResumed);
  const RunHistory history = read_history(run() / "log.jsonl");
  ASSERT_EQ(history.series.size(), 3U);
  EXPECT_EQ(history.series[1].name, "target");
  EXPECT_EQ(history.series[1].steps, (std::vector<double>{10, 20}));  // step 30 was taken back by the resume
  EXPECT_EQ(history.series[1].values, (std::vector<double>{0.5, 0.41}));
  EXPECT_EQ(history.series[2].steps, (std::vector<double>{20}));
  EXPECT_EQ(history.last_step, 20);
  EXPECT_EQ(history.seconds, 30 + 20);
  EXPECT_EQ(history.n_unread, 1);
  EXPECT_EQ(history.skipped.size(), 1U);
  EXPECT_FALSE(history.ended);
  EXPECT_EQ(history.phase, "adversarial");
  ASSERT_EQ(history.events.size(), 4U);
  EXPECT_EQ(history.events[3].text, "phase: adversarial");
  EXPECT_EQ(history.events[2].text, "resumed with a changed config");
}

/// A run of an earlier version that was resumed by this one.
TEST_F(ReportTest, TermsAndPreviewsOfEarlierVersionsGoOn) {
  log(R"({"event":"start","step":0}
{"event":"step","step":1,"teacher":0.5,"grad_g":3,"grad_d_color":1,"grad_critics":9}
{"event":"rollback","step":1,"term":"teacher","to":1,"rate":0.5}
{"event":"start","step":1}
{"event":"step","step":2,"target":0.4,"grad_generator":2,"grad_discriminator_color":2,"grad_discriminator":8}
)");
  const RunHistory history = read_history(run() / "log.jsonl");
  ASSERT_EQ(history.series.size(), 4U);
  const auto values = [&](std::string_view name) {
    return std::ranges::find(history.series, name, &Series::name)->values;
  };
  EXPECT_EQ(values("target"), (std::vector<double>{0.5, 0.4}));
  EXPECT_EQ(values("grad_generator"), (std::vector<double>{3, 2}));
  EXPECT_EQ(values("grad_discriminator_color"), (std::vector<double>{1, 2}));
  EXPECT_EQ(values("grad_discriminator"), (std::vector<double>{9, 8}));
  EXPECT_NE(history.events.at(1).text.find("'target'"), std::string::npos);

  const image::Image small = image::draw_image(24, 20, 1);
  for (const char* name :
       {"sheets/step_000001.png", "sheets/step_000002.png", "previews/step_000002.png", "previews/step_000003.png"}) {
    fs::create_directories((run() / name).parent_path());
    image::write_image(run() / name, small);
  }
  EXPECT_EQ(gather_report(run()).n_previews, 3);
}

TEST_F(ReportTest, ARollbackTakesStepsBack) {
  log(R"({"event":"start","step":0}
{"event":"step","step":1,"loss":1}
{"event":"step","step":2,"loss":2}
{"event":"rollback","step":2,"term":"loss","to":1,"rate":0.5}
{"event":"end","step":1,"seconds":12.5}
)");
  const RunHistory history = read_history(run() / "log.jsonl");
  EXPECT_EQ(history.series.at(0).values, (std::vector<double>{1}));
  EXPECT_NE(history.events.at(1).text.find("'loss'"), std::string::npos);
  EXPECT_NE(history.events.at(1).text.find("back to step 1 with 0.5 times"), std::string::npos);
  EXPECT_TRUE(history.ended);
  EXPECT_EQ(history.seconds, 12.5);
}

TEST_F(ReportTest, LinesOfOtherShapesAreCountedNotObeyed) {
  log("[1,2]\nnull\n{\"event\":7}\n{\"event\":\"step\",\"step\":\"five\",\"loss\":null,\"x\":1}\n\xFF\xFE\n");
  const RunHistory history = read_history(run() / "log.jsonl");
  EXPECT_EQ(history.n_unread, 3);
  ASSERT_EQ(history.series.size(), 1U);
  EXPECT_EQ(history.series[0].name, "x");
}

TEST_F(ReportTest, NumbersOutOfAllBoundsDoNoHarm) {
  log(R"({"event":"start","step":1e300,"photos":-5,"time":1e300}
{"event":"step","step":9223372036854775807,"loss":1e308,"time":-1}
{"event":"end","step":-7,"seconds":1e300}
)");
  EXPECT_NE(page().find("loss"), std::string::npos);
  EXPECT_EQ(read_history(run() / "log.jsonl").last_step, -7);
}

TEST_F(ReportTest, ThinningKeepsPeaksAndOrder) {
  Series series{"loss", {}, {}};
  for (int i = 0; i < 10000; ++i) {
    series.steps.push_back(i);
    series.values.push_back(i == 5432 ? 99 : i == 5431 ? -99 : 1);
  }
  const Series thin = thinned(series, 100);
  EXPECT_LE(thin.steps.size(), 200U);
  EXPECT_TRUE(std::ranges::is_sorted(thin.steps));
  EXPECT_EQ(std::ranges::max(thin.values), 99);
  EXPECT_EQ(std::ranges::min(thin.values), -99);
  EXPECT_EQ(thinned(series, 5000).values, series.values);
}

TEST_F(ReportTest, PageHoldsEverythingAndFetchesNothing) {
  log(kResumed);
  image::draw_images(run() / "previews", 3, 0);
  const std::string html = page();
  for (const char* text : {"inked", "Ink &amp; wash", "genga", "Skipped", "a.jpg", "truncated",
                           "resumed with a changed", "adversarial", "holiday &lt;b&gt;", "default-src 'none'"}) {
    EXPECT_NE(html.find(text), std::string::npos) << text;
  }
  for (const char* text : {"src=\"http", "href=\"http", "@import", "fetch(", "<b>'"}) {
    EXPECT_EQ(html.find(text), std::string::npos) << text;
  }
  EXPECT_EQ(count(html, "url("), count(html, "url(#"));
  EXPECT_EQ(count(html, "<img "), 3U);
  EXPECT_EQ(count(html, "src=\"data:image/"), 3U);
  EXPECT_EQ(count(html, " hidden src="), 2U);  // without a script the last preview shows
  for (const char* tag : {"section", "table", "div", "script", "style", "main"}) {
    EXPECT_EQ(count(html, std::string("<") + tag + ">") + count(html, std::string("<") + tag + " "),
              count(html, std::string("</") + tag + ">"))
        << tag;
  }
}

TEST_F(ReportTest, DataForTheCurvesIsGroupedAndSafe) {
  log(R"({"event":"start","step":0}
{"event":"step","step":1,"rate":1.0,"</script><script>":2,"d_color":0.123456789,"grad_g":3}
)");
  const nlohmann::json got = data();
  ASSERT_EQ(got["series"].size(), 3U);  // a rate that never changed is not worth a curve
  EXPECT_EQ(got["series"][0]["name"], "</script><script>");
  EXPECT_EQ(got["series"][1]["group"], "discriminator");
  EXPECT_EQ(got["series"][1]["y"][0], 0.12346);
  EXPECT_EQ(got["series"][2]["group"], "gradient_norm");
}

TEST_F(ReportTest, LargePreviewsAreReducedAndManyAreThinned) {
  fs::create_directories(run() / "previews");
  const image::Image small = image::draw_image(24, 20, 1);
  for (int step = 100; step < 140; ++step)
    image::write_image(run() / fmt::format("previews/step_{:06}.png", step), small);
  image::write_image(run() / "previews/step_000500.png", image::draw_image(1700, 3000, 7));
  const Report report = gather_report(run());
  EXPECT_EQ(report.n_previews, 41);
  ASSERT_EQ(report.previews.size(), 20U);
  EXPECT_EQ(report.previews.front().step, 100);
  EXPECT_EQ(report.previews.back().step, 500);
  EXPECT_LE(report.previews.back().width * report.previews.back().height, 1'810'000);
  EXPECT_NEAR(1700.0 / 3000, 1.0 * report.previews.back().width / report.previews.back().height, 0.01);
}

TEST_F(ReportTest, ABrokenPreviewIsNamedAndTheRestIsShown) {
  image::draw_images(run() / "previews", 1, 0);
  write("previews/step_000007.jpg", "not an image");
  const std::string html = page();
  EXPECT_EQ(count(html, "<img "), 1U);
  EXPECT_NE(html.find("step_000007.jpg"), std::string::npos);
}

TEST_F(ReportTest, ShowsTheModelsCard) {
  weights::Model model;
  model.graph.set_output(model.graph.add("x", ir::Input{}));
  model.card.name = "inked";
  model.card.licence = "CC-BY-4.0";
  model.card.attribution = "drawn by <someone>";
  EXPECT_NE(page().find("No checkpoint was written yet"), std::string::npos);
  write("latest", "step_000010\n");
  fs::create_directories(run() / "checkpoints/step_000010");
  weights::write_model_file(run() / "checkpoints/step_000010/model.safetensors", model);
  const std::string html = page();
  EXPECT_NE(html.find("CC-BY-4.0"), std::string::npos);
  EXPECT_NE(html.find("drawn by &lt;someone&gt;"), std::string::npos);
  EXPECT_NE(html.find("checkpoints/step_000010/model.safetensors"), std::string::npos);
  EXPECT_NE(html.find("not stated"), std::string::npos);  // limits
  weights::write_model_file(run() / "model.safetensors", model);
  EXPECT_EQ(gather_report(run()).model->file, "model.safetensors");
}

TEST_F(ReportTest, AConfigThatWouldFillTheStackIsRefused) {
  std::string key = "a";
  for (int i = 0; i < 100'000; ++i) key += ".a";
  write("config.toml", key + " = 1\n");
  try {
    write_report(run());
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("more than 5000 dots"), std::string::npos) << error.what();
  }
}

TEST_F(ReportTest, FolderWithoutARunIsRefusedInASentence) {
  fs::remove(run() / "config.toml");
  try {
    write_report(run());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_NE(std::string(error.what()).find("holds no run"), std::string::npos);
  }
  EXPECT_FALSE(fs::exists(run() / "report.html"));
}

TEST_F(ReportTest, LogGoesOnOnALineOfItsOwnAfterAKill) {
  write("log.jsonl", "{\"event\":\"start\",\"step\":0}\n{\"event\":\"st");
  RunLog(run() / "log.jsonl").write({{"event", "start"}, {"step", 0}});
  const RunHistory history = read_history(run() / "log.jsonl");
  EXPECT_EQ(history.n_unread, 1);
  EXPECT_EQ(history.events.size(), 2U);
  EXPECT_GT(history.last_time, 1.7e9);
}

TEST(RunLog, KnowsConfigsAndMemory) {
  EXPECT_EQ(config_hash(""), "cbf29ce484222325");
  EXPECT_NE(config_hash("steps = 1"), config_hash("steps = 2"));
  EXPECT_GT(resident_bytes(), 1 << 20);
}

}  // namespace
}  // namespace genga::train
