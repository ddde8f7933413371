// One thread lists a source's pages and hands candidates to the pool; workers download, check and store them. The
// cursor of the first page that is not done is saved now and then, so that an interrupted run goes on there.
#include "fetch/source_run.h"

#include "fetch/http/url.h"
#include "genga/error.h"

namespace genga::fetch {
namespace {

constexpr std::size_t kMaxProblems = 1000;
constexpr int kQueuedPerWorker = 4;  // candidates; few, because those from archives hold their bytes
constexpr auto kSaveEvery = std::chrono::seconds(2);

}  // namespace

SourceRun::SourceRun(FetchContext& context, std::string argument, const SourceKind& kind, ImageSource& source)
    : context_(context),
      report_{.source = std::move(argument), .kind = std::string(kind.name)},
      source_(source),
      obey_robots_(kind.robots && !(context.options.ignore_robots && kind.name == "list")),
      file_(context.options.folder, report_.source, context.source_options) {}

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
    ended = std::current_exception();  // thrown below, once the workers no longer use this object
  }
  wait_for_all();
  const std::lock_guard lock(mutex_);
  if (!fatal_) save_position(true);
  report_.notice = source_.notice();
  context_.report.sources.push_back(report_);
  if (fatal_) std::rethrow_exception(fatal_);
  if (ended) std::rethrow_exception(ended);
}

void SourceRun::list_all() {
  const ListingProgress progress = context_.options.restart ? ListingProgress{} : file_.load();
  cursor_ = progress.cursor;
  n_images_before_ = progress.n_images;
  for (;;) {
    context_.stop.check();
    Listing listing = source_.list(cursor_, context_.stop);
    Page* page = nullptr;
    {
      const std::lock_guard lock(mutex_);
      add_passed_over(listing);
      page = pages_.emplace_back(std::make_unique<Page>(Page{.cursor = cursor_})).get();
    }
    const bool all = submit_all(listing, *page);
    const std::lock_guard lock(mutex_);
    page->complete = all;
    full_ = !all;
    if (listing.error) throw *listing.error;
    report_.finished = full_ || listing.next.empty();
    if (report_.finished) return;
    cursor_ = listing.next;
    save_position(false);
  }
}

/// Hands the page's candidates to the workers. False if the limit is reached before the last one.
bool SourceRun::submit_all(Listing& listing, Page& page) {
  for (ImageCandidate& candidate : listing.candidates) {
    if (!context_.seen.insert(candidate.url).second) continue;
    if (!wait_for_free_place()) return false;
    const dataset::Entry* known = context_.collection.find(candidate);
    if (needs_no_download(candidate, known, page)) continue;
    {
      const std::lock_guard lock(mutex_);
      ++outstanding_;
      ++page.outstanding;
    }
    context_.pool.submit([this, known, &page, shared = std::make_shared<ImageCandidate>(std::move(candidate))] {
      work(*shared, known, page);
    });
  }
  return true;
}

/// Waits until another download may begin. False if the limit is reached.
bool SourceRun::wait_for_free_place() {
  std::unique_lock lock(mutex_);
  for (;;) {
    context_.stop.check();
    std::int64_t n_images = n_images_before_;
    for (const auto& page : pages_) n_images += page->n_images;
    const std::int64_t limit = context_.options.limit;
    if (limit > 0 && n_images >= limit) return false;
    const bool within = limit == 0 || n_images + outstanding_ < limit;  // all downloads under way may succeed
    if (within && outstanding_ < kQueuedPerWorker * context_.options.jobs) return true;
    changed_.wait_for(lock, std::chrono::milliseconds(50));
  }
}

/// True if the image is in the collection, or failed before in a way that another try would not change.
bool SourceRun::needs_no_download(const ImageCandidate& candidate, const dataset::Entry* known, Page& page) {
  if (known != nullptr) {
    const bool ask = context_.options.update && is_http(candidate.url) && !known->origin;
    if (ask) return false;
    const std::lock_guard lock(mutex_);
    ++report_.counts.known;
    ++page.n_images;
    return true;
  }
  if (context_.options.retry_all) return false;
  const auto failure = context_.collection.failure_of(candidate.url);
  const DownloadLimits limits{.min_side = context_.options.min_side, .max_bytes = context_.options.max_bytes};
  if (!failure || !is_settled(*failure, limits, obey_robots_, context_.options.allow_private)) return false;
  const std::lock_guard lock(mutex_);
  ++(failure->code == "duplicate" ? report_.counts.duplicates : report_.counts.refused);
  return true;
}

