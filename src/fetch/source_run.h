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

#include "genga/thread_pool.h"
#include "fetch/collection.h"
#include "fetch/http/download.h"
#include "fetch/progress_file.h"
#include "fetch/sources/source_table.h"
#include "genga/fetch.h"

namespace genga::fetch {

/// What all sources of one call share.
struct Workshop {
  const FetchOptions& options;
  SourceOptions source_options{};
  Collection& collection;
  const Downloader& downloader;
  ThreadPool& pool;
  CancelToken& stop;  // cancelled by the caller, or after an error that ends all
  FetchReport& report;
  std::set<std::string> seen{};  // addresses of this call
};

class SourceRun {
 public:
  SourceRun(Workshop& shop, std::string argument, const SourceKind& kind, Source& source);
  /// Downloads what the source lists and adds to the report. An error of the source is reported, not thrown.
  /// Throws Error: kIo and others of the collection; kCancelled.
  void run();

 private:
  using Clock = std::chrono::steady_clock;
  /// Of the source's listing; its images may still be on their way.
  struct Page {
    std::string cursor{};
    int outstanding = 0;
    std::int64_t had = 0;
    bool complete = false;  // all of it has been handed out
    bool broken = false;    // something of it was not dealt with
  };

  void list_all();
  bool hand_out(Listing& listing, Page& page);
  bool wait_for_room();
  bool is_dealt_with(const Candidate& candidate, const dataset::Entry* known, Page& page);
  void work(Candidate& candidate, const dataset::Entry* before, Page& page);
  void take_result(Candidate& candidate, const Downloader::Result& result, const dataset::Entry* before, Page& page);
  void note(const std::string& what, const Failure& failure);
  void add_passed_over(const Listing& listing);
  void wait_for_all();
  void settle(bool now);
  void say_progress();

  Workshop& shop_;
  SourceReport report_{};
  Source& source_;
  bool obey_robots_;
  ProgressFile file_;

  std::mutex mutex_;  // guards all below, and the shared report
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Page>> pages_;
  std::string cursor_{};   // of the page that is being listed
  std::int64_t base_ = 0;  // images of the pages that are done
  int outstanding_ = 0;
  bool full_ = false;  // the limit is reached
  std::exception_ptr fatal_{};
  Clock::time_point saved_ = Clock::now();
};

}  // namespace genga::fetch
