// Event files: Protobuf messages in TFRecord frames, appended.
#include "train/observe/event_file.h"

#include <event.pb.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>

#include "genga/error.h"
#include "train/observe/histogram.h"
#include "train/observe/record.h"
#include "train/observe/term_groups.h"

namespace genga::train {
namespace {

constexpr std::size_t kMaxWaiting = std::size_t{1} << 20;

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  return name.data();
}

/// TensorBoard's naming; it reads a folder's files in the order of their names.
std::string file_name(int number) {
  return fmt::format("events.out.tfevents.{:010}.{}.{}.{}", static_cast<std::int64_t>(now_seconds()), host_name(),
                     getpid(), number);
}

}  // namespace

EventFile::EventFile(const std::filesystem::path& folder, double flush_seconds) : flush_seconds_(flush_seconds) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) fail(ErrorCode::kIo, "'{}': cannot make the folder: {}", folder.string(), error.message());
  for (int number = 0; file_ < 0; ++number) {
    path_ = folder / file_name(number);
    file_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file_ < 0 && errno != EEXIST) {
      fail(ErrorCode::kIo, "'{}': cannot be written: {}", path_.string(), std::strerror(errno));
    }
  }
  event::Event event;
  event.set_file_version("brain.Event:2");
  try {
    add(event, 0);
    flush();
  } catch (...) {
    close(file_);  // no destructor runs after this
    throw;
  }
}

EventFile::~EventFile() {
  try {
    flush();
  } catch (const Error&) {  // nobody is left to be told
  }
  close(file_);
}

void EventFile::restart(std::int64_t steps_done) {
  event::Event event;
  event.mutable_session_log()->set_status(event::SessionLog::START);
  add(event, steps_done + 1);  // readers drop what they have from this step on
}

void EventFile::scalars(std::int64_t step, const Terms& terms) {
  event::Event event;
  for (const auto& [name, number] : terms) {
    event::Value* value = event.mutable_summary()->add_value();
    value->set_tag(fmt::format("{}/{}", group_of(name).tag, name));
    value->set_scalar(static_cast<float>(number));
  }
  if (!terms.empty()) add(event, step);
}

void EventFile::image(std::int64_t step, std::string_view tag, const image::Image& image) {
  const std::vector<std::byte> png = image::encode(image, {.format = "png"});
  event::Event event;
  event::Value* value = event.mutable_summary()->add_value();
  value->set_tag(std::string(tag));
  value->mutable_image()->set_width(image.width);
  value->mutable_image()->set_height(image.height);
  value->mutable_image()->set_colorspace(3);
  value->mutable_image()->set_encoded(png.data(), png.size());
  add(event, step);
}

void EventFile::histogram(std::int64_t step, std::string_view tag, std::span<const float> values) {
  const Histogram counted = count_values(values);
  if (counted.n == 0) return;
  event::Event event;
  event::Value* value = event.mutable_summary()->add_value();
  value->set_tag(std::string(tag));
  event::Histogram* histogram = value->mutable_histogram();
  histogram->set_num(counted.n);
  histogram->set_min(counted.min);
  histogram->set_max(counted.max);
  histogram->set_sum(counted.sum);
  histogram->set_sum_squares(counted.sum_squares);
  histogram->mutable_bucket_limit()->Add(counted.limits.begin(), counted.limits.end());
  histogram->mutable_bucket()->Add(counted.counts.begin(), counted.counts.end());
  add(event, step);
}

void EventFile::flush() {
  flushed_ = now_seconds();
  std::string_view left = waiting_;
  while (!left.empty()) {
    const ssize_t written = write(file_, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int error = errno;
      waiting_.clear();
      // A half record would hide all that follow it.
      if (ftruncate(file_, n_bytes_) == 0) lseek(file_, n_bytes_, SEEK_SET);
      fail(ErrorCode::kIo, "'{}': cannot be written: {}", path_.string(), std::strerror(error));
    }
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  n_bytes_ += static_cast<std::int64_t>(waiting_.size());
  waiting_.clear();
}

void EventFile::add(event::Event& event, std::int64_t step) {
  const double now = now_seconds();
  event.set_wall_time(now);
  event.set_step(step);
  append_record(waiting_, event.SerializeAsString());
  if (waiting_.size() > kMaxWaiting || now - flushed_ >= flush_seconds_) flush();
}

}  // namespace genga::train