void SourceRun::work(ImageCandidate& candidate, const dataset::Entry* before, Page& page) {
  std::exception_ptr error;
  try {
    const auto result = context_.downloader.get(candidate, obey_robots_, before, context_.stop);
    take_result(candidate, result, before, page);
  } catch (...) {
    error = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  if (error) {
    page.broken = true;
    if (!fatal_ && !context_.stop.cancelled()) fatal_ = error;
    context_.stop.cancel();
  }
  --page.outstanding;
  --outstanding_;
  changed_.notify_all();
  if (!error) report_progress();
}

void SourceRun::take_result(ImageCandidate& candidate, const Downloader::Result& result, const dataset::Entry* before,
                            Page& page) {
  FetchCounts& counts = report_.counts;
  if (result.failure) {
    Failure failure = *result.failure;
    failure.url = candidate.url;
    failure.source = report_.source;
    failure.page = candidate.page;
    failure.time = now_utc();
    if (before == nullptr) context_.collection.add_failure(failure);
    const std::lock_guard lock(mutex_);
    ++(failure.may_pass ? counts.failed : counts.refused);
    if (before != nullptr) ++page.n_images;
    add_problem(shown_url(candidate.url), failure);
    return;
  }
  bool licensed = true;
  const StoreResult stored = result.unchanged ? StoreResult::kUnchanged
                                              : context_.collection.store(candidate, *result.image, before, licensed);
  const std::lock_guard lock(mutex_);
  if (stored != StoreResult::kDuplicate) ++page.n_images;
  if (stored == StoreResult::kNew) ++counts.stored;
  if (stored == StoreResult::kDuplicate) ++counts.duplicates;
  if (stored == StoreResult::kUnchanged) ++counts.unchanged;
  if (stored == StoreResult::kReplaced) ++counts.replaced;
  if (!licensed) ++counts.unlicensed;
}

void SourceRun::add_problem(const std::string& what, const Failure& failure) {
  auto& problems = context_.report.problems;
  if (problems.size() >= kMaxProblems) return;
  problems.push_back({.what = what, .code = failure.code, .reason = failure.reason, .may_pass = failure.may_pass});
}

void SourceRun::add_passed_over(const Listing& listing) {
  for (const auto& item : listing.passed_over) {
    ++(item.may_pass ? report_.counts.failed : report_.counts.passed_over);
    add_problem(item.what,
                {.code = item.may_pass ? "network" : "passed_over", .reason = item.reason, .may_pass = item.may_pass});
  }
}

void SourceRun::wait_for_all() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return outstanding_ == 0; });
}

/// Forgets the leading pages that are done, then saves the cursor of the next one, at most every kSaveEvery unless
/// `now`. A source that has been listed to its end needs no cursor: its file is removed. Requires: mutex_ is held.
void SourceRun::save_position(bool now) {
  while (!pages_.empty() && pages_.front()->complete && pages_.front()->outstanding == 0 && !pages_.front()->broken) {
    n_images_before_ += pages_.front()->n_images;
    pages_.pop_front();
  }
  if (now && pages_.empty() && report_.finished) return file_.remove();
  if (!now && Clock::now() - saved_ < kSaveEvery) return;
  saved_ = Clock::now();
  const ListingProgress progress{.cursor = pages_.empty() ? cursor_ : pages_.front()->cursor,
                                 .n_images = n_images_before_};
  if (!progress.cursor.empty()) file_.save(progress);
}

void SourceRun::report_progress() {
  if (!context_.options.progress) return;
  FetchCounts counts = context_.report.counts;
  add(counts, report_.counts);
  context_.options.progress(counts, report_.source);
}

}  // namespace genga::fetch
