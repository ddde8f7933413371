// Trajectories as JSON: written once, compared with tolerance afterwards.
#include "methods/golden.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "genga/base.h"

namespace genga::train {
namespace {

// Other instruction sets round differently, and two networks that are trained against each other amplify it. Measured
// over SSE4.1, AVX2, AVX-512, two sets of OpenBLAS kernels, and LibTorch 1.13 and 2.6: no loss leaves these bounds in
// the first three steps, and no gradient norm in the first step in which it appears; later, losses differ by at
// most 4.5 times as much, gradient norms by 3.9 times in the first three steps in which they appear, and by anything
// afterwards.
constexpr double kRelative = 0.02, kAbsolute = 2e-3;
constexpr double kLaterFactor = 8;
constexpr std::size_t kFirstSteps = 3;

nlohmann::ordered_json to_json(const std::vector<Terms>& steps) {
  auto json = nlohmann::ordered_json::array();
  for (const Terms& terms : steps) {
    nlohmann::ordered_json row;
    for (const auto& [name, value] : terms) row[name] = std::round(value * 1e6) / 1e6;
    json.push_back(std::move(row));
  }
  return json;
}

}  // namespace

void expect_golden(const std::string& name, const std::vector<Terms>& steps) {
  const std::string path = std::string(GENGA_SOURCE_DIR) + "/tests/methods/golden/" + name + ".json";
  if (std::getenv("GENGA_WRITE_GOLDEN") != nullptr) {
    std::string text = "[\n";
    for (const auto& row : to_json(steps)) text += (text.size() > 2 ? ",\n" : "") + row.dump();
    write_file(path, text + "\n]\n");
    return;
  }
  std::ifstream file(path);
  ASSERT_TRUE(file) << path << " is missing; record it with GENGA_WRITE_GOLDEN=1";
  const auto golden = nlohmann::json::parse(file);
  ASSERT_EQ(golden.size(), steps.size());
  std::map<std::string, std::size_t> first_step;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    ASSERT_EQ(golden[i].size(), steps[i].size()) << "step " << i;
    for (const auto& [term, value] : steps[i]) {
      ASSERT_TRUE(golden[i].contains(term)) << term << " at step " << i;
      const std::size_t age = i - first_step.try_emplace(term, i).first->second;
      if (term.starts_with("grad_") && age >= kFirstSteps) {
        EXPECT_TRUE(std::isfinite(value)) << term << " at step " << i;
        continue;
      }
      const double expected = golden[i][term];
      const bool is_later = i >= kFirstSteps || (term.starts_with("grad_") && age > 0);
      const double factor = is_later ? kLaterFactor : 1;
      EXPECT_NEAR(value, expected, factor * (kAbsolute + kRelative * std::abs(expected))) << term << " at step " << i;
    }
  }
}

}  // namespace genga::train
