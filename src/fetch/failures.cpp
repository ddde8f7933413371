// Reads and writes fetch-failures.jsonl. Lines are appended; the file is rewritten when lines in it no longer hold.
#include "fetch/failures.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

#include "genga/base.h"
#include "genga/error.h"

namespace genga::fetch {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string to_line(const Failure& failure) {
  Json json{{"url", failure.url}, {"code", failure.code}, {"reason", failure.reason}, {"may_pass", failure.may_pass}};
  if (failure.limit > 0) json["limit"] = failure.limit;
  if (!failure.source.empty()) json["source"] = failure.source;
  if (!failure.page.empty()) json["page"] = failure.page;
  json["time"] = failure.time;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Failure parse_line(std::string_view line, const std::string& where) {
  try {
    const Json json = Json::parse(line);
    Failure failure;
    failure.url = json.at("url").get<std::string>();
    failure.code = json.at("code").get<std::string>();
    failure.reason = json.value("reason", "");
    failure.may_pass = json.value("may_pass", false);
    failure.limit = json.value("limit", std::int64_t{0});
    failure.source = json.value("source", "");
    failure.page = json.value("page", "");
    failure.time = json.value("time", "");
    return failure;
  } catch (const Json::exception&) {
    fail(ErrorCode::kCorruptData, "{}: expected a JSON object with 'url' and 'code'; remove the line or the file",
         where);
  }
}

}  // namespace

FailureLog::FailureLog(fs::path folder) : path_(std::move(folder) / kFailuresName) {
  std::error_code ignored;
  if (!fs::exists(path_, ignored)) return;
  const auto bytes = read_file(path_);
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  rewrite_ = !text.empty() && text.back() != '\n';
  for (int line = 1;; ++line) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) break;
    Failure failure = parse_line(text.substr(0, end), fmt::format("'{}' line {}", path_.string(), line));
    rewrite_ |= failures_.contains(failure.url);
    failures_.insert_or_assign(failure.url, std::move(failure));
    text.remove_prefix(end + 1);
  }
  if (rewrite_) compact();  // so that the next line is not appended to a part of one
}

const Failure* FailureLog::find(const std::string& url) const {
  const auto found = failures_.find(url);
  return found == failures_.end() ? nullptr : &found->second;
}

void FailureLog::add(Failure failure) {
  const std::string line = to_line(failure);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path_.c_str(), "a"), &std::fclose);
  if (!file || std::fwrite(line.data(), 1, line.size(), file.get()) != line.size() || std::fflush(file.get()) != 0) {
    fail(ErrorCode::kIo, "'{}': cannot write: {}", path_.string(), std::strerror(errno));
  }
  rewrite_ |= failures_.contains(failure.url);
  failures_.insert_or_assign(failure.url, std::move(failure));
}

void FailureLog::remove(const std::string& url) {
  rewrite_ |= failures_.erase(url) > 0;
}

void FailureLog::compact() {
  if (!rewrite_) return;
  std::string text;
  for (const auto& [url, failure] : failures_) text += to_line(failure);
  std::error_code ignored;
  if (text.empty()) {
    fs::remove(path_, ignored);
  } else {
    write_file(path_, text);
  }
  rewrite_ = false;
}

}  // namespace genga::fetch
