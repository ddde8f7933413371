// Waiting for a stream whose device reports an error, as a destructor must be able to.
#include "torchengine/streams.h"

#include <gtest/gtest.h>

namespace genga::torchengine {
namespace {

TEST(Streams, WaitingQuietlyDropsTheErrorOfABrokenDevice) {
  if (at::hasCUDA()) GTEST_SKIP() << "this LibTorch has a GPU, whose streams are sound";
  const c10::Stream broken(c10::Stream::UNSAFE, at::Device(at::kCUDA, 0), 0);
  EXPECT_THROW(finish(broken), c10::Error);
  EXPECT_FALSE(finish_quietly(broken));
}

TEST(Streams, OfTheCpuAreAlwaysDone) {
  EXPECT_TRUE(finish_quietly(c10::Stream(c10::Stream::DEFAULT, at::kCPU)));
}

}  // namespace
}  // namespace genga::torchengine
