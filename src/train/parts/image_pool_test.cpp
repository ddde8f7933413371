// The replay buffer: what it gives back, how often, and that it goes on where it was saved.
#include "train/parts/image_pool.h"

#include <gtest/gtest.h>

#include "genga/error.h"

namespace genga::train {
namespace {

/// An image that says who it is.
at::Tensor image(std::int64_t number) {
  return at::full({1, 3, 2, 2}, static_cast<float>(number));
}

std::int64_t who(const at::Tensor& shown) {
  return static_cast<std::int64_t>(shown.flatten()[0].item<float>());
}

TEST(ImagePool, ReturnsNewImagesUntilItIsFull) {
  ImagePool pool(5);
  for (std::int64_t step = 0; step < 5; ++step) {
    StepContext context(1, step);
    EXPECT_EQ(who(pool.exchange(image(step), context)), step);
  }
}

TEST(ImagePool, ThenReturnsOldOnesHalfOfTheTimeAndEachOnlyOnce) {
  ImagePool pool(50);
  std::map<std::int64_t, int> times;
  int n_old = 0;
  for (std::int64_t step = 0; step < 1050; ++step) {
    StepContext context(1, step);
    const std::int64_t shown = who(pool.exchange(image(step), context));
    ++times[shown];
    if (shown != step) ++n_old;
    EXPECT_LE(shown, step);
  }
  EXPECT_NEAR(n_old, 500, 60);
  // The first 50 are shown when they come and when they leave; the others once.
  for (const auto& [number, count] : times) EXPECT_LE(count, number < 50 ? 2 : 1) << number;
}

TEST(ImagePool, ResumesExactly) {
  ImagePool through(4), first(4), second(4);
  weights::TensorMap state;
  for (std::int64_t step = 0; step < 40; ++step) {
    StepContext a(7, step), b(7, step);
    const at::Tensor fakes = at::cat({image(2 * step), image(2 * step + 1)});
    const at::Tensor expected = through.exchange(fakes, a);
    if (step == 20) {
      first.save(state, "pool/");
      second.load(state, "pool/");
    }
    EXPECT_TRUE(at::equal(expected, (step < 20 ? first : second).exchange(fakes, b))) << step;
  }
  EXPECT_EQ(state.at("pool/images").dims, (std::vector<std::int64_t>{4, 3, 2, 2}));
}

TEST(ImagePool, CutsTheGradient) {
  ImagePool pool;
  StepContext context(1, 0);
  EXPECT_FALSE(pool.exchange(image(1).set_requires_grad(true) * 2, context).requires_grad());
}

TEST(ImagePool, RefusesAStateThatIsNotItsOwn) {
  ImagePool pool(2);
  EXPECT_THROW(pool.load({{"images", weights::make_tensor({3, 1, 1, 1}, {1, 2, 3})}}, ""), Error);
  EXPECT_THROW(pool.load({{"images", weights::make_tensor({2}, {1, 2})}}, ""), Error);
}

}  // namespace
}  // namespace genga::train
