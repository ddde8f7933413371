// The page's HTML. Charts are drawn by report.js from the JSON in #data; everything else is plain HTML, so that the
// page says most of what it knows without a script too.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>

#include "genga/base.h"
#include "genga/text.h"
#include "train/observe/report.h"
#include "train/observe/term_groups.h"

namespace genga::train {

extern const std::string_view k_report_css, k_report_js;  // embed_text.cmake

namespace {

constexpr std::size_t kChartBuckets = 800;  // two points each: about the pixels of a wide chart
constexpr std::size_t kMaxSkippedShown = 200;

/// 1234567 as "1,234,567".
std::string grouped(std::int64_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0 && digits[i - 1] != '-') text += ',';
    text += digits[i];
  }
  return text;
}

std::string duration_text(double seconds) {
  const auto s = static_cast<std::int64_t>(std::clamp(seconds, 0.0, 1e12));
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{} min {:02} s", s / 60, s % 60);
  return fmt::format("{} h {:02} min", s / 3600, s / 60 % 60);
}

std::string time_text(double time) {
  constexpr double kYear9999 = 253402300799;
  if (!(time > 0 && time < kYear9999)) return "";
  return fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::gmtime(static_cast<std::time_t>(time)));
}

const Series* find_series(const RunHistory& history, std::string_view name) {
  const auto it = std::ranges::find(history.series, name, &Series::name);
  return it == history.series.end() ? nullptr : &*it;
}

/// Mean of the last tenth of the values, which says more than the last one.
double recent(const Series& series) {
  const std::size_t n = std::max<std::size_t>(1, series.values.size() / 10);
  double sum = 0;
  for (std::size_t i = series.values.size() - n; i < series.values.size(); ++i) sum += series.values[i];
  return sum / static_cast<double>(n);
}

std::string tile(std::string_view label, std::string_view value, std::string_view detail) {
  return fmt::format(
      "<div class=tile><div class=label>{}</div><div class=value>{}</div><div class=detail>{}</div></div>\n",
      escape_html(label), escape_html(value), escape_html(detail));
}

std::string header(const Report& report) {
  const RunHistory& history = report.history;
  const bool done = history.last_step >= report.n_steps && report.n_steps > 0;
  const std::string_view state = done && history.ended ? "finished" : history.ended ? "stopped" : "not ended";
  const double fraction =
      report.n_steps > 0 ? 100 * static_cast<double>(history.last_step) / static_cast<double>(report.n_steps) : 0;
  std::string html = fmt::format(
      "<header>\n<div class=kicker>Genga training report</div>\n<h1>{} <span class=\"chip {}\">{}</span></h1>\n",
      escape_html(report.name.empty() ? report.folder : report.name), done ? "done" : "open", state);
  if (!report.title.empty()) html += fmt::format("<p class=title>{}</p>\n", escape_html(report.title));
  html += fmt::format("<p class=sub>method <b>{}</b> · folder <code>{}</code>{}</p>\n", escape_html(report.method),
                      escape_html(report.folder),
                      history.last_time > 0 ? " · last entry " + time_text(history.last_time) + " UTC" : "");
  html +=
      fmt::format("<div class=progress><div style=\"width:{:.2f}%\"></div></div>\n", std::clamp(fraction, 0.0, 100.0));
  html += "<nav>";
  if (!report.previews.empty()) html += "<a href=\"#samples\">Samples</a>";
  html += "<a href=\"#curves\">Curves</a><a href=\"#model\">Model</a><a href=\"#events\">Events</a>";
  if (!report.history.skipped.empty()) html += "<a href=\"#skipped\">Skipped images</a>";
  return html + "<a href=\"#config\">Config</a></nav>\n</header>\n";
}

std::string tiles(const Report& report) {
  const RunHistory& history = report.history;
  std::string html = "<section class=tiles>\n";
  html += tile("Steps", grouped(history.last_step),
               fmt::format("of {}{}", grouped(report.n_steps), history.phase.empty() ? "" : ", " + history.phase));
  if (history.seconds > 0) {
    const auto starts = std::ranges::count(history.events, RunEvent::Kind::kResume, &RunEvent::kind) + 1;
    html +=
        tile("Training time", duration_text(history.seconds), starts > 1 ? fmt::format("in {} starts", starts) : "");
  }
  if (const Series* speed = find_series(history, "images_per_second")) {
    html += tile("Speed", fmt::format("{:.3g}", recent(*speed)), "images/s");
  }
  if (const Series* memory = find_series(history, "memory")) {
    const double peak = *std::ranges::max_element(memory->values);
    html += tile("Memory", format_bytes(static_cast<std::int64_t>(peak)), "largest logged");
  }
  if (history.photos > 0)
    html +=
        tile("Photos", grouped(history.photos), history.held_out > 0 ? grouped(history.held_out) + " held out" : "");
  html += tile("Style images", grouped(history.styles), "");
  if (!history.skipped.empty()) html += tile("Skipped", grouped(std::ssize(history.skipped)), "unreadable images");
  return html + "</section>\n";
}

