// Tests of feature networks with SqueezeNet's published weights (skipped without them) and of files that are none.
#include "eval/feature_net.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "eval/test_images.h"
#include "genga/error.h"

namespace genga::eval {
namespace {

namespace fs = std::filesystem;

const fs::path kWeights = fs::path(GENGA_SOURCE_DIR) / "../shared/weights/squeezenet/squeezenet_v1.0.npz";

TEST(FeatureNet, SqueezeNetTellsScenesFromTheirBlur) {
  if (!fs::exists(kWeights)) GTEST_SKIP() << "no weights at " << kWeights;
  const FeatureNet net(kWeights, 128, 1);
  EXPECT_EQ(net.name(), "squeezenet");
  EXPECT_EQ(net.dimensions(), 512);
  const auto distance = [&](const image::Image& a, const image::Image& b) {
    return (net.describe(a) - net.describe(b)).norm();
  };
  const image::Image photo = scene(128, 1);
  EXPECT_EQ(distance(photo, photo), 0);
  EXPECT_GT(net.describe(photo).norm(), 0.1);
  EXPECT_TRUE(net.describe(photo).allFinite());
  EXPECT_GT(distance(photo, blurred(photo, 3)), 0.2 * net.describe(photo).norm());
  EXPECT_THROW(check_is_inception(net, kWeights), Error);
}

TEST(FeatureNet, NamesAFileThatIsNone) {
  EXPECT_THROW(FeatureNet(fs::path(GENGA_SOURCE_DIR) / "README.md", 64, 1), Error);
  EXPECT_THROW(FeatureNet("nowhere.onnx", 64, 1), Error);
}

}  // namespace
}  // namespace genga::eval
