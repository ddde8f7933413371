// What a launcher tells a process about those it trains with: torchrun's or Slurm's environment variables.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace genga::train {

struct Launch {
  int rank = 0, count = 1;  // of all processes
  int local_rank = 0;       // on this machine: number of its GPU
  std::string host;         // where rank 0 keeps the store
  std::uint16_t port = 0;
  bool store_exists = false;          // torchrun's agent already keeps it
  std::string store_prefix;           // own keys after each restart by torchrun
  std::optional<int> timeout_s = {};  // GENGA_RANK_TIMEOUT, seconds to wait for another rank
};

/// Value of an environment variable, if it is set and not empty.
using Lookup = std::function<std::optional<std::string>(const char* name)>;
std::optional<std::string> environment(const char* name);

/// torchrun: RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT, LOCAL_RANK (0 if unset). Slurm (srun with two tasks or more):
/// SLURM_PROCID, SLURM_NTASKS, SLURM_LOCALID, and from SLURM_JOB_NODELIST and SLURM_JOB_ID host and port, which
/// MASTER_ADDR and MASTER_PORT override. torchrun's win. Nothing set: nullopt, training in one process.
/// Throws Error: kInvalidArgument naming the variables of a set that are missing, and values that make no sense.
std::optional<Launch> find_launch(const Lookup& lookup = environment);

/// First host of Slurm's compressed list: "node[03-07,9],login" -> "node03".
std::string first_host(const std::string& node_list);

}  // namespace genga::train