std::string problems(const Report& report) {
  std::string html;
  for (const std::string& text : report.problems) html += fmt::format("<p class=problem>{}</p>\n", escape_html(text));
  return html;
}

std::string preview_section(const Report& report) {
  if (report.previews.empty()) return "";
  std::string html = "<section id=samples>\n<h2>Samples</h2>\n<div class=bar>\n";
  if (report.previews.size() > 1) {
    html += fmt::format(
        "<button id=play title=\"play\" aria-label=\"play\">▶</button><button id=back aria-label=\"earlier\">‹</button>"
        "<input id=time type=range min=0 max={0} value={0} aria-label=\"step of the preview\">"
        "<button id=next aria-label=\"later\">›</button>",
        report.previews.size() - 1);
  }
  html += fmt::format("<output id=when>step {}</output>\n</div>\n<div class=previews>\n",
                      grouped(report.previews.back().step));
  for (const ReportPreview& preview : report.previews) {
    html += fmt::format("<img data-step={} width={} height={} alt=\"samples after {} steps\"{} src=\"{}\">\n",
                        preview.step, preview.width, preview.height, preview.step,
                        &preview == &report.previews.back() ? "" : " hidden", preview.data_uri);
  }
  html += "</div>\n";
  if (report.n_previews > std::ssize(report.previews)) {
    html += fmt::format("<p class=note>{} of {} previews, reduced; all of them lie in <code>previews/</code>.</p>\n",
                        report.previews.size(), report.n_previews);
  }
  return html + "</section>\n";
}

std::string chart_section(const Report& report) {
  if (report.history.series.empty())
    return "<section id=curves><h2>Curves</h2><p class=note>No step was logged yet.</p></section>\n";
  std::string html =
      "<section id=curves>\n<h2>Curves</h2>\n<div class=bar>\n"
      "<label>smoothing <input id=smooth type=range min=0 max=0.99 step=0.01 value=0.8><output "
      "id=smoothed></output></label>"
      "<label><input id=log type=checkbox> logarithmic</label>"
      "<label><input id=outliers type=checkbox checked> ignore outliers</label>"
      "<button id=whole hidden>whole run</button>\n</div>\n"
      "<noscript><p class=note>The curves are drawn by a script, which is off; log.jsonl holds their "
      "numbers.</p></noscript>\n";
  for (const TermGroup& group : term_groups()) {
    html += fmt::format("<div class=group data-group=\"{}\"><h3>{}</h3><div class=charts></div></div>\n", group.tag,
                        group.title);
  }
  return html + "<p class=note>Drag over a curve to look closer; double-click for the whole run.</p>\n</section>\n";
}

std::string row(std::string_view key, std::string_view value) {
  return fmt::format("<tr><th>{}</th><td>{}</td></tr>\n", escape_html(key), escape_html(value));
}

std::string model_section(const Report& report) {
  std::string html = "<section id=model>\n<h2>Model</h2>\n";
  if (!report.model) return html + "<p class=note>No checkpoint was written yet.</p>\n</section>\n";
  const weights::ModelCard& card = report.model->card;
  html += "<table>\n";
  for (const auto& [key, value] : {std::pair<std::string_view, std::string>{"file", report.model->file},
                                   {"architecture", card.architecture},
                                   {"parameters", grouped(report.model->n_parameters)},
                                   {"licence", card.licence},
                                   {"attribution", card.attribution},
                                   {"data", card.data},
                                   {"recipe", card.recipe},
                                   {"limits", card.limits},
                                   {"SHA-256", report.model->sha256}}) {
    html += row(key, value.empty() ? "not stated" : value);
  }
  return html + fmt::format("</table>\n<pre>genga {} -m {}/{}{}</pre>\n</section>\n",
                            report.model->from_noise ? "sample" : "stylize", escape_html(report.folder),
                            escape_html(report.model->file), report.model->from_noise ? "" : " photo.jpg");
}

std::string event_row(std::string_view kind, std::string_view step, double time, std::string_view text) {
  return fmt::format("<tr class={}><td class=num>{}</td><td>{}</td><td class=time>{}</td></tr>\n", kind, step,
                     escape_html(text), time_text(time));
}

