// Reads log.jsonl line by line and forgets what resumes and rollbacks took back.
#include "train/observe/run_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <type_traits>

#include "genga/base.h"
#include "train/config/aliases.h"

namespace genga::train {
namespace {

using Json = nlohmann::json;
using Kind = RunEvent::Kind;

template <class T>
T value_or(const Json& line, const char* key, T fallback) {
  const auto it = line.find(key);
  if (it == line.end()) return fallback;
  const bool fits = std::is_same_v<T, std::string> ? it->is_string()
                    : std::is_integral_v<T>        ? it->is_number_integer()  // 1e300 is no whole number
                                                   : it->is_number();
  return fits ? it->get<T>() : fallback;
}

class Reader {
 public:
  void read_line(std::string_view text);
  RunHistory finish();

 private:
  void on_start(const Json& line);
  void on_step(const nlohmann::ordered_json& line);
  void on_rollback(const Json& line);
  void on_end(const Json& line);
  void add(Kind kind, const Json& line, std::string text);
  void forget_after(std::int64_t step);
  void end_session();

  RunHistory history_;
  std::map<std::string, std::size_t> index_;                                    // of series
  std::map<std::int64_t, std::vector<std::pair<std::size_t, double>>> values_;  // by step: series, value
  std::set<std::string> skipped_;
  bool started_ = false;
  double session_begin_ = 0, session_seconds_ = 0;
};

void Reader::read_line(std::string_view text) {
  const auto ordered = nlohmann::ordered_json::parse(text, nullptr, false);
  if (!ordered.is_object()) {
    ++history_.n_unread;
    return;
  }
  const Json line = ordered;
  const auto event = value_or<std::string>(line, "event", "");
  history_.last_time = std::max(history_.last_time, value_or<double>(line, "time", 0));
  if (event == "start") on_start(line);
  if (event == "step") on_step(ordered);
  if (event == "rollback") on_rollback(line);
  if (event == "end") on_end(line);
  if (event == "checkpoint") add(Kind::kCheckpoint, line, "checkpoint");
  if (event == "skipped") {
    const auto path = value_or<std::string>(line, "path", "");
    if (skipped_.insert(path).second) history_.skipped.push_back({path, value_or<std::string>(line, "reason", "")});
  }
  const double time = value_or<double>(line, "time", 0);
  if (time > 0 && session_begin_ > 0) session_seconds_ = std::max(session_seconds_, time - session_begin_);
}

void Reader::on_start(const Json& line) {
  end_session();
  const auto step = value_or<std::int64_t>(line, "step", 0);
  session_begin_ = value_or<double>(line, "time", 0);
  history_.ended = false;
  history_.photos = value_or<std::int64_t>(line, "photos", 0);
  history_.held_out = value_or<std::int64_t>(line, "held_out", 0);
  history_.styles = value_or<std::int64_t>(line, "styles", 0);
  history_.images = value_or<std::string>(line, "images", "");
  const auto config = value_or<std::string>(line, "config", "");
  if (started_) {
    const bool changed = !config.empty() && config != history_.config;
    add(Kind::kResume, line, changed ? "resumed with a changed config" : "resumed");
  } else {
    add(Kind::kStart, line, "started");
  }
  history_.config = config;
  started_ = true;
  forget_after(step);
}

void Reader::on_step(const nlohmann::ordered_json& line) {
  const auto step = value_or<std::int64_t>(line, "step", 0);
  auto& values = values_[step];
  values.clear();
  for (const auto& [key, value] : line.items()) {
    if (!value.is_number() || key == "step" || key == "time") continue;
    const auto [it, is_new] = index_.try_emplace(std::string(current_term(key)), history_.series.size());
    if (is_new) history_.series.push_back({it->first, {}, {}});
    values.emplace_back(it->second, value.get<double>());
  }
  history_.last_step = step;
  const auto phase = value_or<std::string>(line, "phase", "");
  if (phase.empty() || phase == history_.phase) return;
  if (!history_.phase.empty()) add(Kind::kPhase, line, "phase: " + phase);
  history_.phase = phase;
}

void Reader::on_rollback(const Json& line) {
  const auto to = value_or<std::int64_t>(line, "to", 0);
  add(Kind::kRollback, line,
      fmt::format("'{}' was not a finite number: back to step {} with {:g} times the learning rate",
                  current_term(value_or<std::string>(line, "term", "?")), to, value_or<double>(line, "rate", 0)));
  forget_after(to);
}

void Reader::on_end(const Json& line) {
  history_.ended = true;
  session_seconds_ = std::max(session_seconds_, value_or<double>(line, "seconds", 0));
  history_.last_step = value_or<std::int64_t>(line, "step", history_.last_step);
  add(Kind::kEnd, line, "ended; model written");
}

void Reader::add(Kind kind, const Json& line, std::string text) {
  history_.events.push_back(
      {kind, value_or<std::int64_t>(line, "step", 0), value_or<double>(line, "time", 0), std::move(text)});
}

/// Steps that a resumed or rolled back run takes again did not happen.
void Reader::forget_after(std::int64_t step) {
  values_.erase(values_.upper_bound(step), values_.end());
  history_.last_step = step;
}

void Reader::end_session() {
  history_.seconds += session_seconds_;
  session_begin_ = session_seconds_ = 0;
}

RunHistory Reader::finish() {
  end_session();
  for (const auto& [step, values] : values_) {
    for (const auto& [series, value] : values) {
      history_.series[series].steps.push_back(static_cast<double>(step));
      history_.series[series].values.push_back(value);
    }
  }
  std::erase_if(history_.series, [](const Series& series) { return series.steps.empty(); });
  return std::move(history_);
}

}  // namespace

RunHistory read_history(const std::filesystem::path& log) {
  const std::vector<std::byte> bytes = read_file(log);
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  Reader reader;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (!line.empty()) reader.read_line(line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return reader.finish();
}

Series thinned(const Series& series, std::size_t n_buckets) {
  const std::size_t n = series.steps.size();
  if (n <= 2 * n_buckets) return series;
  Series thin{series.name, {}, {}};
  for (std::size_t bucket = 0; bucket < n_buckets; ++bucket) {
    const auto begin = series.values.begin() + static_cast<std::ptrdiff_t>(bucket * n / n_buckets);
    const auto end = series.values.begin() + static_cast<std::ptrdiff_t>((bucket + 1) * n / n_buckets);
    auto [low, high] = std::minmax_element(begin, end);
    if (high < low) std::swap(low, high);
    for (const auto& it : {low, high}) {
      if (it == high && low == high) break;
      thin.steps.push_back(series.steps[static_cast<std::size_t>(it - series.values.begin())]);
      thin.values.push_back(*it);
    }
  }
  return thin;
}

}  // namespace genga::train
