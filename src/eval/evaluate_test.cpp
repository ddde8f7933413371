// Tests of a whole evaluation with tiny networks: scores, ranking, errors, the HTML report.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "eval/measures/metrics.h"
#include "eval/test_images.h"
#include "genga/error.h"
#include "genga/eval.h"
#include "genga/transform.h"
#include "genga/weights.h"

namespace genga::eval {
namespace {

namespace fs = std::filesystem;

/// A network that gives back scale times the image (in -1..1), after a box blur if kernel is above 1.
weights::Model scaling(float scale, int kernel = 1) {
  weights::Model model;
  const ir::NodeId x = model.graph.add("x", ir::Input{});
  const int pad = kernel / 2;
  const ir::Conv2d op{.out = 3,
                      .kernel = kernel,
                      .pad = {pad, pad, pad, pad},
                      .pad_mode = ir::PadMode::kReplicate,
                      .groups = 3,
                      .bias = false};
  model.graph.set_output(model.graph.add("conv", op, {x}));
  const auto area = static_cast<std::size_t>(kernel) * kernel;
  model.tensors["conv.weight"] =
      weights::make_tensor({3, 1, kernel, kernel}, std::vector<float>(3 * area, scale / static_cast<float>(area)));
  return model;
}

class EvaluateTest : public ::testing::Test {
 protected:
  EvaluateTest() {
    image::init(1);
    std::string name = (fs::temp_directory_path() / "genga_eval_XXXXXX").string();
    folder_ = mkdtemp(name.data());
    for (int i = 0; i < 4; ++i) {
      photos_.push_back(save("photo" + std::to_string(i) + ".png", scene(96, static_cast<std::uint64_t>(i))));
      style_.push_back(
          save("style" + std::to_string(i) + ".png", blurred(scene(96, static_cast<std::uint64_t>(50 + i)), 1)));
    }
    options_.size_px = 64;
    options_.threads = 1;
  }
  ~EvaluateTest() override { fs::remove_all(folder_); }

  fs::path save(const std::string& name, const image::Image& image) {
    image::write_image(folder_ / name, image);
    return folder_ / name;
  }
  std::string write(const std::string& name, const weights::Model& model) {
    fs::create_directories((folder_ / name).parent_path());
    weights::write_model_file(folder_ / name, model);
    return (folder_ / name).string();
  }
  EvalInputs inputs() const { return {.photos = photos_, .style = style_}; }
  static double value(const Report& report, const Row& row, std::string_view metric) {
    return row.values.at(static_cast<std::size_t>(find_metric(report, metric)));
  }

