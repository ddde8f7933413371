// engine::CompiledModel on LibTorch.
#include "torchengine/compiled.h"

#include "genga/base.h"
#include "genga/error.h"
#include "torchengine/activation_bytes.h"
#include "torchengine/place.h"
#include "torchengine/recorded_work.h"
#include "torchengine/session.h"

namespace genga::torchengine {
namespace {

constexpr std::int64_t kMaxSide = std::int64_t{1} << 20;  // as on the CPU engine
constexpr double kFractionOfDevice = 0.8;                 // the rest is for what count_activation_bytes cannot see

class Compiled : public engine::CompiledModel {
 public:
  Compiled(const weights::Model& model, const torchnet::Compute& place, int threads)
      : program_(model, place, threads), receptive_field_(ir::receptive_field(program_.graph())) {
    const std::optional<std::int64_t> free = free_device_bytes(place.device);
    if (free) device_memory_ = static_cast<std::int64_t>(kFractionOfDevice * static_cast<double>(*free));
  }

  const ir::Graph& graph() const override { return program_.graph(); }
  ir::ReceptiveField receptive_field() const override { return receptive_field_; }
  std::string device() const override { return to_string(program_.place()); }
  std::optional<std::int64_t> device_memory() const override { return device_memory_; }

  std::unique_ptr<engine::Session> session(std::int64_t height, std::int64_t width) const override {
    const ir::Shape output = shapes(height, width).at(static_cast<std::size_t>(graph().output()));
    const ir::Shape input{1, graph().input().channels, height, width};
    const std::int64_t bytes = count_activation_bytes(graph(), height, width);
    const std::int64_t available = device_memory_ ? *device_memory_ : available_memory_bytes();
    if (bytes > available) {
      fail(ErrorCode::kOutOfMemory, "a session needs {} and {} are available; use a smaller image or tile",
           bytes >= engine::kNoSession ? "more than one can hold" : format_bytes(bytes), format_bytes(available));
    }
    if (!program_.place().device.is_cpu()) return make_gpu_session(program_, input, output, bytes);
    return std::make_unique<TorchSession>(program_, input, output, bytes);
  }

  std::int64_t session_bytes(std::int64_t height, std::int64_t width) const override {
    if (height > kMaxSide || width > kMaxSide) return engine::kNoSession;
    shapes(height, width);  // for its error message
    return count_activation_bytes(graph(), height, width);
  }

  std::string describe(std::int64_t height, std::int64_t width) const override {
    const std::vector<ir::Shape> all = shapes(height, width);
    std::string text = fmt::format("LibTorch, {}, {} nodes, activations {}\n", device(), all.size(),
                                   format_bytes(count_activation_bytes(graph(), height, width)));
    for (std::size_t i = 0; i < all.size(); ++i) {
      const ir::Node& node = graph().nodes()[i];
      text += fmt::format("{:3} {:<44} {}  {}\n", i, ir::type_name(node.op), ir::to_string(all[i]), node.name);
    }
    return text;
  }

 private:
  std::vector<ir::Shape> shapes(std::int64_t height, std::int64_t width) const {
    if (height < 1 || width < 1 || height > kMaxSide || width > kMaxSide) {
      fail(ErrorCode::kInvalidArgument, "image of {} x {} pixels: both sides must be in 1..{}", width, height,
           kMaxSide);
    }
    return ir::infer_shapes(graph(), {1, graph().input().channels, height, width});
  }

  Program program_;
  ir::ReceptiveField receptive_field_;
  std::optional<std::int64_t> device_memory_;
};

}  // namespace

std::shared_ptr<const engine::CompiledModel> compile(const weights::Model& model,
                                                     const engine::EngineOptions& options) {
  const int threads = options.threads > 0 ? options.threads : available_cores();
  return std::make_shared<Compiled>(model, find_place(options), threads);
}

}  // namespace genga::torchengine
