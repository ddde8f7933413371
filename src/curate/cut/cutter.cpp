// Runs a cut over its inputs on several threads and writes the collection. What is cut out of one file is decided by
// the operation (panels.cpp, faces.cpp, frames.cpp, prepare.cpp).
#include "curate/cut/cutter.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <mutex>
#include <opencv2/core.hpp>
#include <set>
#include <unordered_map>
#include <utility>

#include "curate/cut/done_list.h"
#include "curate/opencv_quiet.h"
#include "genga/image.h"
#include "genga/sha256.h"
#include "genga/thread_pool.h"

namespace genga::curate {
namespace fs = std::filesystem;
namespace {

std::string suffix_of(const CutOptions& options) {
  const image::Format* format = image::find_format(options.format);
  if (format == nullptr || !format->can_write) {
    fail(ErrorCode::kInvalidArgument, "format '{}' cannot be written; png, jpeg and webp can", options.format);
  }
  return std::string(format->suffixes.front());
}

/// The collection that is written. Threads: all functions may be called from several threads.
class CutCollection {
 public:
  explicit CutCollection(const CutOptions& options)
      : options_(options), suffix_(suffix_of(options)), writer_(options.output), done_(options.output) {
    for (dataset::Entry& entry : dataset::read_manifest(options.output).entries) known_[entry.file] = entry.sha256;
  }

  /// Throws Error: kInvalidArgument if it was cut with other options.
  bool is_done(const CutOperation& cut, const CutInput& source, const std::string& sha256) {
    const std::lock_guard lock(mutex_);
    const std::string* before = done_.options_of(cut.operation, sha256);
    if (before == nullptr) return false;
    if (*before == cut.options) return true;
    fail(
        ErrorCode::kInvalidArgument,
        "'{}' holds what was made of '{}' with other options ({}); give the same options again, or another folder (-o) "
        "for the new ones ({})",
        options_.output.string(), source.path.string(), *before, cut.options);
  }

  void finish(const CutOperation& cut, const std::string& sha256) {
    const std::lock_guard lock(mutex_);
    done_.add(cut.operation, sha256, cut.options);
  }

  /// Writes an encoded image and its manifest entry. False if it was there before.
  bool put(const CutOperation& cut, const CutInput& source, const std::string& source_sha256, const Piece& piece,
           const std::vector<std::byte>& bytes) {
    dataset::Entry entry =
        dataset::derived_entry(source.entry, {.operation = piece.operation.empty() ? cut.operation : piece.operation,
                                              .file = source.path.string(),
                                              .sha256 = source_sha256,
                                              .box = piece.box,
                                              .time_s = piece.time_s});
    entry.sha256 = sha256_of(bytes);
    entry.bytes = static_cast<std::int64_t>(bytes.size());
    entry.width = piece.image.width;
    entry.height = piece.image.height;
    entry.measures = piece.measures;
    entry.decisions = piece.decisions;
    const bool is_there = take_name(piece.name, source_sha256, entry);
    if (!is_there) {
      const fs::path path = options_.output / entry.file;
      std::error_code error;  // of which writing says more
      fs::create_directories(path.parent_path(), error);
      write_file(path, bytes);
    }
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(entry.file);
    if (known != known_.end() && known->second == entry.sha256) return false;  // with decisions made since
    writer_.append(entry);
    known_[entry.file] = entry.sha256;
    return true;
  }

 private:
  /// Sets entry.file to a name that is free, and from now on taken, or that holds just this image. True if it does.
  bool take_name(const std::string& name, const std::string& source_sha256, dataset::Entry& entry) {
    const std::lock_guard lock(mutex_);
    const std::string names[] = {name, name + "-" + source_sha256.substr(0, 8)};
    for (const std::string& stem : names) {
      entry.file = stem + suffix_;
      const fs::path path = options_.output / entry.file;
      std::error_code error;
      if (fs::exists(path, error)) {
        if (sha256_of_file(path) == entry.sha256) return true;
      } else if (taken_.insert(entry.file).second) {  // else another thread is about to write it
        return false;
      }
    }
    fail(ErrorCode::kIo, "'{}' holds another image already; give -o another folder",
         (options_.output / entry.file).string());
  }

  const CutOptions& options_;
  const std::string suffix_;
  std::mutex mutex_;  // guards everything below
  dataset::ManifestWriter writer_;
  DoneList done_;
  std::unordered_map<std::string, std::string> known_;
  std::set<std::string> taken_;  // names given by this call
};

class CutJob {
 public:
  CutJob(const CutInputs& list, const CutOperation& cut, const CutOptions& options)
      : list_(list), cut_(cut), options_(options), collection_(make_collection(options)) {
    report_.sources = std::ssize(list.files) + std::ssize(list.problems);
    report_.not_kept = list.not_kept;
    report_.problems = list.problems;
  }

  CutReport run() {
    const int threads = cut_.threads > 0 ? cut_.threads : options_.threads > 0 ? options_.threads : available_cores();
    {
      ThreadPool pool(threads);
      TaskGroup group(pool);
      for (const CutInput& source : list_.files) group.add([this, &source] { cut_one(source); });
      group.wait();
    }
    if (fatal_) std::rethrow_exception(fatal_);
    std::sort(report_.problems.begin(), report_.problems.end(),
              [](const CutProblem& a, const CutProblem& b) { return a.file < b.file; });
    return std::move(report_);
  }

