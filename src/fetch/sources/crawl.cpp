// Follows links breadth first. Pages are read by formats/html_page.cpp; robots.txt is asked before each request.
#include "fetch/sources/crawl.h"

#include <algorithm>
#include <array>
#include <deque>
#include <nlohmann/json.hpp>
#include <set>

#include "fetch/formats/html_page.h"
#include "fetch/http/robots.h"
#include "fetch/http/url.h"
#include "genga/error.h"
#include "genga/image.h"
#include "genga/sha256.h"

namespace genga::fetch {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kMaxPageBytes = 16 << 20;

struct Visit {
  std::string url{};
  int depth = 0;
};

/// The state of a crawl. Its JSON text is the cursor.
struct Frontier {
  std::deque<Visit> queue{};
  std::set<std::string> seen{};  // hashes of addresses
  std::string host{};            // that the crawl stays on; empty before the first page
  int pages = 0;                 // visited

  /// False if it is known already.
  bool see(const std::string& url) {
    return seen.insert(sha256_of(std::as_bytes(std::span(url))).substr(0, 16)).second;
  }
  std::string text() const {
    Json waiting = Json::array();
    for (const auto& visit : queue) waiting.push_back({visit.url, visit.depth});
    return Json{{"host", host}, {"pages", pages}, {"queue", waiting}, {"seen", seen}}.dump();
  }
  static Frontier parse(const std::string& text) {
    Frontier frontier;
    try {
      const Json json = Json::parse(text);
      for (const auto& visit : json.at("queue")) {
        frontier.queue.push_back({visit.at(0).get<std::string>(), visit.at(1).get<int>()});
      }
      frontier.seen = json.at("seen").get<std::set<std::string>>();
      frontier.host = json.at("host").get<std::string>();
      frontier.pages = json.at("pages").get<int>();
    } catch (const Json::exception&) {
      fail(ErrorCode::kCorruptData, "the stored state of the crawl is damaged; give --restart to begin anew");
    }
    return frontier;
  }
};

/// Whether two hosts seem to have one owner: the last two labels of their names are the same.
bool same_site(const std::string& a, const std::string& b) {
  const auto site = [](const std::string& host) {
    const auto last = host.rfind('.');
    const auto before = last == std::string::npos || last == 0 ? last : host.rfind('.', last - 1);
    return before == std::string::npos ? host : host.substr(before + 1);
  };
  const bool numbers = !a.empty() && (a.front() == '[' || (a.back() >= '0' && a.back() <= '9'));
  return numbers ? a == b : site(a) == site(b);
}

/// Suffixes of what is neither a page nor an image.
bool is_other_file(const std::string& path) {
  constexpr std::array<std::string_view, 22> kSuffixes{
      ".pdf", ".zip", ".gz",   ".7z",  ".rar", ".tar", ".mp3", ".mp4", ".mkv", ".avi", ".mov",
      ".ogg", ".exe", ".webm", ".dmg", ".iso", ".css", ".js",  ".xml", ".rss", ".doc", ".torrent"};
  return std::any_of(kSuffixes.begin(), kSuffixes.end(), [&](auto suffix) { return path.ends_with(suffix); });
}

class CrawlSource : public ImageSource {
 public:
  CrawlSource(const std::string& start, const SourceContext& context)
      : start_(parse_url(start)), http_(context.http), robots_(context.robots), options_(context.options) {}

  Listing list(const std::string& cursor, const CancelToken& cancel) override;

 private:
  void restore(const std::string& cursor);
  void visit(const Visit& visit, Listing& listing, const CancelToken& cancel);
  PageContent get_page(const Url& url, Url& final, const CancelToken& cancel);
  void add_candidates(const PageContent& page, const Url& url, Listing& listing) const;
  void add_links(const PageContent& page, int depth, Listing& listing);
  void add_link(const std::string& link, int depth, Listing& listing);

