// The report as one HTML page: table, images, explanations, notes. Nothing is loaded from elsewhere.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "eval/data_uri.h"
#include "genga/eval.h"
#include "genga/text.h"

namespace genga::eval {
namespace {

constexpr std::size_t kMaxResults = 6;  // at most so many, beside each photo
constexpr std::size_t kColumns = 6;     // of the grid; with few results several photos share a line

constexpr const char* kStyle = R"(<style>
:root { color-scheme: light dark; --line: #8884; --good: #2a7d4f; --bad: #b3452c; }
@media (prefers-color-scheme: dark) { :root { --good: #5cc48c; --bad: #f08a6c; } }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: .2rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; } th, td { padding: .35rem .5rem; border-bottom: 1px solid var(--line); }
td { text-align: right; font-variant-numeric: tabular-nums; } th { text-align: right; font-weight: 600;
vertical-align: bottom; }
th:nth-child(2), td:nth-child(2) { text-align: left; }
tr.photos { color: GrayText; } td.best { font-weight: 700; color: var(--good); } td.bad { color: var(--bad); }
.error { text-align: left; color: var(--bad); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; }
dt { font-weight: 600; } dd { margin: 0; }
.images { display: grid; gap: .6rem; grid-template-columns: repeat(var(--columns), minmax(0, var(--side))); }
.images figure { margin: 0; } .images img { width: 100%; display: block; border-radius: 4px; }
figcaption { font-size: .85rem; color: GrayText; overflow-wrap: anywhere; }
@media (max-width: 40rem) { dl { display: block; } dd { margin-bottom: .5rem; }
.images { grid-template-columns: repeat(var(--phone), 1fr); } }
</style>)";

std::string number(double value) {
  return std::isnan(value) ? "–" : fmt::format("{:.4g}", value);
}

bool is_best(const Report& report, std::size_t metric, double value) {
  for (const Row& row : report.rows) {
    if (!row.error.empty() || std::isnan(row.values[metric])) continue;
    if (report.metrics[metric].low_is_better ? row.values[metric] < value : row.values[metric] > value) return false;
  }
  return !std::isnan(value);
}

bool is_below_bound(const Report& report, std::size_t metric, double value) {
  const std::string& name = report.metrics[metric].name;
  return (name == "edges" && value < report.min_edges) || (name == "structure" && value < report.min_structure);
}

std::string table_row(const Report& report, const Row& row, bool is_photos) {
  std::string html = fmt::format("<tr{}><td>{}</td><td>{}</td>", is_photos ? " class=photos" : "",
                                 row.rank > 0 ? std::to_string(row.rank) : "", escape_html(row.label));
  if (!row.error.empty()) {
    return html +
           fmt::format("<td class=error colspan={}>{}</td></tr>\n", report.metrics.size() + 1, escape_html(row.error));
  }
  for (std::size_t m = 0; m < report.metrics.size(); ++m) {
    const double value = row.values[m];
    const bool best = !is_photos && report.rows.size() > 1 && is_best(report, m, value);
    const bool bad = !is_photos && is_below_bound(report, m, value);
    html += fmt::format("<td{}>{}</td>", bad ? " class=bad" : best ? " class=best" : "", number(value));
  }
  return html + (is_photos ? "<td></td></tr>\n" : fmt::format("<td>{:.2f} s</td></tr>\n", row.seconds_per_image));
}

std::string table(const Report& report) {
  std::string html = "<div class=scroll><table><tr><th></th><th></th>";
  for (const Metric& metric : report.metrics) {
    html += fmt::format("<th title=\"{}\">{} {}</th>", escape_html(metric.meaning), escape_html(metric.name),
                        metric.low_is_better ? "↓" : "↑");
  }
  html += "<th>per image</th></tr>\n" + table_row(report, report.photos, true);
  for (const Row& row : report.rows) html += table_row(report, row, false);
  return html + "</table></div>\n";
}

std::string explanations(const Report& report) {
  std::string html = "<h2>What the numbers mean</h2>\n<dl>\n";
  for (const Metric& metric : report.metrics) {
    html += fmt::format("<dt>{} {}</dt><dd>{}{}</dd>\n", escape_html(metric.name), metric.low_is_better ? "↓" : "↑",
                        escape_html(metric.meaning), metric.ranks ? "; <b>ranks</b>" : "");
  }
  html +=
      "</dl>\n<p>↓ less is better, ↑ more is better. Order: by the mean of the ranks in the metrics marked "
      "<b>ranks</b>; ";
  return html + fmt::format(
                    "checkpoints with edges below {:g} or structure below {:g} come last. The row "
                    "<i>photos</i> is what doing nothing scores.</p>\n",
                    report.min_edges, report.min_structure);
}

std::string notes(const Report& report) {
  if (report.notes.empty()) return "";
  std::string html = "<h2>To keep in mind</h2>\n<ul>\n";
  for (const std::string& note : report.notes) html += fmt::format("<li>{}</li>\n", escape_html(note));
  return html + "</ul>\n";
}

std::string figure(const image::Image& image, const std::string& caption) {
  return fmt::format("<figure><img src=\"{}\" alt=\"{}\"><figcaption>{}</figcaption></figure>\n", data_uri(image),
                     escape_html(caption), escape_html(caption));
}

std::string images(const Report& report) {
  std::vector<const Row*> shown;
  for (const Row& row : report.rows) {
    if (row.error.empty() && shown.size() < kMaxResults) shown.push_back(&row);
  }
  if (shown.empty() || report.photos.images.empty()) return "";
  const std::size_t group = shown.size() + 1;
  std::string html = fmt::format(
      "<h2>Photos and results</h2>\n<div class=images style=\"--columns: {}; --phone: {}; --side: {}px\">\n",
      group * std::max<std::size_t>(1, kColumns / group), group <= 3 ? group : 2, report.size_px);
  for (std::size_t i = 0; i < report.photos.images.size(); ++i) {
    html += figure(report.photos.images[i], "photo");
    for (const Row* row : shown) html += figure(row->images[i], fmt::format("{}. {}", row->rank, row->label));
  }
  return html + "</div>\n";
}

}  // namespace

std::string html_report(const Report& report) {
  std::string counts = fmt::format("{} photos against {} style images, each {} × {} px", report.n_photos,
                                   report.n_style, report.size_px, report.size_px);
  if (report.n_frames > 0) counts += fmt::format("; video of {} frames", report.n_frames);
  return "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
         "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n<title>Genga evaluation</title>\n" +
         std::string(kStyle) + "\n</head>\n<body>\n<h1>Which checkpoint is best</h1>\n<p>" + counts + "</p>\n" +
         table(report) + images(report) + explanations(report) + notes(report) + "</body>\n</html>\n";
}

}  // namespace genga::eval
