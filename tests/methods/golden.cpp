// Trajectories as JSON: written once, compared with tolerance afterwards.
#include "methods/golden.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "genga/base.h"

namespace genga::train {
namespace {

// Other vector widths and thread counts round differently, and ten steps of two players against each other amplify it.
constexpr double kRelative = 0.02, kAbsolute = 2e-3;

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
  for (std::size_t i = 0; i < steps.size(); ++i) {
    ASSERT_EQ(golden[i].size(), steps[i].size()) << "step " << i;
    for (const auto& [term, value] : steps[i]) {
      ASSERT_TRUE(golden[i].contains(term)) << term << " at step " << i;
      const double expected = golden[i][term];
      EXPECT_NEAR(value, expected, kAbsolute + kRelative * std::abs(expected)) << term << " at step " << i;
    }
  }
}

}  // namespace genga::train
