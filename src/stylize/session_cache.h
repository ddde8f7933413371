// A compiled network with the session of the last size: pictures of one size, and all tiles of one picture, share it.
#pragma once

#include <memory>

#include "genga/base.h"
#include "genga/engine.h"

namespace genga::stylize {

class SessionCache {
 public:
  SessionCache(const weights::Model& model, const engine::EngineOptions& options)
      : compiled_(engine::compile(model, options)),
        threads_(options.threads > 0 ? options.threads : available_cores()) {}

  const engine::CompiledModel& compiled() const { return *compiled_; }
  int threads() const { return threads_; }
  /// Valid until the next call.
  engine::Session& session(int height, int width) {
    if (!session_ || session_->input_shape().h != height || session_->input_shape().w != width) {
      session_.reset();  // first, or two arenas would be held at once
      session_ = compiled_->session(height, width);
    }
    return *session_;
  }
  /// Gives the session's memory back.
  void release() { session_.reset(); }

 private:
  std::shared_ptr<const engine::CompiledModel> compiled_;
  int threads_;
  std::unique_ptr<engine::Session> session_;
};

}  // namespace genga::stylize
