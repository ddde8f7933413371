// Fusion, reuse, threads, statistics, limits. Whole networks against the reference: tests/parity.
#include <thread>
#include <utility>

#include "engine/test_nets.h"
#include "genga/error.h"
#include "genga/models.h"

namespace genga::engine {
namespace {

using test::Chain;
using test::difference;
using test::expect_parity;
using test::model_of;
using test::noise;
using test::print_error;

template <class F>
ErrorCode code_of(const F& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "no error";
  return ErrorCode::kInternal;
}

TEST(EngineNets, TellWhereTheTimeGoes) {
  const auto compiled = compile(model_of(models::genga_lite()), {.threads = 1});
  const auto session = compiled->session(64, 64);
  const std::vector<float> src = noise(session->input_shape().size(), 3);
  std::vector<float> dst(static_cast<std::size_t>(session->output_shape().size()), NAN);
  std::int64_t macs = 0;
  std::string lines;
  for (const StepCost& step : session->profile(src, dst)) {
    EXPECT_GT(step.seconds, 0) << step.step;
    macs += step.macs;
    lines += step.step + "\n";
  }
  EXPECT_EQ(difference(dst, test::run(*compiled, src, 64, 64)), 0) << "profile() computes the image, too";
  EXPECT_EQ(macs, ir::count_macs(compiled->graph(), session->input_shape()));
  EXPECT_NE(lines.find("to_blocked unshuffle 2"), std::string::npos) << lines;
}

TEST(Fusion, TurnsAResidualBlockIntoTwoSteps) {
  Chain net(32);
  const ir::NodeId x = net.add(ir::Conv2d{.out = 32, .pad = {1, 1, 1, 1}});
  net.add(ir::Conv2d{.out = 32, .pad = {1, 1, 1, 1}});
  net.add(ir::Activation{.kind = ir::ActivationKind::kLeakyRelu});
  net.add(ir::Conv2d{.out = 32, .pad = {1, 1, 1, 1}});
  net.add(ir::Affine{.scale = 0.5F});
  net.add(ir::Add{}, {x, net.last()});
  net.add(ir::Activation{.kind = ir::ActivationKind::kLeakyRelu});
  net.add(ir::Conv2d{.out = 3, .kernel = 1});
  const std::string text = compile(model_of(net.finish()), {.threads = 1})->describe(16, 16);
  EXPECT_NE(text.find("5 steps"), std::string::npos) << text;
  EXPECT_NE(text.find("conv3 32>32 +add +leaky_relu(0.2)"), std::string::npos) << text;
}

TEST(Fusion, LoadsAndStoresGengaLiteInOnePassEach) {
  const std::string text = compile(model_of(models::genga_lite()), {.threads = 1})->describe(64, 64);
  EXPECT_NE(text.find("to_blocked unshuffle 2"), std::string::npos) << text;
  EXPECT_NE(text.find("to_planar shuffle 2 +tanh"), std::string::npos) << text;
  EXPECT_EQ(text.find("pointwise"), std::string::npos) << text;
  EXPECT_EQ(text.find(" pad "), std::string::npos) << text;
  EXPECT_EQ(text.find("nearest"), text.find("of nearest") + 3) << "upsampled by a pass of its own\n" << text;
#ifdef __x86_64__  // Debian's oneDNN for arm64 has nothing but slow convolutions
  EXPECT_EQ(text.find("ref:"), std::string::npos) << "a slow convolution was chosen\n" << text;
#endif
}

TEST(Fusion, ChoosesOurOwnConvolutionsUnlessPlain) {
  for (const bool plain : {false, true}) {
    const std::string text = compile(model_of(models::animegan_v2()), {.threads = 1, .plain = plain})->describe(64, 64);
    for (const char* ours : {"winograd_4x3  a3", "winograd_4x4  e3", "narrow  out"}) {
      EXPECT_EQ(text.find(ours) == std::string::npos, plain) << ours << "\n" << text;
    }
  }
}

TEST(Fusion, MapsColorsInOnePassWithoutHoldingTheUnits) {
  const auto plain = compile(model_of(models::genga_lite()), {.threads = 1});
  const auto colored = compile(model_of(models::genga_lite({.color_units = 24})), {.threads = 1});
  const std::string text = colored->describe(64, 64);
  EXPECT_NE(text.find("color_map of 24 units"), std::string::npos) << text;
  EXPECT_NE(text.find("to_planar shuffle 2 +tanh"), std::string::npos) << text;
  // The image before the map is all that is held more.
  EXPECT_LE(colored->session_bytes(512, 512), plain->session_bytes(512, 512) + 3 * 512 * 512 * 4) << text;
}

TEST(Fusion, LeavesAColorMapAloneWhoseUnitsAreReadElsewhere) {
  Chain net(3);
  const ir::NodeId x = net.last();
  net.add(ir::Conv2d{.out = 5, .kernel = 1});
  const ir::NodeId units = net.add(ir::Activation{.kind = ir::ActivationKind::kTanh});
  net.add(ir::Conv2d{.out = 3, .kernel = 1});
  const ir::NodeId sum = net.add(ir::Add{}, {x, net.last()});
  net.add(ir::Concat{}, {sum, units});
  const std::string text = compile(model_of(net.finish()), {.threads = 1})->describe(9, 9);
  EXPECT_EQ(text.find("color_map"), std::string::npos) << text;
  expect_parity(net.finish(), 9, 9);
}

TEST(Fusion, MapsColorsFromEitherSideOfASum) {
  for (const bool branch_first : {false, true}) {
    Chain net(3);
    const ir::NodeId x = net.add(ir::Conv2d{.out = 3, .pad = {1, 1, 1, 1}});
    net.add(ir::Conv2d{.out = 9, .kernel = 1, .bias = false});
    net.add(ir::Activation{.kind = ir::ActivationKind::kTanh});
    const ir::NodeId branch = net.add(ir::Conv2d{.out = 3, .kernel = 1});
    net.add(ir::Add{}, branch_first ? std::vector{branch, x} : std::vector{x, branch});
    net.add(ir::Activation{.kind = ir::ActivationKind::kTanh});
    const std::string text = compile(model_of(net.finish()), {.threads = 1})->describe(9, 9);
    EXPECT_NE(text.find("color_map of 9 units"), std::string::npos) << text;
    expect_parity(net.finish(), 13, 37, test::kSums);
  }
}

/// nearest x2, then a 3x3 convolution from n to m channels, then 3 channels out.
ir::Graph upsampling_net(int n, int m, ir::PadMode mode = ir::PadMode::kZero, bool read_twice = false) {
  Chain net(3);
  net.add(ir::Conv2d{.out = n, .pad = {1, 1, 1, 1}});
  const ir::NodeId large = net.add(ir::Upsample{});
  const ir::NodeId wide = net.add(ir::Conv2d{.out = m, .pad = {1, 1, 1, 1}, .pad_mode = mode});
  net.add(ir::Activation{.kind = ir::ActivationKind::kLeakyRelu});
  if (read_twice) {
    net.add(ir::Conv2d{.out = m, .kernel = 1}, {large});
    net.add(ir::Add{}, {wide, net.last()});
  }
  net.add(ir::Conv2d{.out = 3, .kernel = 1});
  return net.finish();
}

TEST(Fusion, ConvolvesAnUpsampledImageFromTheSmallOne) {
  const std::string text = compile(model_of(upsampling_net(32, 20)), {.threads = 1})->describe(16, 16);
  EXPECT_NE(text.find("conv3 32>20 of nearest x2"), std::string::npos) << text;
  for (const auto& [h, w] : {std::pair{1, 1}, {2, 3}, {5, 4}, {7, 9}, {16, 30}}) {
    expect_parity(upsampling_net(32, 20), h, w);
    expect_parity(upsampling_net(20, 70), h, w);
    for (const ir::PadMode mode : {ir::PadMode::kReflect, ir::PadMode::kReplicate}) {
      expect_parity(upsampling_net(32, 20, mode), h, w);
    }
  }
}

TEST(Fusion, ReadsBeyondTheBorderWithoutStoringIt) {
  for (const int kernel : {3, 7}) {
    for (const ir::PadMode mode : {ir::PadMode::kReflect, ir::PadMode::kReplicate}) {
      Chain net(3);
      net.add(ir::Conv2d{.out = 32, .pad = {1, 1, 1, 1}});
      const int after = (kernel - 1) / 2, before = kernel - 1 - after;
      net.add(ir::Conv2d{.out = 32, .kernel = kernel, .pad = {before, before, after, after}, .pad_mode = mode});
      net.add(ir::Conv2d{.out = 3, .kernel = 1});
      const ir::Graph graph = net.finish();
      const std::string text = compile(model_of(graph), {.threads = 1})->describe(16, 16);
      EXPECT_EQ(text.find("pad"), std::string::npos) << text;
      for (const auto& [h, w] : {std::pair{4, 4}, {5, 4}, {7, 21}, {33, 18}}) expect_parity(graph, h, w);
    }
  }
}

TEST(Fusion, ComputesEdgesOfStridedConvolutionsApart) {
  for (const int kernel : {3, 4}) {
    for (const ir::PadMode mode : {ir::PadMode::kReflect, ir::PadMode::kReplicate}) {
      for (const ir::Pad pad : {ir::Pad{1, 1, 1, 1}, ir::Pad{0, 0, 2, 2}, ir::Pad{2, 2, 0, 0}}) {
        Chain net(3);
        net.add(ir::Conv2d{.out = 20, .pad = {1, 1, 1, 1}});
        net.add(ir::Conv2d{.out = 37, .kernel = kernel, .stride = 2, .pad = pad, .pad_mode = mode});
        net.add(ir::Activation{.kind = ir::ActivationKind::kTanh});
        net.add(ir::Conv2d{.out = 3, .kernel = 1});
        const ir::Graph graph = net.finish();
        const std::string text = compile(model_of(graph), {.threads = 1})->describe(16, 16);
        EXPECT_EQ(text.find("pad"), std::string::npos) << text;
        for (const auto& [h, w] : {std::pair{3, 4}, {4, 3}, {8, 6}, {13, 24}}) expect_parity(graph, h, w, test::kSums);
      }
    }
  }
}

TEST(Fusion, KeepsImagesInPlanes) {
  Chain net(3);
  const ir::NodeId x = net.add(ir::Pool2d{.kind = ir::PoolKind::kAverage});
  net.add(ir::Affine{.scale = -2, .offset = 0.5F});
  net.add(ir::Activation{.kind = ir::ActivationKind::kTanh});
  net.add(ir::Add{}, {x, net.last()});
  net.add(ir::Activation{.kind = ir::ActivationKind::kLeakyRelu, .slope = 0.25F});
  const ir::NodeId y = net.add(ir::Affine{.scale = 3});
  net.add(ir::Upsample{.mode = ir::UpsampleMode::kHalfPixel}, {y});
  net.add(ir::Pool2d{});
  net.add(ir::Add{}, {y, net.last()});
  net.add(ir::Activation{.kind = ir::ActivationKind::kSigmoid});
  const ir::Graph graph = net.finish();
  const std::string text = compile(model_of(graph), {.threads = 1})->describe(16, 16);
  EXPECT_EQ(text.find("to_blocked"), std::string::npos) << text;
  for (const auto& [h, w] : {std::pair{2, 2}, {6, 10}, {16, 38}}) expect_parity(graph, h, w, test::kRounding);
}

TEST(Session, HasScratchForEveryThreadThatItWasCompiledFor) {
  Chain net(3);
  net.add(ir::Pool2d{.kind = ir::PoolKind::kAverage});
  const ir::Graph graph = net.finish();
  const auto bytes = [&](int threads) {
    return compile(model_of(graph), {.threads = threads})->session_bytes(32, 640);
  };
  const std::int64_t line = 640 * std::int64_t{sizeof(float)};
  EXPECT_GE(bytes(1), line);
  EXPECT_GE(bytes(32), 32 * line) << "whatever team the caller has";
}

TEST(Fusion, LeavesUpsamplingAloneWhereItCannotBeFolded) {
  const auto text = [](const ir::Graph& graph) { return compile(model_of(graph), {.threads = 1})->describe(16, 16); };
  EXPECT_EQ(text(upsampling_net(12, 20)).find("of nearest"), std::string::npos) << "too few channels";
  EXPECT_EQ(text(upsampling_net(32, 20, ir::PadMode::kZero, true)).find("of nearest"), std::string::npos);
  expect_parity(upsampling_net(32, 20, ir::PadMode::kZero, true), 6, 7);
}

TEST(Session, WritesASumWhereItsResidualLay) {
  Chain net(32);
  net.add(ir::Conv2d{.out = 32, .pad = {1, 1, 1, 1}});
  for (int block = 0; block < 3; ++block) {
    const ir::NodeId x = net.last();
    net.add(ir::Conv2d{.out = 32, .pad = {1, 1, 1, 1}});
    net.add(ir::Conv2d{.out = 32, .pad = {1, 1, 1, 1}});
    net.add(ir::Add{}, {x, net.last()});
  }
  net.add(ir::Conv2d{.out = 3, .kernel = 1});
  const ir::Graph graph = net.finish();
  expect_parity(graph, 21, 35, 7e-4F);  // its values grow from block to block; seen 1.8e-4
  const std::int64_t value = 32 * 128 * 128 * std::int64_t{sizeof(float)};
  EXPECT_LT(compile(model_of(graph), {.threads = 1})->session_bytes(128, 128), 5 * value / 2)
      << "two values and scratch";
}

TEST(Fusion, LetsNormsWriteReflectedBorders) {
  const std::string text = compile(model_of(models::animegan_v2()), {.threads = 1})->describe(64, 64);
  EXPECT_EQ(text.find("pad", text.find("norm")), std::string::npos) << text;
}

TEST(Fusion, IsOffInPlainMode) {
  const auto plain = compile(model_of(models::genga_lite()), {.threads = 1, .plain = true});
  EXPECT_NE(plain->describe(64, 64).find("pointwise"), std::string::npos);
}

TEST(Fusion, KeepsAValueThatIsReadTwice) {
  Chain net(20);
  const ir::NodeId a = net.add(ir::Conv2d{.out = 20, .pad = {1, 1, 1, 1}, .pad_mode = ir::PadMode::kReflect});
  const ir::NodeId b = net.add(ir::Activation{});
  net.add(ir::Conv2d{.out = 20, .pad = {1, 1, 1, 1}, .pad_mode = ir::PadMode::kReflect}, {b});
  net.add(ir::Add{}, {net.last(), a, b});
  net.add(ir::Conv2d{.out = 3, .kernel = 1});
  expect_parity(net.finish(), 9, 12);
}

TEST(Fusion, DropsWhatNobodyReads) {
  ir::Graph graph;
  const ir::NodeId x = graph.add("x", ir::Input{});
  graph.add("dead", ir::Conv2d{.out = 64}, {x});
  graph.set_output(graph.add("live", ir::Activation{}, {x}));
  EXPECT_EQ(compile(model_of(graph), {.threads = 1})->describe(8, 8).find("dead"), std::string::npos);
}

TEST(Session, GivesTheSameResultWhenReused) {
  const auto compiled = compile(model_of(models::genga_lite()), {.threads = 2});
  const auto session = compiled->session(48, 32);
  const std::vector<float> a = noise(session->input_shape().size(), 1);
  const std::vector<float> b = noise(session->input_shape().size(), 2);
  std::vector<float> first(static_cast<std::size_t>(session->output_shape().size())), other = first, again = first;
  session->run(a, first);
  session->run(b, other);
  session->run(a, again);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
}

TEST(Session, OutlivesItsCompiledModel) {
  auto compiled = compile(model_of(models::genga_lite()), {.threads = 1});
  const std::vector<float> src = noise(3 * 32 * 32, 1);
  const std::vector<float> expected = test::run(*compiled, src, 32, 32);
  const auto session = compiled->session(32, 32);
  compiled.reset();
  std::vector<float> dst(expected.size());
  session->run(src, dst);
  EXPECT_EQ(dst, expected);
}

TEST(Session, RunsInTwoThreadsAtOnce) {
  const auto compiled = compile(model_of(models::genga_lite()), {.threads = 1});
  const std::vector<float> src = noise(3 * 64 * 64, 1);
  const std::vector<float> expected = test::run(*compiled, src, 64, 64);
  std::vector<std::vector<float>> results(2);
  std::vector<std::thread> threads;
  for (auto& result : results) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5; ++i) result = test::run(*compiled, src, 64, 64);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(results[0], expected);
  EXPECT_EQ(results[1], expected);
}

TEST(Session, IsMadeInTwoThreadsAtOnceOfAModelThatIsGone) {
  weights::Model model = model_of(models::genga_lite());
  for (auto& [name, tensor] : model.tensors) tensor = weights::to_f16(tensor);
  const auto used = compile(model, {.threads = 1});
  const auto fresh = compile(std::exchange(model, {}), {.threads = 3});  // its weights are packed below
  std::vector<std::vector<float>> results(2);
  const auto source = [](std::int64_t side) { return noise(3 * side * side, 1); };
  const auto run_fresh = [&](std::size_t i, std::int64_t side) {
    results[i] = test::run(*fresh, source(side), side, side);
  };
  std::thread other(run_fresh, 1, 48);
  run_fresh(0, 64);
  other.join();
  EXPECT_EQ(results[0], test::run(*used, source(64), 64, 64));
  EXPECT_EQ(results[1], test::run(*used, source(48), 48, 48));
}

// Winograd rounds by the position in its tiles. Seen 1.02e-4 under SSE4.1, which has no fused multiply-adds.
constexpr float kTileTolerance = 2e-4F;

TEST(Session, ComputesATileAsTheWholeImage) {
  const weights::Model model = model_of(models::genga_lite());
  const auto compiled = compile(model, {.threads = 2});
  const ir::ReceptiveField receptive_field = compiled->receptive_field();
  const std::int64_t border = receptive_field.border_px, inner = 8 * receptive_field.multiple,
                     side = 2 * border + inner;
  const std::int64_t whole = side + 4 * receptive_field.multiple,
                     first = 3 * receptive_field.multiple;  // the tile's origin
  const std::vector<float> src = noise(3 * whole * whole, 6);
  const std::vector<float> expected = test::run(*compiled, src, whole, whole);
  std::vector<float> tile_src;
  for (std::int64_t i = 0; i < 3 * side; ++i) {  // rows of all channels
    const auto from = src.begin() + ((i / side) * whole + first + i % side) * whole + first;
    tile_src.insert(tile_src.end(), from, from + side);
  }
  const std::vector<float> tile = test::run(*compiled, tile_src, side, side);
  float worst = 0;
  for (std::int64_t c = 0; c < 3; ++c) {
    for (std::int64_t y = border; y < border + inner; ++y) {
      for (std::int64_t x = border; x < border + inner; ++x) {
        const auto t = static_cast<std::size_t>((c * side + y) * side + x);
        const auto w = static_cast<std::size_t>((c * whole + first + y) * whole + first + x);
        worst = std::max(worst, std::fabs(tile[t] - expected[w]));
      }
    }
  }
  print_error("tile against whole", worst, kTileTolerance);
  EXPECT_LT(worst, kTileTolerance);
}

TEST(Session, RecordsWhatNormsSaw) {
  Chain net(3);
  net.add(ir::Conv2d{.out = 20});
  net.add(ir::InstanceNorm{});
  net.add(ir::LayerNorm{});
  const ir::Graph graph = net.finish();
  const weights::Model model = model_of(graph);
  const ir::Shape shape{1, 3, 23, 31};
  const std::vector<float> src = noise(shape.size(), 4);
  weights::NormStatistics expected, found;
  ref::run(graph, model.tensors, {shape, src}, &expected);
  const auto session = compile(model, {.threads = 2})->session(23, 31);
  std::vector<float> dst(static_cast<std::size_t>(session->output_shape().size()));
  session->run(src, dst, &found);
  ASSERT_EQ(found.values.size(), 4U);
  for (const auto& [name, values] : expected.values) EXPECT_LT(difference(found.values[name], values), 1e-5F) << name;
}

TEST(Session, SideBranchesCostNothing) {
  Chain net(3);
  const ir::NodeId wanted = net.add(ir::Conv2d{.out = 8, .pad = {1, 1, 1, 1}});
  net.add(ir::Conv2d{.out = 512, .pad = {1, 1, 1, 1}});
  net.add(ir::PixelUnshuffle{.factor = 5});
  ir::Graph graph = net.finish();
  graph.set_output(wanted);
  const auto compiled = compile(model_of(graph), {.threads = 1});
  const auto alone = compile(model_of(ir::subgraph(graph, wanted)), {.threads = 1});
  EXPECT_EQ(compiled->session_bytes(64, 64), alone->session_bytes(64, 64));
  EXPECT_EQ(compiled->describe(64, 64), alone->describe(64, 64)) << "64 is no multiple of 5: dead nodes bind no size";
}

TEST(Session, TellsItsMemoryBeforehand) {
  const auto compiled = compile(model_of(models::genga_lite()), {.threads = 2});
  const std::int64_t small = compiled->session_bytes(64, 64);
  EXPECT_EQ(small, compiled->session(64, 64)->arena_bytes());
  EXPECT_GT(compiled->session_bytes(640, 640), 20 * small);
  EXPECT_GT(compiled->session_bytes(16000, 16000), std::int64_t{1} << 33) << "asked without allocating";
  EXPECT_EQ(compiled->session_bytes(1 << 18, 1 << 18), kNoSession);
  EXPECT_EQ(compiled->session_bytes(16, 1 << 22), kNoSession);
}

TEST(Session, RefusesSizesItCannotServe) {
  const auto compiled = compile(model_of(models::genga_lite()), {.threads = 1});
  EXPECT_EQ(code_of([&] { compiled->session(0, 16); }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of([&] { compiled->session(16, 17); }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of([&] { compiled->session(1 << 18, 1 << 18); }), ErrorCode::kOutOfMemory);
  std::vector<float> short_buffer(5);
  EXPECT_EQ(code_of([&] { compiled->session(16, 16)->run(short_buffer, short_buffer); }), ErrorCode::kInvalidArgument);
}

TEST(Compile, RefusesGroupsThatWouldTakeVastDenseWeights) {
  constexpr int kChannels = 3 << 18;  // three a group fill no block
  Chain net(kChannels);
  net.add(ir::Conv2d{.out = kChannels, .kernel = 1, .groups = kChannels / 3, .bias = false});
  const weights::Model model = model_of(net.finish());
  EXPECT_EQ(code_of([&] { compile(model); }), ErrorCode::kUnsupported);
}

TEST(Compile, RefusesAModelWithoutItsWeights) {
  weights::Model model = model_of(models::genga_lite());
  model.tensors.erase("stem.weight");
  EXPECT_EQ(code_of([&] { compile(model); }), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace genga::engine
