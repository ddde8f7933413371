// Reads torchrun's and Slurm's environment variables.
#include "train/distributed/launch.h"

#include <array>
#include <charconv>
#include <cstdlib>
#include <span>

#include "genga/error.h"

namespace genga::train {
namespace {

constexpr std::uint16_t kFirstSlurmPort = 15000;  // below the ports that Linux gives to outgoing connections
constexpr std::uint16_t kSlurmPorts = 16000;

std::int64_t number(const Lookup& lookup, const char* name, std::int64_t low, std::int64_t high) {
  const std::string text = lookup(name).value_or("");
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < low || value > high) {
    fail(ErrorCode::kInvalidArgument, "environment variable {}: is '{}', expected a whole number {} to {}", name, text,
         low, high);
  }
  return value;
}

/// Throws unless all of a launcher's variables are there.
void expect_all(const Lookup& lookup, std::span<const char* const> names, const char* cure) {
  std::string missing, found;
  for (const char* name : names) {
    std::string& list = lookup(name) ? found : missing;
    list += (list.empty() ? "" : ", ") + std::string(name);
  }
  if (!missing.empty()) {
    fail(ErrorCode::kInvalidArgument, "environment: {} set without {}; {}", found, missing, cure);
  }
}

constexpr std::array kTorchrun{"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"};
constexpr std::array kSlurm{"SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID", "SLURM_JOB_NODELIST", "SLURM_JOB_ID"};

void read_ranks(Launch& launch, const Lookup& lookup, const char* rank, const char* count, const char* local) {
  launch.count = static_cast<int>(number(lookup, count, 1, 1 << 20));
  launch.rank = static_cast<int>(number(lookup, rank, 0, launch.count - 1));
  if (lookup(local)) launch.local_rank = static_cast<int>(number(lookup, local, 0, launch.count - 1));
}

Launch from_torchrun(const Lookup& lookup) {
  expect_all(lookup, kTorchrun, "start all processes with torchrun, or unset them to train in one process");
  Launch launch;
  read_ranks(launch, lookup, "RANK", "WORLD_SIZE", "LOCAL_RANK");
  launch.host = *lookup("MASTER_ADDR");
  launch.port = static_cast<std::uint16_t>(number(lookup, "MASTER_PORT", 1, 65535));
  launch.store_exists = lookup("TORCHELASTIC_USE_AGENT_STORE") == "True";
  launch.store_prefix = "genga/" + lookup("TORCHELASTIC_RESTART_COUNT").value_or("0");
  return launch;
}

Launch from_slurm(const Lookup& lookup) {
  expect_all(lookup, kSlurm, "start all processes with srun, or unset them to train in one process");
  Launch launch;
  read_ranks(launch, lookup, "SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID");
  launch.host = lookup("MASTER_ADDR").value_or(first_host(*lookup("SLURM_JOB_NODELIST")));
  launch.port =
      lookup("MASTER_PORT")
          ? static_cast<std::uint16_t>(number(lookup, "MASTER_PORT", 1, 65535))
          : static_cast<std::uint16_t>(kFirstSlurmPort + number(lookup, "SLURM_JOB_ID", 0, INT64_MAX) % kSlurmPorts);
  launch.store_prefix = "genga/" + lookup("SLURM_STEP_ID").value_or("0");
  return launch;
}

Launch with_timeout(Launch launch, const Lookup& lookup) {
  constexpr const char* kName = "GENGA_RANK_TIMEOUT";
  if (lookup(kName)) launch.timeout_s = static_cast<int>(number(lookup, kName, 1, 86400));
  return launch;
}

}  // namespace

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

std::optional<Launch> find_launch(const Lookup& lookup) {
  // MASTER_* alone may be left over in a shell; a rank or a count is meant.
  if (lookup("RANK") || lookup("WORLD_SIZE")) return with_timeout(from_torchrun(lookup), lookup);
  // SLURM_PROCID is set by srun only; a batch script's own shell has one task without it being meant to be shared.
  if (lookup("SLURM_PROCID") && lookup("SLURM_NTASKS") != "1") return with_timeout(from_slurm(lookup), lookup);
  return std::nullopt;
}

std::string first_host(const std::string& node_list) {
  const std::size_t open = node_list.find('['), comma = node_list.find(',');
  if (open == std::string::npos || comma < open) return node_list.substr(0, comma);
  const std::size_t end = node_list.find_first_of(",-]", open);
  if (end == std::string::npos) {
    fail(ErrorCode::kInvalidArgument, "environment variable SLURM_JOB_NODELIST: '{}' lacks a ']'", node_list);
  }
  const std::size_t close = node_list.find(']', open);
  const std::size_t after = node_list.find_first_of(",[", close);
  std::string host = node_list.substr(0, open) + node_list.substr(open + 1, end - open - 1);
  if (close != std::string::npos)
    host += node_list.substr(close + 1, after == std::string::npos ? after : after - close - 1);
  return host;
}

}  // namespace genga::train
