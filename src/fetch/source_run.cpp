#include "fetch/source_run.h"

#include "fetch/http/url.h"
#include "genga/error.h"

namespace genga::fetch {
namespace {

constexpr std::size_t kMaxProblems = 1000;
constexpr int kQueued = 4;  // candidates per worker: shards bring their bytes along
constexpr auto kSaveEvery = std::chrono::seconds(2);

}  // namespace

SourceRun::SourceRun(Workshop& shop, std::string argument, const SourceKind& kind, Source& source)
    : shop_(shop),
      report_{.source = std::move(argument), .kind = std::string(kind.name)},
      source_(source),
      obey_robots_(kind.robots && !(shop.options.ignore_robots && kind.name == "list")),
      file_(shop.options.folder, report_.source, shop.source_options) {}

void SourceRun::run() {
  std::exception_ptr ended;
  try {
    list_all();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) {
      ended = std::current_exception();
    } else {
      report_.error = error;
    }
  } catch (...) {
    ended = std::current_exception();  // the workers still use this object
  }
  wait_for_all();
  const std::lock_guard lock(mutex_);
  if (!fatal_) settle(true);
  report_.notice = source_.notice();
  shop_.report.sources.push_back(report_);
  if (fatal_) std::rethrow_exception(fatal_);
  if (ended) std::rethrow_exception(ended);
}

void SourceRun::list_all() {
  const Standing standing = shop_.options.restart ? Standing{} : file_.load();
  cursor_ = standing.cursor;
  base_ = standing.had;
  for (;;) {
    shop_.stop.check();
    Listing listing = source_.list(cursor_, shop_.stop);
    Page* page = nullptr;
    {
      const std::lock_guard lock(mutex_);
      add_passed_over(listing);
      page = pages_.emplace_back(std::make_unique<Page>(Page{.cursor = cursor_})).get();
    }
    const bool all = hand_out(listing, *page);
    const std::lock_guard lock(mutex_);
    page->complete = all;
    full_ = !all;
    if (listing.error) throw *listing.error;
    report_.finished = full_ || listing.next.empty();
    if (report_.finished) return;
    cursor_ = listing.next;
    settle(false);
  }
}

/// False if the limit is reached before its end.
bool SourceRun::hand_out(Listing& listing, Page& page) {
  for (Candidate& candidate : listing.candidates) {
    if (!shop_.seen.insert(candidate.url).second) continue;
    if (!wait_for_room()) return false;
    const dataset::Entry* known = shop_.collection.find(candidate);
    if (is_dealt_with(candidate, known, page)) continue;
    {
      const std::lock_guard lock(mutex_);
      ++outstanding_;
      ++page.outstanding;
    }
    shop_.pool.submit([this, known, &page, shared = std::make_shared<Candidate>(std::move(candidate))] {
      work(*shared, known, page);
    });
  }
  return true;
}

/// Waits until another image may be begun. False if the limit is reached.
bool SourceRun::wait_for_room() {
  std::unique_lock lock(mutex_);
  for (;;) {
    shop_.stop.check();
    std::int64_t had = base_;
    for (const auto& page : pages_) had += page->had;
    const std::int64_t limit = shop_.options.limit;
    if (limit > 0 && had >= limit) return false;
    const bool within = limit == 0 || had + outstanding_ < limit;  // those on their way may all arrive
    if (within && outstanding_ < kQueued * shop_.options.jobs) return true;
    changed_.wait_for(lock, std::chrono::milliseconds(50));
  }
}

