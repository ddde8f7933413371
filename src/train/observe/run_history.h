// What a run's log says, put in order: killed and resumed runs repeat steps, and only what happened last counts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace genga::train {

/// A term over steps; it may be missing at some of them.
struct Series {
  std::string name;
  std::vector<double> steps, values;  // steps ascend
};

struct RunEvent {
  enum class Kind { kStart, kResume, kPhase, kCheckpoint, kRollback, kEnd };
  Kind kind = Kind::kStart;
  std::int64_t step = 0;
  double time = 0;   // seconds since 1970; 0: unknown
  std::string text;  // one line for people
};

struct SkippedImage {
  std::string path, reason;
};

struct RunHistory {
  std::vector<Series> series;  // in the order of first appearance
  std::vector<RunEvent> events;
  std::vector<SkippedImage> skipped;  // each image once
  std::int64_t photos = 0, held_out = 0, styles = 0;
  std::int64_t last_step = 0;
  bool ended = false;         // the newest start came to its end; otherwise it still runs, or was killed
  double last_time = 0;       // of the newest line, seconds since 1970; 0: unknown
  double seconds = 0;         // of all starts together
  std::string phase;          // the newest one
  std::string images;         // hash of the newest start's images; empty: earlier versions do not say
  std::string config;         // hash of the newest start's config
  std::int64_t n_unread = 0;  // lines that are no JSON objects: cut ones
};

/// Reads RUN/log.jsonl (run_log.h), old names of terms as the present ones. Lines that cannot be read are counted and
/// passed over. Throws Error: kNotFound, kIo.
RunHistory read_history(const std::filesystem::path& log);

/// At most 2*n_buckets points: the smallest and the largest value of each bucket of steps, so that peaks stay.
Series thinned(const Series& series, std::size_t n_buckets);

}  // namespace genga::train
