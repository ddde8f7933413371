// TensorBoard event files: scalars, images and histograms of a run, to be watched while it trains
// (tensorboard --logdir RUN).
//
// Usual calls:  EventFile events(run / "events");  events.restart(step) after a resume or rollback;
//               events.scalars(step, terms);  events.image(step, "preview", image);  events.flush();
// Every start of a run writes a file of its own; TensorBoard joins them. Records reach the file in order and whole; a
// process that is killed leaves at most its last record cut, which readers ignore.
// Threads: one at a time. Does not: know tensors, decide how often to write.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "genga/image.h"
#include "genga/train.h"

namespace genga::train {

namespace event {
class Event;
}

class EventFile {
 public:
  /// Makes the folder and FOLDER/events.out.tfevents.SECONDS.HOST.PID.N. No record waits longer than flush_seconds when
  /// another follows it. Throws Error: kIo.
  explicit EventFile(const std::filesystem::path& folder, double flush_seconds = 5);
  EventFile(const EventFile&) = delete;
  EventFile& operator=(const EventFile&) = delete;
  ~EventFile();  // flushes; failures are ignored

  const std::filesystem::path& path() const { return path_; }

  /// What follows goes on after `steps_done` steps: TensorBoard forgets what earlier files or records say of later
  /// steps.
  void restart(std::int64_t steps_done);
  /// Tags are "<group>/<name>" (term_groups.h).
  void scalars(std::int64_t step, const Terms& terms);
  /// Stored as PNG. Throws Error as image::encode does.
  void image(std::int64_t step, std::string_view tag, const image::Image& image);
  /// Cost: about 50 ns a value. Values that are not finite are left out.
  void histogram(std::int64_t step, std::string_view tag, std::span<const float> values);
  /// Hands all records to the operating system, from where a TensorBoard sees them. The others call it when
  /// much has gathered or time has passed. Throws Error: kIo (disk full); the file then ends with its last whole
  /// record, the rest is given up, and writing may go on.
  void flush();

 private:
  void add(event::Event& event, std::int64_t step);

  std::filesystem::path path_;
  double flush_seconds_;
  double flushed_ = 0;  // when, in seconds since 1970
  int file_ = -1;
  std::int64_t n_bytes_ = 0;  // in the file, all of them whole records
  std::string waiting_;       // records not yet in the file
};

}  // namespace genga::train
