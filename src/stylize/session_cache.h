// A compiled network with the session for the last size, which all tiles of an image, and images of one size, use
// again.
#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "genga/base.h"
#include "genga/engine.h"
#include "stylize/tile_plan.h"

namespace genga::stylize {

class SessionCache {
 public:
  SessionCache(const weights::Model& model, const engine::EngineOptions& options)
      : SessionCache(engine::compile(model, options), options.threads > 0 ? options.threads : available_cores()) {}
  SessionCache(std::shared_ptr<const engine::CompiledModel> compiled, int threads)
      : compiled_(std::move(compiled)),
        threads_(threads),
        size_rule_(stylize::size_rule(compiled_->graph(), compiled_->receptive_field().multiple)) {}

  const engine::CompiledModel& compiled() const { return *compiled_; }
  int threads() const { return threads_; }
  const SizeRule& size_rule() const { return size_rule_; }
  /// Valid until the next call.
  engine::Session& session(int height, int width) {
    if (!session_ || session_->input_shape().h != height || session_->input_shape().w != width) {
      session_.reset();  // first, or two arenas would be held at once
      session_ = compiled_->session(height, width);
    }
    return *session_;
  }
  /// Tensors [1,3,height,width] for the session's source and result; the same memory where the network may run in
  /// place. slot: each run that is started and not finished has its own result, from 0.
  std::span<float> src(int height, int width) { return sized(src_, height, width); }
  std::span<float> dst(int height, int width, std::size_t slot = 0) {
    if (compiled_->in_place()) return src(height, width);
    if (dst_.size() <= slot) dst_.resize(slot + 1);
    return sized(dst_[slot], height, width);
  }
  /// Gives the session's memory back.
  void release() {
    session_.reset();
    src_ = std::vector<float>();  // "= {}" would keep the memory
    dst_.clear();
  }

 private:
  static std::span<float> sized(std::vector<float>& tensor, int height, int width) {
    const std::size_t size = 3 * static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
    if (tensor.size() != size) {
      tensor = std::vector<float>();  // first, as above
      tensor.resize(size);
    }
    return tensor;
  }

  std::shared_ptr<const engine::CompiledModel> compiled_;
  int threads_;
  SizeRule size_rule_;
  std::unique_ptr<engine::Session> session_;
  std::vector<float> src_;
  std::vector<std::vector<float>> dst_;
};

}  // namespace genga::stylize
