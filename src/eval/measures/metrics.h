// The columns of a report.
#pragma once

#include <string>
#include <vector>

#include "eval/feature_net.h"
#include "genga/eval.h"

namespace genga::eval {

inline constexpr std::string_view kEdges = "edges";
inline constexpr std::string_view kStructure = "structure";

/// A network and the names of its two distances.
struct NamedNet {
  std::string frechet, kernel;  // "FID", "KID"; "FD-squeezenet", "KD-squeezenet"
};

/// In the order of Row::values: two for each network, then SWD, edges, structure, color drift, checkerboard, edge
/// width, thin, flat, skin light, skin hue, blown, and warping if there is a video.
std::vector<Metric> metrics_of(const std::vector<NamedNet>& nets, bool video);

/// Position of a metric; -1 if absent.
int find_metric(const Report& report, std::string_view name);

}  // namespace genga::eval
