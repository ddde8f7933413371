// Tests of model files and cards: round trips, and refusals of broken or foreign ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/weights.h"
#include "weights/model_card.h"
#include "weights/test_scratch.h"
#include "weights/test_weights.h"

namespace genga::weights {
namespace {

Model sample() {
  Model model;
  ir::NodeId x = model.graph.add("x", ir::Input{});
  x = model.graph.add("conv", ir::Conv2d{.out = 3, .kernel = 3, .pad = {1, 1, 1, 1}}, {x});
  x = model.graph.add("tanh", ir::Activation{.kind = ir::ActivationKind::kTanh}, {x});
  model.graph.set_output(x);
  model.tensors = counted_weights(model.graph);
  model.card = {.name = "sample",
                .title = "A \"small\" net",
                .architecture = "none",
                .licence = "CC-BY-4.0",
                .attribution = "J\xC3\xBCrgen",
                .data = "nothing",
                .recipe = "random",
                .limits = "all",
                .sized_for = 1400,
                .pixels = {ChannelOrder::kBgr, 0, 255, 0.1F, 1}};
  model.extra = {{"train.step", "17"}};
  return model;
}

std::vector<std::byte> sample_bytes() {
  const auto path = scratch("genga_sample_model.safetensors");
  write_model_file(path, sample());
  return read_file(path);
}

/// The error of reading a tensor file made from the sample by `change`.
Error refusal(const std::function<void(TensorFile&)>& change) {
  const auto path = scratch("genga_changed_model.safetensors");
  write_model_file(path, sample());
  TensorFile file = read_tensor_file(path);
  change(file);
  const auto changed = scratch("genga_changed_model_2.safetensors");
  write_tensor_file(changed, file);
  try {
    read_model_file(changed);
  } catch (const Error& error) {
    return error;
  }
  return {ErrorCode::kInternal, "accepted"};
}

bool contains(const Error& error, std::string_view part) {
  return std::string_view(error.what()).find(part) != std::string_view::npos;
}

TEST(ModelFile, ReadsBackWhatItWrote) {
  const auto path = scratch("genga_model.safetensors");
  const Model model = sample();
  write_model_file(path, model);
  const Model back = read_model_file(path);
  EXPECT_TRUE(ir::same_graph(back.graph, model.graph));
  EXPECT_EQ(back.tensors.at("conv.weight").to_f32(), model.tensors.at("conv.weight").to_f32());
  EXPECT_EQ(back.extra, model.extra);
  EXPECT_EQ(back.card.title, model.card.title);
  EXPECT_EQ(back.card.attribution, model.card.attribution);
  EXPECT_EQ(back.card.sized_for, 1400);
  EXPECT_EQ(back.card.limits, model.card.limits);
  EXPECT_EQ(back.card.pixels.order, ChannelOrder::kBgr);
  EXPECT_EQ(back.card.pixels.input_high, 255);
  EXPECT_EQ(back.card.pixels.output_low, 0.1F);
  EXPECT_EQ(back.sha256.size(), 64U);
}

TEST(ModelFile, SameModelGivesTheSameBytes) {
  EXPECT_EQ(sample_bytes(), sample_bytes());
}

TEST(ModelFile, EveryTruncationIsAnError) {
  const std::vector<std::byte> whole = sample_bytes();
  for (std::size_t n = 0; n < whole.size(); ++n) {
    EXPECT_THROW(read_model(std::span(whole).first(n), nullptr), Error) << n << " of " << whole.size() << " bytes";
  }
}

TEST(ModelFile, RandomByteFlipsGiveAConsistentModelOrAnError) {
  const std::vector<std::byte> whole = sample_bytes();
  std::mt19937 random(2);
  for (int i = 0; i < 5000; ++i) {
    std::vector<std::byte> flipped = whole;
    flipped[random() % flipped.size()] ^= static_cast<std::byte>(1U << (random() % 8U));
    try {
      const Model model = read_model(flipped, nullptr);
      EXPECT_NO_THROW(check_tensors(model.graph, model.tensors));
    } catch (const Error&) {
    }
  }
}

TEST(ModelFile, ChangedDataIsRecognisedByTheChecksum) {
  std::vector<std::byte> bytes = sample_bytes();
  bytes.back() ^= std::byte{1};
  try {
    read_model(bytes, nullptr);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCorruptData);
    EXPECT_TRUE(contains(error, "does not match its checksum")) << error.what();
  }
}

TEST(ModelFile, ForeignSafetensorsIsUnsupportedAndSaysWhy) {
  const Error error = refusal([](TensorFile& file) { file.metadata = {{"format", "pt"}}; });
  EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  EXPECT_TRUE(contains(error, "genga_changed_model_2.safetensors")) << error.what();
  EXPECT_TRUE(contains(error, "a safetensors file, but not a Genga model")) << error.what();
}

TEST(ModelFile, NewerVersionAsksForAnUpdate) {
  const Error error = refusal([](TensorFile& file) { file.metadata["genga.version"] = "2"; });
  EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  EXPECT_TRUE(contains(error, "version 2, this Genga reads up to 1; update Genga")) << error.what();
}

TEST(ModelFile, VersionThatIsNoNumberIsCorrupt) {
  for (const char* version : {"", "0", "-1", "1x", "99999999999999999999"}) {
    EXPECT_EQ(refusal([&](TensorFile& file) { file.metadata["genga.version"] = version; }).code(),
              ErrorCode::kCorruptData)
        << version;
  }
}

TEST(ModelFile, UnknownOpIsRefusedByName) {
  const Error error = refusal([](TensorFile& file) {
    std::string& graph = file.metadata["genga.graph"];
    graph.replace(graph.find("Activation"), 10, "Hyperbolic");
  });
  EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  EXPECT_TRUE(contains(error, "'Hyperbolic'")) << error.what();
}

TEST(ModelFile, MissingAndSuperfluousTensorsAreNamed) {
  EXPECT_TRUE(contains(refusal([](TensorFile& file) { file.tensors.erase("conv.bias"); }), "'conv.bias': missing"));
  EXPECT_TRUE(
      contains(refusal([](TensorFile& file) { file.tensors.emplace("stray", make_tensor({1}, {0})); }), "'stray'"));
}

TEST(ModelFile, GraphThatCannotBeLaidOutIsCorrupt) {
  const Error error = refusal([](TensorFile& file) {
    file.metadata["genga.graph"] =
        "x = Input(channels=3, height=0, width=0)\n"
        "y = PixelShuffle(x, factor=2)\nreturn y\n";
  });
  EXPECT_EQ(error.code(), ErrorCode::kCorruptData);
}

TEST(ModelFile, WriterRefusesTensorsThatDoNotFitTheGraph) {
  Model model = sample();
  model.tensors.erase("conv.weight");
  const auto path = scratch("genga_never_written.safetensors");
  try {
    write_model_file(path, model);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ModelFile, WriterRefusesReservedExtraKeys) {
  Model model = sample();
  model.extra["genga.card"] = "{}";
  EXPECT_THROW(write_model_file(scratch("genga_never_written.safetensors"), model), Error);
}

TEST(ModelFile, WriterNamesTheFolderThatDoesNotExist) {
  try {
    write_model_file(scratch("genga_no_folder") / "m.safetensors", sample());
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_TRUE(contains(error, "genga_no_folder")) << error.what();
  }
}

ErrorCode card_refusal(const std::string& json) {
  try {
    parse_card(json);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::kInternal;
}

TEST(ModelCard, EmptyCardMeansUnknownAndTheUsualRange) {
  const ModelCard card = parse_card("{}");
  EXPECT_EQ(card.licence, "");
  EXPECT_EQ(card.pixels.order, ChannelOrder::kRgb);
  EXPECT_EQ(card.pixels.input_low, -1);
  EXPECT_EQ(card.sized_for, 0);
}

TEST(ModelCard, ForImagesOfAnySizeIsWrittenAsEver) {
  ModelCard card;
  EXPECT_EQ(card_to_json(card).find("sized_for"), std::string::npos);
  card.sized_for = 1'000'000;
  EXPECT_EQ(parse_card(card_to_json(card)).sized_for, 1'000'000);
  for (const int impossible : {-1, 1'000'001}) {
    card.sized_for = impossible;
    EXPECT_THROW(card_to_json(card), Error) << impossible;
  }
}

TEST(ModelCard, IgnoresUnknownTextsOfLaterVersions) {
  EXPECT_EQ(parse_card(R"({"mood":["x"]})").name, "");
}

TEST(ModelCard, TakesTheWordUnknownForNothing) {
  const ModelCard card = parse_card(R"({"licence":"unknown","data":" Unknown ","limits":"unknown to us"})");
  EXPECT_EQ(card.licence, "");
  EXPECT_EQ(card.data, "");
  EXPECT_EQ(card.limits, "unknown to us");
}

TEST(ModelCard, RefusesWhatWouldChangeTheImage) {
  EXPECT_EQ(card_refusal(R"({"pixels":{"gamma":2}})"), ErrorCode::kUnsupported);
  EXPECT_EQ(card_refusal(R"({"pixels":{"order":"grb"}})"), ErrorCode::kUnsupported);
}

TEST(ModelCard, RefusesBrokenCards) {
  for (const char* json :
       {"", "[]", "{", R"({"name":1})", R"({"name":"../etc"})", R"({"pixels":[]})", R"({"pixels":{"input":[1]}})",
        R"({"pixels":{"input":[1,1]}})", R"({"pixels":{"input":[1,-1]}})", R"({"pixels":{"output":[1,0]}})",
        R"({"pixels":{"input":[0,1e39]}})", R"({"pixels":{"input":[0,1e999]}})", R"({"sized_for":"1400"})",
        R"({"sized_for":-1})", R"({"sized_for":1400.5})", R"({"sized_for":1000001})",
        R"({"sized_for":18446744073709551615})"}) {
    EXPECT_EQ(card_refusal(json), ErrorCode::kCorruptData) << json;
  }
  EXPECT_EQ(card_refusal(R"({"x":)" + std::string(100000, '[')), ErrorCode::kCorruptData);
}

}  // namespace
}  // namespace genga::weights