  Url start_;
  HttpClient& http_;
  Robots& robots_;
  SourceOptions options_;
  Frontier frontier_{};
  std::string frontier_text_{};  // the cursor that list() returned last, which frontier_ is the state of
};

void CrawlSource::restore(const std::string& cursor) {
  if (!cursor.empty() && cursor == frontier_text_) return;
  frontier_ = cursor.empty() ? Frontier{} : Frontier::parse(cursor);
  if (!cursor.empty()) return;
  frontier_.queue.push_back({start_.text, 0});
  frontier_.see(start_.text);
}

Listing CrawlSource::list(const std::string& cursor, const CancelToken& cancel) {
  restore(cursor);
  Listing listing;
  if (frontier_.queue.empty()) return listing;
  const Visit next = frontier_.queue.front();
  frontier_.queue.pop_front();
  frontier_text_.clear();  // until this page is done
  try {
    visit(next, listing, cancel);
  } catch (const Error& error) {
    // If the start page fails, the crawl fails; any other page is passed over.
    if (error.code() == ErrorCode::kCancelled || frontier_.pages == 0) throw;
    const bool may_pass = error.code() == ErrorCode::kIo || error.code() == ErrorCode::kCorruptData;
    listing.passed_over.push_back({.what = shown_url(next.url), .reason = error.what(), .may_pass = may_pass});
  }
  ++frontier_.pages;
  if (!frontier_.queue.empty()) listing.next = frontier_text_ = frontier_.text();
  return listing;
}

void CrawlSource::visit(const Visit& visit, Listing& listing, const CancelToken& cancel) {
  const Url url = parse_url(visit.url);
  if (visit.url == start_.text && image::looks_like_image(url.path)) {  // an image was given, no page
    listing.candidates.push_back({.url = url.text});
    return;
  }
  Url final;
  const PageContent page = get_page(url, final, cancel);
  if (frontier_.host.empty()) frontier_.host = final.host;
  if (!options_.span_hosts && final.host != frontier_.host) {
    listing.passed_over.push_back(
        {.what = shown_url(visit.url), .reason = fmt::format("redirects to another site, {}", final.host)});
    return;
  }
  if (final.text != url.text && !frontier_.see(final.text)) return;  // reached before by another link
  add_candidates(page, final, listing);
  add_links(page, visit.depth, listing);
}

PageContent CrawlSource::get_page(const Url& url, Url& final, const CancelToken& cancel) {
  robots_.check(url.text, cancel);
  Request request{.url = url.text, .max_bytes = kMaxPageBytes, .expected_type = "text/html"};
  request.on_redirect = [&](const std::string& to) { robots_.check(to, cancel); };
  const Response response = http_.get(request, cancel);
  final = parse_url(response.url);
  return read_page(response.body, final);
}

void CrawlSource::add_candidates(const PageContent& page, const Url& url, Listing& listing) const {
  for (const auto& image : page.images) {
    ImageCandidate candidate{.url = image.url, .page = url.text, .title = image.text};
    if (candidate.title.empty()) candidate.title = page.title;
    // What a page says of itself does not hold for what it shows from elsewhere.
    if (same_site(parse_url(image.url).host, url.host)) {
      candidate.licence = page.licence;
      candidate.author = page.author;
    }
    listing.candidates.push_back(std::move(candidate));
  }
}

void CrawlSource::add_links(const PageContent& page, int depth, Listing& listing) {
  if (!page.next.empty()) add_link(page.next, depth, listing);
  if (depth >= options_.depth) return;
  for (const auto& link : page.links) add_link(link, depth + 1, listing);
}

void CrawlSource::add_link(const std::string& link, int depth, Listing& listing) {
  const Url url = parse_url(link);
  if ((!options_.span_hosts && url.host != frontier_.host) || is_other_file(url.path) || !frontier_.see(url.text)) {
    return;
  }
  const auto known = static_cast<std::size_t>(frontier_.pages) + 1 + frontier_.queue.size();
  if (known >= static_cast<std::size_t>(options_.max_pages)) {
    listing.passed_over.push_back(
        {.what = shown_url(url.text), .reason = fmt::format("is beyond the limit of {} pages", options_.max_pages)});
    return;
  }
  frontier_.queue.push_back({url.text, depth});
}

}  // namespace

bool is_crawl(const std::string& argument) {
  return is_http(argument);
}

std::unique_ptr<ImageSource> open_crawl(const std::string& argument, const SourceContext& context) {
  return std::make_unique<CrawlSource>(argument, context);
}

}  // namespace genga::fetch
