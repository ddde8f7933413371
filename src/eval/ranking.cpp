// Orders the rows of a report: models that keep the photos' content first, by their mean rank.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "eval/measures/metrics.h"

namespace genga::eval {
namespace {

double value_of(const Row& row, std::size_t metric) {
  const double value = row.values[metric];
  return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
}

/// The keys that rows are sorted by, the first one first.
struct Place {
  std::size_t row = 0;
  bool failed = false, loses_content = false;
  double mean_rank = 0, first_value = 0;
};

bool before(const Place& a, const Place& b) {
  if (a.failed != b.failed) return b.failed;
  if (a.loses_content != b.loses_content) return b.loses_content;
  if (a.mean_rank != b.mean_rank) return a.mean_rank < b.mean_rank;
  return a.first_value < b.first_value;
}

/// 1 + the number of rows that are better, so equal values share a rank.
int rank_in(const Report& report, const Row& row, std::size_t metric) {
  int rank = 1;
  for (const Row& other : report.rows) {
    if (other.error.empty() && value_of(other, metric) < value_of(row, metric)) ++rank;
  }
  return rank;
}

}  // namespace

void rank(Report& report) {
  const auto edges = static_cast<std::size_t>(find_metric(report, kEdges));
  const auto structure = static_cast<std::size_t>(find_metric(report, kStructure));
  std::vector<std::size_t> by;
  for (std::size_t m = 0; m < report.metrics.size(); ++m) {
    if (report.metrics[m].ranks) by.push_back(m);
  }
  std::vector<Place> places;
  for (std::size_t i = 0; i < report.rows.size(); ++i) {
    Row& row = report.rows[i];
    Place place{.row = i, .failed = !row.error.empty()};
    if (!place.failed) {
      row.keeps_content = row.values[edges] >= report.min_edges && row.values[structure] >= report.min_structure;
      place.loses_content = !row.keeps_content;
      for (const std::size_t m : by) place.mean_rank += rank_in(report, row, m) / static_cast<double>(by.size());
      place.first_value = by.empty() ? 0 : value_of(row, by.front());
    }
    places.push_back(place);
  }
  std::stable_sort(places.begin(), places.end(), before);
  std::vector<Row> sorted;
  for (const Place& place : places) {
    Row& row = sorted.emplace_back(std::move(report.rows[place.row]));
    row.rank = place.failed ? 0 : static_cast<int>(sorted.size());
  }
  report.rows = std::move(sorted);
}

}  // namespace genga::eval
