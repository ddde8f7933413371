// Shards from options and from what clusters put into the environment.
#include "app_genga/shard.h"

#include <cstdlib>
#include <optional>

#include "cli/checks.h"
#include "genga/error.h"

namespace genga::cli {
namespace {

constexpr int kMaxShards = 1'000'000;

std::optional<int> number_in_environment(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? std::nullopt : parse_number<int>(text);
}

Shard shard_of_environment(std::optional<int> count) {
  std::optional<int> index = number_in_environment("JOB_COMPLETION_INDEX");
  if (const auto task = number_in_environment("SLURM_ARRAY_TASK_ID")) {
    index = *task - number_in_environment("SLURM_ARRAY_TASK_MIN").value_or(0);
    if (!count) count = number_in_environment("SLURM_ARRAY_TASK_COUNT");
  }
  if (!index) {
    fail(ErrorCode::kInvalidArgument,
         "'auto' needs SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX in the environment; give K/N");
  }
  if (!count) {
    fail(ErrorCode::kInvalidArgument, "'auto' needs the number of shards, which Kubernetes does not tell: give auto/N");
  }
  if (*index < 0 || *index >= *count) {
    fail(ErrorCode::kInvalidArgument, "the environment says shard {} of {}, expected 0 to {}", *index, *count,
         *count - 1);
  }
  return {.index = *index, .count = *count};
}

}  // namespace

Shard parse_shard(const std::string& text) {
  if (text == "auto") return shard_of_environment(std::nullopt);
  const auto slash = text.find('/');
  const auto count = slash == std::string::npos ? std::nullopt : parse_number<int>(text.substr(slash + 1));
  const bool good_count = count && *count >= 1 && *count <= kMaxShards;
  if (good_count && text.substr(0, slash) == "auto") return shard_of_environment(count);
  const auto index = slash == std::string::npos ? std::nullopt : parse_number<int>(text.substr(0, slash));
  if (good_count && index && *index >= 1 && *index <= *count) return {.index = *index - 1, .count = *count};
  fail(ErrorCode::kInvalidArgument, "is '{}', expected K/N with K from 1 to N, auto or auto/N", text);
}

}  // namespace genga::cli
