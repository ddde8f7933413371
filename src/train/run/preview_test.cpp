// Layout of previews, with a method that only marks its images.
#include "train/run/preview.h"

#include <gtest/gtest.h>

#include "image/test_folder.h"

namespace genga::train {
namespace {

/// Photos come back twice as large and inverted; samples are 16x16, sample i with red i.
class FakeMethod final : public Method {
 public:
  Terms step(const Images&, StepContext&) override { return {}; }
  std::string_view phase(std::int64_t) const override { return {}; }
  void average_over(World&) override {}
  weights::TensorMap state() const override { return {}; }
  void set_state(const weights::TensorMap&) override {}
  void init_from(const weights::Model&) override {}
  weights::Model result() override { return {}; }
  at::Tensor stylise(const at::Tensor& photo) override {
    return -photo.repeat_interleave(2, 2).repeat_interleave(2, 3);
  }
  at::Tensor sample(std::int64_t n, std::uint64_t) override {
    at::Tensor samples = at::full({n, 3, 16, 16}, -1.0F);
    samples.select(1, 0).copy_(at::arange(n).view({n, 1, 1}) / 127.5F - 1);
    return samples;
  }
  std::vector<NetworkRow> networks() const override { return {}; }
  void each_gradient(const std::function<void(const std::string&, const at::Tensor&)>&) const override {}
};

int red(const image::Image& image, int x, int y) {
  return image.rgb[std::size_t{3} * (std::size_t{1} * y * image.width + x)];
}

TEST(Preview, ResultsMayBeOfAnotherSizeThanTheirPhotos) {
  const image::TestFolder folder;
  image::init(1);
  FakeMethod method;
  const std::vector<image::Image> photos{image::draw_image(20, 10, 1), image::draw_image(12, 16, 2)};
  const image::Image preview = write_preview(folder.path() / "preview.png", method, photos);
  EXPECT_EQ(preview.width, 20 + 40 + 3 * 8);
  EXPECT_EQ(preview.height, 20 + 32 + 3 * 8);
  EXPECT_EQ(red(preview, 8, 8), photos[0].rgb[0]);
  EXPECT_EQ(red(preview, 20 + 16, 8), 255 - photos[0].rgb[0]);
  EXPECT_EQ(red(preview, 8, 20 + 16), photos[1].rgb[0]);
  EXPECT_EQ(red(preview, 8, 8 + 10), 255);  // below the photo
  EXPECT_EQ(image::read_image(image::EncodedImage{folder.path() / "preview.png"}).rgb, preview.rgb);
}

TEST(Preview, GridIsFullAndSmallSamplesAreEnlarged) {
  const image::TestFolder folder;
  image::init(1);
  FakeMethod method;
  const image::Image preview = write_grid(folder.path() / "grid.png", method, 8, 1);
  EXPECT_EQ(preview.width, 4 * 128 + 5 * 8);  // 16 px eight times, four by two
  EXPECT_EQ(preview.height, 2 * 128 + 3 * 8);
  for (int i = 0; i < 8; ++i) {
    const int x = 8 + i % 4 * 136, y = 8 + i / 4 * 136;
    EXPECT_EQ(red(preview, x, y), i);
    EXPECT_EQ(red(preview, x + 127, y + 127), i);
  }
  const image::Image one = write_grid(folder.path() / "one.png", method, 1, 1);
  EXPECT_EQ(one.width, 128 + 2 * 8);
}

}  // namespace
}  // namespace genga::train
