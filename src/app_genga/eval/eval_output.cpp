// The table's columns and the document's keys.
#include "app_genga/eval/eval_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "cli/terminal.h"

namespace genga::cli {
namespace {

using Cells = std::vector<std::string>;

std::string number(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.4g}", value);
}

Cells cells_of(const eval::Row& row) {
  Cells cells{row.rank > 0 ? std::to_string(row.rank) : "", printable(row.label)};
  for (const double value : row.values) cells.push_back(number(value));
  cells.push_back(row.rank > 0 ? fmt::format("{:.2f} s", row.seconds_per_image) : "");
  return cells;
}

Json number_json(double value) {
  return std::isnan(value) ? Json(nullptr) : Json(value);
}

Json row_json(const eval::Report& report, const eval::Row& row) {
  Json values = Json::object();
  for (std::size_t m = 0; m < row.values.size(); ++m) values[report.metrics[m].name] = number_json(row.values[m]);
  Json levels = Json::object();
  for (std::size_t i = 0; i < row.swd_levels.size(); ++i) {
    levels[std::to_string(report.level_px[i])] = number_json(row.swd_levels[i]);
  }
  return {{"label", row.label}, {"values", values}, {"swd_levels", levels}};
}

}  // namespace

std::string eval_table(const eval::Report& report) {
  std::vector<Cells> table{{"", ""}};
  for (const auto& metric : report.metrics) {
    table.front().push_back(metric.name + (metric.low_is_better ? " ↓" : " ↑"));
  }
  table.front().push_back("per image");
  table.push_back(cells_of(report.photos));
  for (const auto& row : report.rows) {
    if (row.error.empty()) table.push_back(cells_of(row));
  }
  const auto width = [](const std::string& text) {  // an arrow is one column, but three bytes
    return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
  };
  std::vector<std::int64_t> widths(table.front().size());
  for (const auto& cells : table) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max<std::int64_t>(widths[i], width(cells[i]));
  }
  std::string text;
  for (const auto& cells : table) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string space(static_cast<std::size_t>(widths[i] - width(cells[i])), ' ');
      text += i == 1 ? cells[i] + space : space + cells[i];
      text += i + 1 < cells.size() ? "  " : "\n";
    }
  }
  return text;
}

Json eval_json(const eval::Report& report) {
  Json metrics = Json::array();
  for (const auto& metric : report.metrics) {
    metrics.push_back({{"name", metric.name},
                       {"better", metric.low_is_better ? "low" : "high"},
                       {"ranks", metric.ranks},
                       {"meaning", metric.meaning}});
  }
  Json rows = Json::array();
  for (const auto& row : report.rows) {
    Json json = row_json(report, row);
    json["rank"] = row.rank > 0 ? Json(row.rank) : Json(nullptr);
    json["model"] = row.model;
    json["sha256"] = row.sha256;
    json["keeps_content"] = row.keeps_content;
    json["seconds_per_image"] = row.seconds_per_image;
    json["error"] = row.error.empty() ? Json(nullptr) : Json(row.error);
    rows.push_back(std::move(json));
  }
  return {{"size_px", report.size_px},
          {"photos", report.n_photos},
          {"style_images", report.n_style},
          {"frames", report.n_frames},
          {"min_edges", report.min_edges},
          {"min_structure", report.min_structure},
          {"metrics", metrics},
          {"baseline", row_json(report, report.photos)},
          {"rows", rows},
          {"notes", report.notes}};
}

}  // namespace genga::cli
