// Sampler: a latent through the generator to an 8-bit image.
#include <array>
#include <cmath>

#include "genga/error.h"
#include "genga/sample.h"

namespace genga::sample {
namespace {

LatentSize checked_size(const weights::Model& model) {
  const std::string name = model.card.name.empty() ? "the network" : "style '" + model.card.name + "'";
  const auto size = latent_size(model.graph);
  if (!size) {
    fail(ErrorCode::kUnsupported, "{} was expected to make RGB images from noise, an Input of 1 x 1", name);
  }
  const weights::PixelFormat& pixels = model.card.pixels;
  if (!(pixels.output_high > pixels.output_low)) {
    fail(ErrorCode::kCorruptData, "{}: the card gives the range {}..{}; low below high was expected", name,
         pixels.output_low, pixels.output_high);
  }
  return *size;
}

/// src [1,3,H,W], planar, to interleaved RGB.
image::Image to_image(const std::vector<float>& src, const ir::Shape& shape, const weights::PixelFormat& pixels) {
  image::Image result{.width = static_cast<int>(shape.w), .height = static_cast<int>(shape.h), .rgb = {}};
  result.rgb.resize(src.size());
  const std::size_t plane = src.size() / 3;
  const float scale = 255 / (pixels.output_high - pixels.output_low);
  for (std::size_t c = 0; c < 3; ++c) {
    const std::size_t stored = pixels.order == weights::ChannelOrder::kRgb ? c : 2 - c;
    for (std::size_t i = 0; i < plane; ++i) {
      const float value = src[stored * plane + i];
      if (!std::isfinite(value)) {
        fail(ErrorCode::kCorruptData, "the network's result is not a number; the model's weights are broken");
      }
      const float level = std::min(255.0F, std::max(0.0F, (value - pixels.output_low) * scale));
      result.rgb[3 * i + c] = static_cast<std::uint8_t>(level + 0.5F);
    }
  }
  return result;
}

}  // namespace

struct Sampler::Impl {
  Impl(const weights::Model& model, const engine::EngineOptions& options)
      : size(checked_size(model)),
        pixels(model.card.pixels),
        session(engine::compile(model, options)->session(1, 1)),
        shape(session->output_shape()),
        result(static_cast<std::size_t>(3 * shape.h * shape.w)) {}

  const LatentSize size;
  const weights::PixelFormat pixels;
  const std::unique_ptr<engine::Session> session;
  const ir::Shape shape;
  std::vector<float> result;
};

Sampler::Sampler(const weights::Model& model, const engine::EngineOptions& options)
    : impl_(std::make_unique<Impl>(model, options)) {}
Sampler::Sampler(Sampler&&) noexcept = default;
Sampler::~Sampler() = default;

const LatentSize& Sampler::latent() const {
  return impl_->size;
}

int Sampler::width() const {
  return static_cast<int>(impl_->shape.w);
}

int Sampler::height() const {
  return static_cast<int>(impl_->shape.h);
}

image::Image Sampler::image(const Latent& latent) {
  const LatentSize& size = impl_->size;
  if (std::ssize(latent.normal) != size.normal || std::ssize(latent.weights) != size.components) {
    fail(ErrorCode::kInvalidArgument, "the latent has {} + {} numbers; {} + {} were expected", latent.normal.size(),
         latent.weights.size(), size.normal, size.components);
  }
  std::vector<float> src = latent.normal;
  src.insert(src.end(), latent.weights.begin(), latent.weights.end());
  impl_->session->run(src, impl_->result);
  return to_image(impl_->result, impl_->shape, impl_->pixels);
}

}  // namespace genga::sample
