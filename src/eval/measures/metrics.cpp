// The columns of the report: names, which direction is better, meaning.
#include "eval/measures/metrics.h"

namespace genga::eval {

std::vector<Metric> metrics_of(const std::vector<NamedNet>& nets, bool video) {
  std::vector<Metric> metrics;
  for (const NamedNet& net : nets) {
    metrics.push_back({net.frechet, true, false,
                       "Fréchet distance of the results' features to those of the style images; too high when there "
                       "are fewer images than features, so compare it between equal sets only"});
    metrics.push_back({net.kernel, true, true,
                       "Kernel distance of the same features; unbiased, so it suits small sets; can fall below 0"});
  }
  metrics.push_back({"SWD", true, true,
                     "Sliced Wasserstein distance between patches of the results and of the style images at all "
                     "scales: strokes and texture, without a network"});
  metrics.push_back({std::string(kEdges), false, false, "How much of the photo's edges is kept: 1 all, 0 none"});
  metrics.push_back(
      {std::string(kStructure), false, false, "How much of the photo's light and dark areas is kept: 1 all, 0 none"});
  metrics.push_back(
      {"color drift", true, false, "How far large areas changed color (mean CIEDE2000; 1 is just visible)"});
  metrics.push_back(
      {"checkerboard", true, false,
       "Strength of patterns that repeat every 2 or 4 pixels, in levels of 255; compare with the photos'"});
  metrics.push_back({"edge width", true, false,
                     "Median width of the photos' strong edges in the results, as a multiple of their width in the "
                     "photos; below 1 is sharper"});
  metrics.push_back({"thin", false, false,
                     "How much of the photos' thin structures (wires, branches, letters) is kept: 1 all, 0 none"});
  metrics.push_back({"flat", false, false, "Fraction of flat pixels; compare with the photos'"});
  metrics.push_back(
      {"skin light", true, false, "Largest change of the median lightness of a skin tone, in L*; only portraits tell"});
  metrics.push_back(
      {"skin hue", true, false, "Largest change of the median hue of a skin tone, in degrees; only portraits tell"});
  metrics.push_back({"blown", true, false,
                     "Percentage of blown pixels (all channels above 250); compare with the "
                     "photos'"});
  if (video) {
    metrics.push_back(
        {"warping", true, false,
         "Flicker: what changes between a video's frames beside the motion, in levels of 255; the photos' "
         "is the video's own"});
  }
  return metrics;
}

int find_metric(const Report& report, std::string_view name) {
  for (std::size_t i = 0; i < report.metrics.size(); ++i) {
    if (report.metrics[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace genga::eval
