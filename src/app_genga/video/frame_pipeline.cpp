// The threads and the queues between them.
#include "app_genga/video/frame_pipeline.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "app_genga/video/frame_queue.h"
#include "cli/interrupt.h"
#include "genga/base.h"

namespace genga::cli {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kLook{50};

double seconds_between(Clock::time_point start, Clock::time_point end) {
  return std::chrono::duration<double>(end - start).count();
}

struct Item {
  std::int64_t number = 0;
  std::size_t job = 0;
  bool is_end = false;  // of the job's part; then there is no frame
  video::DeepFrame frame{};
};

class Pipeline {
 public:
  Pipeline(video::ClipReader& clip, std::span<const PartJob> jobs, const video::EncodeSetup& setup,
           const FrameStyle& style)
      : clip_(clip),
        jobs_(jobs),
        setup_(setup),
        style_(style),
        decoded_(static_cast<std::size_t>(style.sessions) + 2),
        stylised_(style.sessions + 2),
        busy_s_(static_cast<std::size_t>(style.sessions)) {}

  PipelineResult run(const std::function<void(std::int64_t)>& progress) {
    std::vector<std::thread> threads;
    threads.emplace_back([&] { guarded([&] { decode(); }); });
    for (std::size_t i = 0; i < busy_s_.size(); ++i) {
      threads.emplace_back([&, i] { guarded([&] { stylise(i); }); });
    }
    std::thread encoder([&] {
      guarded([&] { encode(); });
      ended_ = true;
    });
    while (!ended_) {
      std::this_thread::sleep_for(kLook);
      progress(n_done_);
      if (interrupted().cancelled()) close();
    }
    encoder.join();
    close();
    for (std::thread& thread : threads) thread.join();
    if (error_) std::rethrow_exception(error_);
    interrupted().check();
    progress(n_done_);
    return result();
  }

 private:
  PipelineResult result() const {
    PipelineResult result{.n_frames = n_done_};
    if (n_done_ == 0) return result;
    result.seconds = seconds_between(first_, last_);
    double busy = 0;
    for (const double seconds : busy_s_) busy += seconds;
    const double all = result.seconds * static_cast<double>(busy_s_.size());
    result.idle = all > 0 ? std::max(0.0, 1 - busy / all) : 0;
    return result;
  }

  void close() {
    decoded_.close();
    stylised_.close();
  }

  /// Keeps the first error, and lets the other threads end.
  template <class Work>
  void guarded(const Work& work) {
    try {
      work();
    } catch (...) {
      {
        const std::lock_guard lock(mutex_);
        if (!error_) error_ = std::current_exception();
      }
      close();
    }
  }

  void decode() {
    std::int64_t number = 0;
    for (std::size_t job = 0; job < jobs_.size(); ++job) {
      clip_.begin_part(jobs_[job].part);
      while (auto frame = clip_.next()) {
        interrupted().check();
        if (number == 0) first_ = Clock::now();
        if (!decoded_.put({.number = number++, .job = job, .frame = std::move(*frame)})) return;
      }
      if (!decoded_.put({.number = number++, .job = job, .is_end = true})) return;
    }
    decoded_.close();
  }

  void stylise(std::size_t session) {
    FrameStylizer stylizer(style_, &interrupted());
    while (auto item = decoded_.take()) {
      const auto start = Clock::now();
      if (!item->is_end) item->frame = stylizer.run(item->frame);
      busy_s_[session] += seconds_between(start, Clock::now());
      const std::int64_t number = item->number;
      if (!stylised_.put(number, std::move(*item))) return;
    }
  }

  void encode() {
    std::unique_ptr<video::PartWriter> part;
    while (const auto item = stylised_.take()) {
      if (!part) part = video::open_part(jobs_[item->job].path, setup_);
      if (!item->is_end) {
        part->write(item->frame);
        ++n_done_;
      } else {
        part->finish();
        part.reset();
        if (item->job + 1 == jobs_.size()) break;
      }
    }
    last_ = Clock::now();
  }

  video::ClipReader& clip_;
  const std::span<const PartJob> jobs_;
  const video::EncodeSetup& setup_;
  const FrameStyle& style_;
  FrameQueue<Item> decoded_;
  OrderedQueue<Item> stylised_;
  std::vector<double> busy_s_;  // each session its own
  std::atomic<std::int64_t> n_done_{0};
  std::atomic<bool> ended_{false};
  Clock::time_point first_{}, last_{};  // read once the threads have ended
  std::mutex mutex_;                    // guards error_
  std::exception_ptr error_;
};

}  // namespace

PipelineResult run_pipeline(video::ClipReader& clip, std::span<const PartJob> jobs, const video::EncodeSetup& setup,
                            const FrameStyle& style, const std::function<void(std::int64_t n_done)>& progress) {
  if (jobs.empty()) return {};
  return Pipeline(clip, jobs, setup, style).run(progress);
}

}  // namespace genga::cli