std::string_view kind_name(RunEvent::Kind kind) {
  constexpr std::string_view kNames[] = {"start", "resume", "phase", "checkpoint", "rollback", "end"};
  return kNames[static_cast<std::size_t>(kind)];
}

/// Checkpoints in a row make one line.
std::string event_section(const RunHistory& history) {
  std::string html =
      "<section id=events>\n<h2>Events</h2>\n<div class=scroll><table class=events>\n<tr><th>step</th><th>what</th>"
      "<th class=time>time (UTC)</th></tr>\n";
  const auto is_checkpoint = [](const RunEvent& event) { return event.kind == RunEvent::Kind::kCheckpoint; };
  for (auto it = history.events.begin(); it != history.events.end();) {
    const auto end = is_checkpoint(*it) ? std::find_if_not(it, history.events.end(), is_checkpoint) : it + 1;
    const RunEvent& last = *(end - 1);
    if (end - it > 1) {
      html += event_row("checkpoint", grouped(it->step) + " … " + grouped(last.step), last.time,
                        fmt::format("{} checkpoints", end - it));
    } else {
      html += event_row(kind_name(it->kind), grouped(it->step), it->time, it->text);
    }
    it = end;
  }
  return html + "</table></div>\n</section>\n";
}

std::string skipped_section(const RunHistory& history) {
  if (history.skipped.empty()) return "";
  std::string html = fmt::format(
      "<section id=skipped>\n<h2>Skipped images</h2>\n<details{}><summary>{} could not be used</summary>\n"
      "<div class=scroll><table>\n",
      history.skipped.size() <= 10 ? " open" : "", grouped(std::ssize(history.skipped)));
  const std::size_t n = std::min(history.skipped.size(), kMaxSkippedShown);
  for (std::size_t i = 0; i < n; ++i) html += row(history.skipped[i].path, history.skipped[i].reason);
  html += "</table></div>\n";
  if (n < history.skipped.size()) {
    html += fmt::format("<p class=note>And {} more in log.jsonl.</p>\n", history.skipped.size() - n);
  }
  return html + "</details>\n</section>\n";
}

std::string config_section(const Report& report) {
  std::string html = "<section id=config>\n<h2>Config</h2>\n<div class=config>\n";
  for (const ConfigGroup& group : report.config) {
    html += fmt::format("<div><h3>{}</h3><table>\n", escape_html(group.title));
    for (const auto& [key, value] : group.rows) html += row(key, value);
    html += "</table></div>\n";
  }
  return html + "</div>\n</section>\n";
}

/// What report.js draws.
std::string chart_data(const Report& report) {
  nlohmann::ordered_json data;
  data["series"] = nlohmann::ordered_json::array();
  for (const Series& series : report.history.series) {
    const bool constant = std::ranges::count(series.values, series.values.front()) == std::ssize(series.values);
    if (series.name == "rate" && constant) continue;  // only a rollback makes it worth a look
    const Series thin = thinned(series, kChartBuckets);
    nlohmann::ordered_json values = nlohmann::ordered_json::array();
    for (const double value : thin.values) values.push_back(std::stod(fmt::format("{:.5g}", value)));
    data["series"].push_back(
        {{"name", series.name}, {"group", group_of(series.name).tag}, {"x", thin.steps}, {"y", values}});
  }
  data["marks"] = nlohmann::ordered_json::array();
  for (const RunEvent& event : report.history.events) {
    if (event.kind == RunEvent::Kind::kResume || event.kind == RunEvent::Kind::kRollback ||
        event.kind == RunEvent::Kind::kPhase) {
      data["marks"].push_back({{"step", event.step}, {"kind", kind_name(event.kind)}, {"text", event.text}});
    }
  }
  std::string text = data.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  for (std::size_t at = 0; (at = text.find('<', at)) != std::string::npos;) text.replace(at, 1, "\\u003c");
  return text;
}

}  // namespace

std::string report_page(const Report& report) {
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
      "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
      // Nothing may be fetched: the page is whole, and stays so.
      "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; img-src data:; style-src "
      "'unsafe-inline'; "
      "script-src 'unsafe-inline'\">\n<title>{} · Genga training "
      "report</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n",
      escape_html(report.name.empty() ? report.folder : report.name), k_report_css);
  html += header(report) + tiles(report) + problems(report) + preview_section(report) + chart_section(report);
  html += "<div class=columns>\n" + model_section(report) + event_section(report.history) + "</div>\n";
  html += skipped_section(report.history) + config_section(report);
  html += fmt::format(
      "</main>\n<script type=application/json id=data>{}</script>\n<script>\n{}</script>\n</body>\n</html>\n",
      chart_data(report), k_report_js);
  return html;
}

}  // namespace genga::train
