// One source, listed page by page while its images are downloaded in parallel.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "fetch/collection.h"
#include "fetch/http/download.h"
#include "fetch/progress_file.h"
#include "fetch/sources/source_table.h"
#include "genga/fetch.h"
#include "genga/thread_pool.h"

namespace genga::fetch {

/// What all sources of one call of fetch() share.
struct FetchContext {
  const FetchOptions& options;
  SourceOptions source_options{};
  Collection& collection;
  const Downloader& downloader;
  ThreadPool& pool;
  CancelToken& stop;  // cancelled by the caller, or after an error that ends all
  FetchReport& report;
  std::set<std::string> seen{};  // addresses of this call
};

/// Runs one source. Threads: run() is called once; its workers are those of the pool.
class SourceRun {
 public:
  SourceRun(FetchContext& context, std::string argument, const SourceKind& kind, ImageSource& source);
  /// Downloads what the source lists and adds to the report. An error of the source is reported, not thrown.
  /// Throws Error: kIo and others of the collection; kCancelled.
  void run();

 private:
  using Clock = std::chrono::steady_clock;
  /// One page of the listing while its images are being downloaded.
  struct Page {
    std::string cursor{};
    int outstanding = 0;        // candidates with the workers
    std::int64_t n_images = 0;  // of it that the collection holds now
    bool complete = false;      // all candidates have been handed to workers
    bool broken = false;        // a worker was stopped: the page must be listed again
  };

  void list_all();
  bool submit_all(Listing& listing, Page& page);
  bool wait_for_free_place();
  bool needs_no_download(const ImageCandidate& candidate, const dataset::Entry* known, Page& page);
  void work(ImageCandidate& candidate, const dataset::Entry* before, Page& page);
  void take_result(ImageCandidate& candidate, const Downloader::Result& result, const dataset::Entry* before,
                   Page& page);
  void add_problem(const std::string& what, const Failure& failure);
  void add_passed_over(const Listing& listing);
  void wait_for_all();
  void save_position(bool now);
  void report_progress();

  FetchContext& context_;
  SourceReport report_{};
  ImageSource& source_;
  bool obey_robots_;
  ProgressFile file_;

  std::mutex mutex_;  // guards all below, and the shared report
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Page>> pages_;
  std::string cursor_{};              // of the page that is being listed
  std::int64_t n_images_before_ = 0;  // of the pages that are done and forgotten
  int outstanding_ = 0;
  bool full_ = false;  // the limit is reached
  std::exception_ptr fatal_{};
  Clock::time_point saved_ = Clock::now();
};

}  // namespace genga::fetch