bool SourceRun::is_dealt_with(const Candidate& candidate, const dataset::Entry* known, Page& page) {
  if (known != nullptr) {
    const bool ask = shop_.options.update && is_http(candidate.url) && !known->origin;
    if (ask) return false;
    const std::lock_guard lock(mutex_);
    ++report_.counts.known;
    ++page.had;
    return true;
  }
  if (shop_.options.retry_all) return false;
  const auto failure = shop_.collection.failure_of(candidate.url);
  const DownloadLimits limits{.min_side = shop_.options.min_side, .max_bytes = shop_.options.max_bytes};
  if (!failure || !is_settled(*failure, limits, obey_robots_, shop_.options.allow_private)) return false;
  const std::lock_guard lock(mutex_);
  ++(failure->code == "duplicate" ? report_.counts.duplicates : report_.counts.refused);
  return true;
}

void SourceRun::work(Candidate& candidate, const dataset::Entry* before, Page& page) {
  std::exception_ptr error;
  try {
    const auto result = shop_.downloader.get(candidate, obey_robots_, before, shop_.stop);
    take_result(candidate, result, before, page);
  } catch (...) {
    error = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  if (error) {
    page.broken = true;
    if (!fatal_ && !shop_.stop.cancelled()) fatal_ = error;
    shop_.stop.cancel();
  }
  --page.outstanding;
  --outstanding_;
  changed_.notify_all();
  if (!error) say_progress();
}

void SourceRun::take_result(Candidate& candidate, const Downloader::Result& result, const dataset::Entry* before,
                            Page& page) {
  FetchCounts& counts = report_.counts;
  if (result.failure) {
    Failure failure = *result.failure;
    failure.url = candidate.url;
    failure.source = report_.source;
    failure.page = candidate.page;
    failure.time = now_utc();
    if (before == nullptr) shop_.collection.add_failure(failure);
    const std::lock_guard lock(mutex_);
    ++(failure.may_pass ? counts.failed : counts.refused);
    if (before != nullptr) ++page.had;
    note(shown_url(candidate.url), failure);
    return;
  }
  bool licensed = true;
  const Stored stored =
      result.unchanged ? Stored::kUnchanged : shop_.collection.store(candidate, *result.image, before, licensed);
  const std::lock_guard lock(mutex_);
  if (stored != Stored::kDuplicate) ++page.had;
  if (stored == Stored::kNew) ++counts.stored;
  if (stored == Stored::kDuplicate) ++counts.duplicates;
  if (stored == Stored::kUnchanged) ++counts.unchanged;
  if (stored == Stored::kReplaced) ++counts.replaced;
  if (!licensed) ++counts.unlicensed;
}

void SourceRun::note(const std::string& what, const Failure& failure) {
  auto& problems = shop_.report.problems;
  if (problems.size() >= kMaxProblems) return;
  problems.push_back({.what = what, .code = failure.code, .reason = failure.reason, .may_pass = failure.may_pass});
}

void SourceRun::add_passed_over(const Listing& listing) {
  for (const auto& item : listing.passed_over) {
    ++(item.may_pass ? report_.counts.failed : report_.counts.passed_over);
    note(item.what,
         {.code = item.may_pass ? "network" : "passed_over", .reason = item.reason, .may_pass = item.may_pass});
  }
}

void SourceRun::wait_for_all() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return outstanding_ == 0; });
}

/// Forgets the pages that are done and stores where to go on. now: whatever was stored just before.
void SourceRun::settle(bool now) {
  while (!pages_.empty() && pages_.front()->complete && pages_.front()->outstanding == 0 && !pages_.front()->broken) {
    base_ += pages_.front()->had;
    pages_.pop_front();
  }
  if (now && pages_.empty() && report_.finished) return file_.remove();
  if (!now && Clock::now() - saved_ < kSaveEvery) return;
  saved_ = Clock::now();
  const Standing standing{.cursor = pages_.empty() ? cursor_ : pages_.front()->cursor, .had = base_};
  if (!standing.cursor.empty()) file_.save(standing);
}

void SourceRun::say_progress() {
  if (!shop_.options.progress) return;
  FetchCounts counts = shop_.report.counts;
  add(counts, report_.counts);
  shop_.options.progress(counts, report_.source);
}

}  // namespace genga::fetch
