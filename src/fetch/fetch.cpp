// The module's public functions: opens all sources, then runs one after the other into one collection.
#include "genga/fetch.h"

#include <atomic>
#include <thread>

#include "fetch/http/robots.h"
#include "fetch/source_run.h"
#include "fetch/sources/source_table.h"

namespace genga::fetch {
namespace {

HttpOptions http_options(const FetchOptions& options) {
  HttpOptions http;
  http.seconds_between_requests = options.seconds_between_requests;
  http.retries = options.retries;
  http.back_off_s = options.back_off_s;
  http.longest_wait_s = options.longest_wait_s;
  http.stall_s = options.stall_s;
  http.timeout_s = options.timeout_s;
  http.allow_private = options.allow_private;
  return http;
}

SourceOptions source_options(const FetchOptions& options) {
  SourceOptions sources;
  sources.api = options.api;
  sources.user = options.user;
  sources.key = options.key;
  sources.rating = options.rating;
  sources.min_score = options.min_score;
  sources.min_side = options.min_side;
  sources.copy_width = options.copy_width;
  sources.depth = options.depth;
  sources.max_pages = options.max_pages;
  sources.span_hosts = options.span_hosts;
  sources.max_bytes = options.max_bytes;
  return sources;
}

struct OpenSource {
  std::string argument{};
  const SourceKind* kind = nullptr;
  std::unique_ptr<ImageSource> source{};
};

/// Opens all of them before anything is written, so that a misspelt one is reported at once.
std::vector<OpenSource> open_sources(const FetchOptions& options, const SourceContext& context) {
  if (options.sources.empty()) fail(ErrorCode::kInvalidArgument, "no source given: expected at least one");
  std::vector<OpenSource> sources;
  for (const auto& argument : options.sources) {
    const SourceKind& kind = kind_of(argument);
    sources.push_back({.argument = argument, .kind = &kind, .source = kind.open(argument, context)});
  }
  return sources;
}

/// A token that is cancelled with the caller's, and can also be cancelled by this module.
class StopToken {
 public:
  explicit StopToken(const CancelToken* outer) {
    if (outer == nullptr) return;
    watcher_ = std::thread([this, outer] {
      while (!done_ && !token_.cancelled()) {
        if (outer->cancelled()) token_.cancel();
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
    });
  }
  StopToken(const StopToken&) = delete;
  StopToken& operator=(const StopToken&) = delete;
  ~StopToken() {
    done_ = true;
    if (watcher_.joinable()) watcher_.join();
  }
  CancelToken& token() { return token_; }

 private:
  CancelToken token_;
  std::atomic<bool> done_{false};
  std::thread watcher_;
};

}  // namespace

void add(FetchCounts& sum, const FetchCounts& more) {
  sum.stored += more.stored;
  sum.unlicensed += more.unlicensed;
  sum.known += more.known;
  sum.unchanged += more.unchanged;
  sum.replaced += more.replaced;
  sum.duplicates += more.duplicates;
  sum.refused += more.refused;
  sum.failed += more.failed;
  sum.passed_over += more.passed_over;
}

std::vector<SourceHelp> source_help() {
  std::vector<SourceHelp> list;
  for (const auto& kind : source_kinds()) list.push_back({kind.spelling, kind.help});
  return list;
}

FetchReport fetch(const FetchOptions& options) {
  StopToken stop(options.cancel);
  HttpClient http(http_options(options));
  Robots robots(http);
  const SourceContext source_context{.http = http, .robots = robots, .options = source_options(options)};
  const auto sources = open_sources(options, source_context);

  FetchReport report;
  Collection collection(options.folder, {options.licence, options.author, options.attribution});
  const Downloader downloader(http, robots, {.min_side = options.min_side, .max_bytes = options.max_bytes});
  ThreadPool pool(options.jobs);
  FetchContext context{.options = options,
                       .source_options = source_context.options,
                       .collection = collection,
                       .downloader = downloader,
                       .pool = pool,
                       .stop = stop.token(),
                       .report = report};
  for (const auto& [argument, kind, source] : sources) {
    try {
      SourceRun(context, argument, *kind, *source).run();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kCancelled) throw;
      report.interrupted = true;
    }
    add(report.counts, report.sources.back().counts);
    if (report.interrupted) break;
  }
  collection.finish();
  return report;
}

std::vector<Offer> list_offers(const FetchOptions& options, FetchReport& report) {
  StopToken stop(options.cancel);
  HttpClient http(http_options(options));
  Robots robots(http);
  const SourceContext context{.http = http, .robots = robots, .options = source_options(options)};
  std::vector<Offer> offers;
  for (const auto& [argument, kind, source] : open_sources(options, context)) {
    SourceReport row{.source = argument, .kind = std::string(kind->name)};
    std::int64_t left = options.limit > 0 ? options.limit : INT64_MAX;
    std::string cursor;
    do {
      Listing listing = source->list(cursor, stop.token());
      for (auto& item : listing.passed_over) {
        ++row.counts.passed_over;
        report.problems.push_back({item.what, "passed_over", item.reason, item.may_pass});
      }
      for (auto& c : listing.candidates) {
        if (left-- <= 0) break;
        offers.push_back({c.url, c.page, c.licence, c.author, c.title, c.width, c.height});
      }
      if (listing.error) throw *listing.error;
      cursor = listing.next;
    } while (!cursor.empty() && left > 0);
    row.finished = true;
    row.notice = source->notice();
    add(report.counts, row.counts);
    report.sources.push_back(std::move(row));
  }
  return offers;
}

}  // namespace genga::fetch