  fs::path folder_;
  std::vector<fs::path> photos_, style_;
  EvalOptions options_;
};

/// What was not measured (skin, where there is none) as a number that equals itself.
std::vector<double> without_nan(std::vector<double> values) {
  std::ranges::replace_if(values, [](double value) { return std::isnan(value); }, -1e9);
  return values;
}

TEST_F(EvaluateTest, TheIdentityScoresWhatThePhotosScore) {
  const std::vector<EvalModel> models{{"same", write("same.safetensors", scaling(1))}};
  const Report report = evaluate(models, inputs(), options_);
  ASSERT_EQ(report.rows.size(), 1U);
  const Row& row = report.rows.front();
  EXPECT_EQ(row.error, "");
  EXPECT_EQ(without_nan(row.values), without_nan(report.photos.values));
  EXPECT_NEAR(value(report, row, "edges"), 1, 1e-6);
  EXPECT_NEAR(value(report, row, "structure"), 1, 1e-6);
  EXPECT_EQ(value(report, row, "color drift"), 0);
  EXPECT_EQ(row.rank, 1);
  EXPECT_EQ(row.sha256.size(), 64U);
  EXPECT_EQ(report.n_photos, 4);
  EXPECT_EQ(report.n_style, 4);
  EXPECT_EQ(report.level_px, (std::vector<int>{64, 32, 16}));
  EXPECT_EQ(row.swd_levels.size(), 3U);
}

TEST_F(EvaluateTest, RanksWhatComesCloserToTheStyleFirstAndWhatLosesThePhotoLast) {
  // The style is blurred: a blur comes closer than nothing; grey images are not of the photo any more.
  const std::vector<EvalModel> models{{"grey", write("grey.safetensors", scaling(0))},
                                      {"same", write("same.safetensors", scaling(1))},
                                      {"blur", write("blur.safetensors", scaling(1, 3))}};
  const Report report = evaluate(models, inputs(), options_);
  EXPECT_EQ(report.rows[0].label, "blur");
  EXPECT_EQ(report.rows[1].label, "same");
  EXPECT_EQ(report.rows[2].label, "grey");
  EXPECT_FALSE(report.rows[2].keeps_content);
  EXPECT_GT(value(report, report.rows[2], "color drift"), 5);
  EXPECT_LT(value(report, report.rows[0], "SWD"), value(report, report.photos, "SWD"));
}

TEST_F(EvaluateTest, IsTheSameTwice) {
  const std::vector<EvalModel> models{{"blur", write("blur.safetensors", scaling(0.9F, 3))}};
  const Report a = evaluate(models, inputs(), options_);
  const Report b = evaluate(models, inputs(), options_);
  EXPECT_EQ(without_nan(a.rows[0].values), without_nan(b.rows[0].values));
}

TEST_F(EvaluateTest, DistancesOnFeaturesAreNamedAfterTheirNetwork) {
  weights::Model net = scaling(1, 3);
  net.card.architecture = "tiny-net";
  EvalInputs with_net = inputs();
  with_net.features = write("net.safetensors", net);
  const std::vector<EvalModel> models{{"same", write("same.safetensors", scaling(1))}};
  const Report report = evaluate(models, with_net, options_);
  EXPECT_EQ(report.metrics[0].name, "FD-tiny-net");
  EXPECT_EQ(report.metrics[1].name, "KD-tiny-net");
  EXPECT_EQ(find_metric(report, "FID"), -1);
  EXPECT_GT(value(report, report.rows[0], "FD-tiny-net"), 0);

  EvalInputs as_inception = inputs();
  as_inception.inception = with_net.features;
  EXPECT_THROW(evaluate(models, as_inception, options_), Error);
}

TEST_F(EvaluateTest, FewImagesForManyFeaturesAreSaidInWords) {
  weights::Model net;
  const ir::NodeId x = net.graph.add("x", ir::Input{});
  net.graph.set_output(net.graph.add("conv", ir::Conv2d{.out = 16, .kernel = 1}, {x}));
  net.tensors = transform::random_weights(net.graph, 1);
  EvalInputs with_net = inputs();
  with_net.features = write("net.safetensors", net);
  const Report report = evaluate({}, with_net, options_);
  ASSERT_FALSE(report.notes.empty());
  EXPECT_NE(report.notes.front().find("4 photos and 4 style images are fewer than the 16 features"), std::string::npos);
}

TEST_F(EvaluateTest, ABrokenModelOrImageDoesNotStopTheOthers) {
  std::ofstream(folder_ / "broken.safetensors") << "no model";
  std::ofstream(folder_ / "broken.png") << "no image";
  EvalInputs some = inputs();
  some.photos.push_back(folder_ / "broken.png");
  const std::vector<EvalModel> models{{"broken", (folder_ / "broken.safetensors").string()},
                                      {"same", write("same.safetensors", scaling(1))}};
  const Report report = evaluate(models, some, options_);
  EXPECT_EQ(report.rows[0].label, "same");
  EXPECT_EQ(report.rows[1].rank, 0);
  EXPECT_NE(report.rows[1].error.find("broken.safetensors"), std::string::npos);
  EXPECT_TRUE(std::isnan(report.rows[1].values[0]));
  EXPECT_NE(report.notes.front().find("broken.png"), std::string::npos);
  EXPECT_NE(html_report(report).find("broken.safetensors"), std::string::npos);
}

TEST_F(EvaluateTest, AModelIsReadOnce) {
  const std::string broken = (folder_ / "broken.safetensors").string();
  std::ofstream(broken) << "no model";
  const std::string whole = write("same.safetensors", scaling(1));
  const std::vector<EvalModel> models{{"broken", broken}, {"whole", whole}};
  options_.progress = [&](int, int, const std::string&, std::int64_t, std::int64_t) {
    fs::remove(whole);  // the measuring begins
    fs::remove(broken);
  };
  const Report report = evaluate(models, inputs(), options_);
  EXPECT_EQ(report.rows[0].label, "whole");
  EXPECT_EQ(report.rows[0].error, "");
  EXPECT_EQ(report.rows[1].error.find("does not exist"), std::string::npos) << report.rows[1].error;
}

TEST_F(EvaluateTest, RefusesTooFewImagesAndStopsWhenCancelled) {
  EvalInputs one = inputs();
  one.style.resize(1);
  EXPECT_THROW(evaluate({}, one, options_), Error);
  CancelToken token;
  token.cancel();
  options_.cancel = &token;
  try {
    evaluate({}, inputs(), options_);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCancelled);
  }
}

TEST_F(EvaluateTest, FindsTheCheckpointsOfARun) {
  const auto text = [&](const char* name) { return (folder_ / name).string(); };
  write("run/checkpoints/step_000100/model.safetensors", scaling(1));
  write("run/checkpoints/step_000200/model.safetensors", scaling(0.5F));
  write("run/checkpoints/step_000300.part/model.safetensors", scaling(0.4F));
  write("run/model.safetensors", scaling(0.5F));
  const auto labels = [](const std::vector<EvalModel>& found) {
    std::vector<std::string> names;
    for (const auto& c : found) names.push_back(c.label);
    return names;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(labels(find_models(std::vector{text("run")})), (Names{"step_000100", "step_000200"}));
  write("run/model.safetensors", scaling(0.6F));
  EXPECT_EQ(labels(find_models(std::vector{text("run/")})), (Names{"step_000100", "step_000200", "result"}));
  const auto two = find_models(std::vector{text("run/"), text("run/model.safetensors"), std::string("pepper")});
  EXPECT_EQ(labels(two), (Names{"run/step_000100", "run/step_000200", "run/result", "model", "pepper"}));
  fs::create_directories(folder_ / "empty");
  EXPECT_THROW(find_models(std::vector{text("empty")}), Error);
  EXPECT_THROW(find_models(std::vector{text("run"), std::string("no such style")}), Error);
}

TEST_F(EvaluateTest, SaysWhatIsWrongBeforeItMeasures) {
  options_.progress = [](int, int, const std::string& name, std::int64_t, std::int64_t) { FAIL() << name; };
  const std::string whole = write("same.safetensors", scaling(1)), broken = (folder_ / "broken.safetensors").string();
  std::ofstream(broken) << "no model";
  EXPECT_THROW(evaluate(std::vector<EvalModel>{{"broken", broken}}, inputs(), options_), Error);
  EvalInputs with_video = inputs();
  with_video.video = folder_ / "no.mp4";
  EXPECT_THROW(evaluate(std::vector<EvalModel>{{"whole", whole}}, with_video, options_), Error);
}

TEST_F(EvaluateTest, TheHtmlReportStandsAlone) {
  const std::vector<EvalModel> models{{"<same>", write("same.safetensors", scaling(1))}};
  const std::string html = html_report(evaluate(models, inputs(), options_));
  EXPECT_EQ(html.find("http"), std::string::npos);
  EXPECT_EQ(html.find("<same>"), std::string::npos);
  EXPECT_NE(html.find("&lt;same&gt;"), std::string::npos);
  EXPECT_NE(html.find("data:image/jpeg;base64,/9j/"), std::string::npos);  // a JPEG begins with FF D8 FF
  EXPECT_NE(html.find("SWD"), std::string::npos);
}

TEST(Rank, IsTheMeanOfRanksWithinTheBounds) {
  Report report;
  report.metrics = metrics_of({{"FID", "KID"}}, false);
  report.min_edges = 0.3;
  report.min_structure = 0.6;
  const auto add = [&](const char* label, double kid, double swd, double edges) {
    Row row;
    row.label = label;
    row.values = {0, kid, swd, edges, 0.9, 0, 0};
    report.rows.push_back(row);
  };
  add("loses", 0.1, 1, 0.1);    // best of all distances, but not of the photo any more
  add("second", 0.3, 20, 0.9);  // ranks 3 and 3
  add("first", 0.2, 10, 0.9);   // ranks 2 and 2
  add("third", 0.4, 30, 0.9);
  rank(report);
  EXPECT_EQ(report.rows[0].label, "first");
  EXPECT_EQ(report.rows[1].label, "second");
  EXPECT_EQ(report.rows[2].label, "third");
  EXPECT_EQ(report.rows[3].label, "loses");
  EXPECT_EQ(report.rows[3].rank, 4);
}

}  // namespace
}  // namespace genga::eval