 private:
  class JobOutput;

  static std::unique_ptr<CutCollection> make_collection(const CutOptions& options) {
    std::error_code ignored;
    if (fs::exists(options.output, ignored) && !fs::is_directory(options.output, ignored)) {
      fail(ErrorCode::kIo, "output '{}' is a file; give -o a folder", options.output.string());
    }
    return std::make_unique<CutCollection>(options);
  }

  bool stopped() {
    if (options_.cancel != nullptr && options_.cancel->cancelled()) report_stop();
    const std::lock_guard lock(mutex_);
    return report_.cancelled || fatal_ != nullptr;
  }
  void report_stop() {
    const std::lock_guard lock(mutex_);
    report_.cancelled = true;
  }
  /// Runs work that writes to the collection. If it fails, it would fail for the next file too: the whole cut ends.
  template <typename Work>
  void store(Work work) {
    try {
      work();
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!fatal_) fatal_ = std::current_exception();
      throw;
    }
  }

  void add_problem(const CutInput& source, const Error& error) {
    const std::lock_guard lock(mutex_);
    report_.problems.push_back({source.path.string(), error});
  }

  void show(const CutInput& source, double part) {
    const std::lock_guard lock(mutex_);
    if (options_.progress) options_.progress(n_finished_, report_.sources, source.path.filename().string(), part);
  }

  void cut_one(const CutInput& source);

  const CutInputs& list_;
  const CutOperation& cut_;
  const CutOptions& options_;
  std::unique_ptr<CutCollection> collection_;
  std::mutex mutex_;  // guards everything below
  std::exception_ptr fatal_;
  std::int64_t n_finished_ = 0;
  CutReport report_;
};

class CutJob::JobOutput : public Output {
 public:
  JobOutput(CutJob& job, const CutInput& source, std::string sha256)
      : job_(job), source_(source), sha256_(std::move(sha256)) {}

  void put(Piece piece) override {
    progress(-1);
    const std::vector<std::byte> bytes =
        image::encode(piece.image, {.format = job_.options_.format, .quality = job_.options_.quality});
    bool is_new = false;
    job_.store([&] { is_new = job_.collection_->put(job_.cut_, source_, sha256_, piece, bytes); });
    ++n_pieces_;
    const std::lock_guard lock(job_.mutex_);
    if (is_new) ++job_.report_.images;
  }
  void leave_out(const std::string& reason, std::int64_t n) override {
    const std::lock_guard lock(job_.mutex_);
    job_.report_.left_out[reason] += n;
  }
  void measure(const std::string& name, double value) override {
    const std::lock_guard lock(job_.mutex_);
    job_.report_.measures[name] += value;
  }
  void note(const std::string& sentence) override {
    const std::lock_guard lock(job_.mutex_);
    job_.report_.notes.push_back(sentence);
  }
  void problem(const Error& error) override { job_.add_problem(source_, error); }
  void progress(double part) override {
    if (job_.stopped()) throw Error(ErrorCode::kCancelled, "interrupted");
    if (part >= 0) job_.show(source_, part);
  }
  /// Notes that the source is done.
  void finish() {
    job_.store([&] { job_.collection_->finish(job_.cut_, sha256_); });
    const std::lock_guard lock(job_.mutex_);
    if (n_pieces_ == 0) ++job_.report_.empty;
  }

 private:
  CutJob& job_;
  const CutInput& source_;
  const std::string sha256_;
  std::int64_t n_pieces_ = 0;
};

void CutJob::cut_one(const CutInput& source) {
  if (stopped()) return;
  try {
    show(source, 0);
    const std::string sha256 = sha256_of_input(source);
    bool is_done = false;
    store([&] { is_done = collection_->is_done(cut_, source, sha256); });
    if (is_done) {
      const std::lock_guard lock(mutex_);
      ++report_.done_before;
    } else {
      JobOutput output(*this, source, sha256);
      cut_.run(source, output);
      output.finish();
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kCancelled && !stopped()) add_problem(source, error);
  } catch (const cv::Exception& error) {
    add_problem(source, Error(ErrorCode::kInternal, fmt::format("'{}': {}", source.path.string(), error.err)));
  } catch (const std::bad_alloc&) {
    add_problem(source,
                Error(ErrorCode::kOutOfMemory,
                      fmt::format("'{}' does not fit into memory; give fewer --threads", source.path.string())));
  }
  const std::lock_guard lock(mutex_);
  ++n_finished_;
}

}  // namespace

CutReport run_cut(const CutInputs& list, const CutOperation& cut, const CutOptions& options) {
  quiet_opencv();
  if (options.output.empty()) fail(ErrorCode::kInvalidArgument, "no output given: add -o FOLDER");
  CutOperation whole = cut;
  whole.options += fmt::format(", {}", suffix_of(options).substr(1));
  if (options.quality > 0) whole.options += fmt::format(" of quality {}", options.quality);
  return CutJob(list, whole, options).run();
}

}  // namespace genga::curate
