// Several processes that agree, sum gradients, and notice when one is gone.
#include "train/distributed/world.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <limits>
#include <thread>

#include "genga/error.h"
#include "genga/transform.h"
#include "torchnet/network.h"
#include "train/distributed/gradient_averager.h"
#include "train/distributed/test_ranks.h"

namespace genga::train {
namespace {

using Clock = std::chrono::steady_clock;

const WorldOptions kPatient{.timeout = std::chrono::seconds(60)};
const WorldOptions kHasty{.timeout = std::chrono::seconds(2)};

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

void expect_success(const std::vector<RankResult>& ranks) {
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    EXPECT_EQ(ranks[i].status, 0) << "rank " << i << ":\n" << ranks[i].output;
    EXPECT_NE(ranks[i].output.find("[  PASSED  ] 1 test"), std::string::npos) << ranks[i].output;
  }
}

// Tests of suite AsRank run as one rank of several, started by a test of suite World.

TEST(AsRank, DISABLED_AgreesWithTheOthers) {
  World world = join_world(kPatient);
  ASSERT_EQ(world.count(), 3);
  const int rank = world.rank();

  double values[] = {1.0 * rank, rank == 1 ? std::numeric_limits<double>::quiet_NaN() : 0};
  world.average(values);
  EXPECT_DOUBLE_EQ(values[0], 1);
  EXPECT_FALSE(std::isfinite(values[1]));

  bool flags[] = {rank == 2, false};
  world.any(flags);
  EXPECT_TRUE(flags[0]);
  EXPECT_FALSE(flags[1]);

  std::string text = rank == 0 ? std::string("from\0zero", 9) : std::string(rank, 'x');
  world.broadcast(text);
  EXPECT_EQ(text, std::string("from\0zero", 9));

  weights::TensorMap tensors{{"of " + std::to_string(rank), weights::make_tensor({2}, {0, 0})}};
  if (rank == 0) {
    tensors = {{"a", weights::make_tensor({2, 1}, {3, 1e-30F})},
               {"empty", weights::make_tensor({0, 4}, {})},
               {"scalar", weights::make_tensor({}, {-2})}};
  }
  world.broadcast(tensors);
  ASSERT_EQ(tensors.size(), 3U);
  EXPECT_EQ(tensors["a"].dims, (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(tensors["a"].to_f32(), (std::vector<float>{3, 1e-30F}));
  EXPECT_EQ(tensors["empty"].dims, (std::vector<std::int64_t>{0, 4}));
  EXPECT_EQ(tensors["scalar"].to_f32(), std::vector<float>{-2});

  world.expect_same("config", "equal");
  EXPECT_THROW(world.expect_same("config", rank == 2 ? "other" : "equal"), Error);
}

TEST(World, AgreesOverProcesses) {
  expect_success(run_test_on_ranks(3, "AgreesWithTheOthers"));
}

ir::Graph convolution() {
  ir::Graph graph;
  const auto x = graph.add("x", ir::Input{.channels = 3});
  const auto y = graph.add("conv", ir::Conv2d{.out = 4, .pad = {1, 1, 1, 1}}, {x});
  graph.set_output(graph.add("last", ir::Conv2d{.out = 1}, {y}));
  return graph;
}

std::vector<at::Tensor> leaves_of(torchnet::Network& network) {
  std::vector<at::Tensor> leaves;
  for (auto& [name, leaf] : network.parameters()) leaves.push_back(leaf);
  return leaves;
}

TEST(AsRank, DISABLED_AveragesGradients) {
  World world = join_world(kPatient);
  torchnet::Network mine(convolution()), whole(convolution());
  mine.set_weights(transform::random_weights(mine.graph(), 3));
  whole.set_weights(mine.weights());
  const at::Tensor batch = at::sin(at::arange(4 * 3 * 8 * 8, at::kFloat)).view({4, 3, 8, 8});
  whole.forward(batch).square().mean().backward();

  std::vector<at::Tensor> leaves = leaves_of(mine);
  const at::Tensor unused = at::ones({5}).set_requires_grad(true);
  const at::Tensor of_first = at::ones({2}).set_requires_grad(true);
  leaves.push_back(unused);
  leaves.push_back(of_first);
  GradientAverager averager(world, leaves);
  const at::Tensor half = batch.narrow(0, 2 * world.rank(), 2);
  const auto clear = [&] {
    for (at::Tensor& leaf : leaves) leaf.mutable_grad().reset();
    averager.begin();
  };
  const auto expect_mean = [&](double factor) {
    for (const auto& [name, leaf] : mine.parameters()) {
      const at::Tensor& expected = whole.parameters().at(name).grad();
      EXPECT_TRUE(at::allclose(leaf.grad(), factor * expected, 1e-5, 1e-6)) << name;
    }
  };

  for (int step = 0; step < 2; ++step) {
    clear();
    at::Tensor loss = mine.forward(half).square().mean();
    if (world.is_first()) loss = loss + of_first.sum();  // the other rank has no gradient for it: zero
    loss.backward();
    averager.finish();
    expect_mean(1);
    EXPECT_FALSE(unused.grad().defined());
    ASSERT_TRUE(of_first.grad().defined());
    EXPECT_EQ(of_first.grad()[1].item<float>(), 0.5F);
  }

  // A backward outside begin() and finish() is nobody's business; two inside add up.
  mine.forward(half).sum().backward();
  clear();
  mine.forward(half).square().mean().backward();
  mine.forward(half).square().mean().backward();
  averager.finish();
  expect_mean(2);
}

TEST(World, MeanGradientsOfTwoHalvesAreThoseOfTheWholeBatch) {
  expect_success(run_test_on_ranks(2, "AveragesGradients"));
}

TEST(AsRank, DISABLED_NoticesADeath) {
  std::signal(SIGPIPE, SIG_IGN);  // as programs do
  World world = join_world(kPatient);
  if (world.rank() == 1) std::raise(SIGKILL);
  const auto begin = Clock::now();
  const at::Tensor leaf = at::ones({100}).set_requires_grad(true);
  GradientAverager averager(world, {leaf});
  try {
    averager.begin();
    leaf.sum().backward();
    averager.finish();
    FAIL() << "rank 1 is dead";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_NE(std::string(error.what()).find("of 3: another rank has ended"), std::string::npos) << error.what();
  }
  EXPECT_LT(seconds_since(begin), 30);
}

TEST(World, ADeadRankStopsTheOthersWithAMessage) {
  const std::vector<RankResult> ranks = run_test_on_ranks(3, "NoticesADeath");
  EXPECT_EQ(ranks[1].status, 128 + SIGKILL);
  expect_success({ranks[0], ranks[2]});
}

TEST(AsRank, DISABLED_NoticesAHang) {
  std::signal(SIGPIPE, SIG_IGN);
  World world = join_world(kHasty);
  if (world.rank() == 1) {
    std::this_thread::sleep_for(std::chrono::seconds(5));
    std::_Exit(0);
  }
  const auto begin = Clock::now();
  bool flags[] = {true};
  EXPECT_THROW(world.any(flags), Error);
  EXPECT_LT(seconds_since(begin), 4.5);
}

TEST(World, AHangingRankStopsTheOthersWithinTheTimeout) {
  expect_success({run_test_on_ranks(2, "NoticesAHang")[0]});
}

TEST(World, SaysThatTheOthersDidNotCome) {
  const Launch launch{.rank = 0, .count = 2, .host = "127.0.0.1", .port = free_port(), .store_prefix = "x"};
  const auto begin = Clock::now();
  try {
    World(launch, {.timeout = std::chrono::seconds(1)});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_NE(std::string(error.what()).find("rank 0 of 2: did not meet the other ranks at 127.0.0.1:"),
              std::string::npos)
        << error.what();
  }
  EXPECT_LT(seconds_since(begin), 20);
}

void (*handler_of(int signal))(int) {
  struct sigaction action{};
  sigaction(signal, nullptr, &action);
  return action.sa_handler;
}

// One of two ranks: what belongs to the process stays as it was.
TEST(AsRank, DISABLED_LeavesTheProcessAlone) {
  const auto before = handler_of(SIGPIPE);
  World world = join_world(kPatient);
  EXPECT_EQ(handler_of(SIGPIPE), before);
  EXPECT_EQ(std::getenv("NCCL_BLOCKING_WAIT"), nullptr);
  EXPECT_EQ(std::getenv("TORCH_NCCL_BLOCKING_WAIT"), nullptr);
  bool met[] = {true};
  world.any(met);
}

TEST(World, ChangesNeitherSignalsNorEnvironment) {
  expect_success(run_test_on_ranks(2, "LeavesTheProcessAlone"));
}

TEST(World, OfOneChangesNothing) {
  World world = join_world({}, [](const char*) { return std::nullopt; });
  EXPECT_EQ(world.count(), 1);
  EXPECT_TRUE(world.is_first());
  double values[] = {0.25};
  world.average(values);
  EXPECT_EQ(values[0], 0.25);
  bool flags[] = {true, false};
  world.any(flags);
  EXPECT_TRUE(flags[0]);
  EXPECT_FALSE(flags[1]);
  std::string text = "same";
  world.broadcast(text);
  EXPECT_EQ(text, "same");
  world.expect_same("config", "any");
  const at::Tensor leaf = at::ones({3}).set_requires_grad(true);
  GradientAverager averager(world, {leaf});
  averager.begin();
  leaf.sum().backward();
  averager.finish();
  EXPECT_EQ(leaf.grad().sum().item<float>(), 3);
}

}  // namespace
}  // namespace genga::train
