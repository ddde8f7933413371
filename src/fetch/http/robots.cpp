// Parses robots.txt and asks it. By hand: Debian has no well-kept C or C++ library for RFC 9309.
#include "fetch/http/robots.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "fetch/http/url.h"
#include "genga/text.h"

namespace genga::fetch {
namespace {

constexpr std::string_view kAgent = "genga";
constexpr std::int64_t kMaxBytes = 500 << 10;  // RFC 9309, 2.5: at least so much must be read

/// One spelling for all paths that mean the same: letters and digits plain, other escapes in capitals, bytes above 127
/// escaped.
std::string normalized(std::string_view path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    auto byte = static_cast<unsigned char>(path[i]);
    bool escaped = byte >= 0x80;
    unsigned value = 0;
    const char* const digits = path.data() + i + 1;
    if (byte == '%' && i + 2 < path.size() && std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
      byte = static_cast<unsigned char>(value);
      escaped = byte >= 0x80 || (std::isalnum(byte) == 0 &&
                                 std::string_view("-._~").find(static_cast<char>(byte)) == std::string_view::npos);
      i += 2;
    }
    if (escaped) {
      out += fmt::format("%{:02X}", byte);
    } else {
      out += static_cast<char>(byte);
    }
  }
  return out;
}

/// '*' stands for any text; a pattern that does not end with '$' matches every path that begins with it.
bool matches(std::string_view pattern, std::string_view path) {
  const bool anchored = pattern.ends_with('$');
  if (anchored) pattern.remove_suffix(1);
  std::size_t p = 0, star = std::string_view::npos, from = 0, i = 0;
  for (;;) {
    if (p == pattern.size() && (!anchored || i == path.size())) return true;
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      from = i;
    } else if (i < path.size() && p < pattern.size() && pattern[p] == path[i]) {
      ++p, ++i;
    } else if (star != std::string_view::npos && from < path.size()) {
      p = star;
      i = ++from;
    } else {
      return false;
    }
  }
}

/// Reads line by line; `agents_` are those of the group that is being read.
class RobotsParser {
 public:
  explicit RobotsParser(std::string_view agent) : agent_(agent) {}

  void add_line(std::string_view line) {
    line = trimmed(line.substr(0, line.find('#')));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string key = to_lower(trimmed(line.substr(0, colon)));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (key == "user-agent") return add_agent(value);
    if (key != "allow" && key != "disallow" && key != "crawl-delay") return;  // sitemap: belongs to no group
    in_rules_ = true;
    if (for_us_) add_rule(own_, key, value);
    if (for_all_) add_rule(general_, key, value);
  }

  RobotsRules take() { return named_ ? std::move(own_) : std::move(general_); }

 private:
  void add_agent(std::string_view value) {
    if (in_rules_) in_rules_ = for_us_ = for_all_ = false;  // a new group
    const auto is_token = [](unsigned char c) { return std::isalpha(c) != 0 || c == '-' || c == '_'; };
    const auto end = std::find_if_not(value.begin(), value.end(), is_token);
    if (to_lower({value.begin(), end}) == agent_) named_ = for_us_ = true;
    if (value == "*") for_all_ = true;
  }

  static void add_rule(RobotsRules& rules, const std::string& key, std::string_view value) {
    if (key == "crawl-delay") {
      double seconds = 0;
      const auto error = std::from_chars(value.data(), value.data() + value.size(), seconds).ec;
      if (error == std::errc() && seconds > 0) rules.crawl_delay_s = seconds;
    } else if (!value.empty()) {  // an empty Disallow forbids nothing
      rules.rules.push_back({.allow = key == "allow", .pattern = normalized(value)});
    }
  }

  std::string agent_;
  RobotsRules own_, general_;
  bool named_ = false, for_us_ = false, for_all_ = false, in_rules_ = false;
};

}  // namespace

bool RobotsRules::allows(std::string_view path) const {
  const std::string wanted = normalized(path);
  if (wanted == "/robots.txt") return true;
  const Rule* best = nullptr;
  for (const Rule& rule : rules) {
    if (best != nullptr && rule.pattern.size() < best->pattern.size()) continue;
    if (best != nullptr && rule.pattern.size() == best->pattern.size() && !rule.allow) continue;
    if (matches(rule.pattern, wanted)) best = &rule;
  }
  return best == nullptr || best->allow;
}

RobotsRules parse_robots(std::string_view text, std::string_view agent) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  RobotsParser parser(agent);
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("\r\n"), text.size());
    parser.add_line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parser.take();
}

void Robots::load(HostRules& host, const std::string& origin, const CancelToken& cancel) {
  Request request{.url = origin + "/robots.txt"};
  request.max_bytes = kMaxBytes;
  request.cut_at_max = true;
  request.refusals_too = true;
  try {
    const Response response = http_.get(request, cancel);
    host.rules = response.status == 200 ? parse_robots(response.body, kAgent) : RobotsRules{};  // 4xx: all is allowed
    if (!host.rules->crawl_delay_s) return;
    const double delay_s = *host.rules->crawl_delay_s;
    if (delay_s > http_.options().longest_wait_s) {
      fail(ErrorCode::kUnsupported, "'{}' asks for {:.0f} seconds between requests, longer than {:.0f}", request.url,
           delay_s, http_.options().longest_wait_s);
    }
    http_.slow_down(origin, delay_s);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    host.rules.reset();
    host.error = error.code() == ErrorCode::kInvalidArgument
                     ? error  // a forbidden address
                     : Error(error.code(), fmt::format("{}, so nothing is fetched from there", error.what()));
  }
}

void Robots::check(const std::string& url, const CancelToken& cancel) {
  const Url parsed = parse_url(url);
  HostRules* host = nullptr;
  {
    const std::lock_guard lock(mutex_);
    auto& slot = hosts_[parsed.origin()];
    if (!slot) slot = std::make_unique<HostRules>();
    host = slot.get();
  }
  const std::lock_guard lock(host->mutex);
  if (!host->rules && !host->error) load(*host, parsed.origin(), cancel);
  if (host->error) throw *host->error;
  const std::string path = parsed.query.empty() ? parsed.path : parsed.path + "?" + parsed.query;
  if (host->rules->allows(path)) return;
  fail(ErrorCode::kUnsupported, "'{}' is closed to programs by the site's robots.txt", shown_url(parsed.text));
}

}  // namespace genga::fetch
