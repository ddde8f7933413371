// Tiles on a device whose sessions take several runs at a time: here one that computes only when it is waited for.
#include "stylize/tile_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "genga/error.h"
#include "stylize/test_nets.h"
#include "stylize/tile_plan.h"

namespace genga::stylize {
namespace {

constexpr int kMaxStarted = 3;
constexpr int kWidth = 150, kHeight = 130;

using Rows = std::vector<std::uint16_t>;

struct Log {
  int max_started = 0;
  int n_sessions = 0;
  int failing_wait = 0;  // the number of the wait() that fails, from 1; 0: none
};

class LateSession : public engine::Session {
 public:
  LateSession(std::unique_ptr<engine::Session> inner, Log& log) : inner_(std::move(inner)), log_(log) {
    ++log_.n_sessions;
  }
  ir::Shape input_shape() const override { return inner_->input_shape(); }
  ir::Shape output_shape() const override { return inner_->output_shape(); }
  std::int64_t arena_bytes() const override { return inner_->arena_bytes(); }
  void run(std::span<const float> src, std::span<float> dst) override { inner_->run(src, dst); }
  void run(std::span<const float> src, std::span<float> dst, weights::NormStatistics* statistics) override {
    inner_->run(src, dst, statistics);
  }
  int max_started() const override { return kMaxStarted; }
  void start(std::span<const float> src, std::span<float> dst) override {
    runs_.emplace_back(std::vector<float>(src.begin(), src.end()), dst);
    EXPECT_LE(runs_.size(), kMaxStarted);
    log_.max_started = std::max(log_.max_started, static_cast<int>(runs_.size()));
  }
  void wait() override {
    if (--log_.failing_wait == 0) fail(ErrorCode::kInternal, "the device is gone");
    ASSERT_FALSE(runs_.empty());
    inner_->run(runs_.front().first, runs_.front().second);
    runs_.pop_front();
  }

 private:
  std::unique_ptr<engine::Session> inner_;
  Log& log_;
  std::deque<std::pair<std::vector<float>, std::span<float>>> runs_;
};

class LateModel : public engine::CompiledModel {
 public:
  LateModel(std::shared_ptr<const engine::CompiledModel> inner, Log& log) : inner_(std::move(inner)), log_(log) {}
  const ir::Graph& graph() const override { return inner_->graph(); }
  ir::ReceptiveField receptive_field() const override { return inner_->receptive_field(); }
  std::unique_ptr<engine::Session> session(std::int64_t height, std::int64_t width) const override {
    return std::make_unique<LateSession>(inner_->session(height, width), log_);
  }
  std::int64_t session_bytes(std::int64_t height, std::int64_t width) const override {
    return inner_->session_bytes(height, width);
  }
  std::string describe(std::int64_t height, std::int64_t width) const override {
    return inner_->describe(height, width);
  }

 private:
  std::shared_ptr<const engine::CompiledModel> inner_;
  Log& log_;
};

struct TileSize {
  int width = 0, height = 0;
};

class TileRunTest : public testing::Test {
 protected:
  Rows run(SessionCache& sessions, TileSize tile, const StylizeOptions& options = {}) const {
    const image::Image image = test_image(kWidth, kHeight);
    auto next = image.rgb.begin();
    const PhotoRows photo{.width = kWidth, .height = kHeight, .read = [&](std::span<std::uint16_t> rows) {
                            for (std::uint16_t& sample : rows) sample = static_cast<std::uint16_t>(*next++ * 257);
                          }};
    const TilePlan plan{
        .tile_w = tile.width, .tile_h = tile.height, .border = sessions.compiled().receptive_field().border_px};
    Rows result;
    run_tiles(
        sessions, model_.card.pixels, plan, photo,
        [&](std::span<const std::uint16_t> rows) { result.insert(result.end(), rows.begin(), rows.end()); }, options);
    return result;
  }

  weights::Model model_ = small_net();
  std::shared_ptr<const engine::CompiledModel> compiled_ = engine::compile(model_, {.threads = 1});
  Log log_;
  SessionCache now_{compiled_, 1};
  SessionCache late_{std::make_shared<LateModel>(compiled_, log_), 1};
};

TEST_F(TileRunTest, RunsUnderWayGiveTheSameImage) {
  for (const TileSize tile : {TileSize{16, 16}, {40, 24}, {152, 16}, {24, 132}, {152, 132}}) {
    for (const double strength : {1.0, 0.5}) {
      const StylizeOptions options{.strength = strength};
      EXPECT_EQ(run(late_, tile, options), run(now_, tile, options)) << tile.width << "x" << tile.height;
    }
  }
}

TEST_F(TileRunTest, AsManyAreUnderWayAsTheSessionTakes) {
  run(late_, {152, 16});
  EXPECT_EQ(log_.max_started, kMaxStarted) << "also from one row of tiles to the next";
  EXPECT_EQ(log_.n_sessions, 1);
}

TEST_F(TileRunTest, AnErrorLeavesNothingUnderWay) {
  const TileSize tile{16, 16};
  log_.failing_wait = 4;
  EXPECT_THROW(run(late_, tile), Error);
  EXPECT_EQ(run(late_, tile), run(now_, tile));
  EXPECT_EQ(log_.n_sessions, 2) << "the first, with runs of the other image, is gone";
}

TEST_F(TileRunTest, CancellingStopsBetweenTilesAndLeavesNothingUnderWay) {
  const TileSize tile{16, 16};
  CancelToken cancel;
  int n_tiles = 0;
  StylizeOptions options{.cancel = &cancel};
  options.progress = [&](std::int64_t, std::int64_t) {
    if (++n_tiles == 3) cancel.cancel();
  };
  try {
    run(late_, tile, options);
    FAIL() << "it was not cancelled";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCancelled);
  }
  EXPECT_EQ(n_tiles, 3);
  EXPECT_EQ(run(late_, tile), run(now_, tile));
}

}  // namespace
}  // namespace genga::stylize
