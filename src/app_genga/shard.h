// Which fraction of the work this process does, when several machines share it.
#pragma once

#include <string>

namespace genga::cli {

/// Number `index` of `count`, from 0.
struct Shard {
  int index = 0, count = 1;

  /// Whether item i is this shard's; items are dealt in turn.
  bool has(std::size_t i) const { return i % static_cast<std::size_t>(count) == static_cast<std::size_t>(index); }
};

/// "2/5", from 1; "auto": as Slurm's array says (SLURM_ARRAY_TASK_ID, _MIN, _COUNT); "auto/5": Kubernetes'
/// JOB_COMPLETION_INDEX of 5, or Slurm's. Throws Error: kInvalidArgument.
Shard parse_shard(const std::string& text);

}  // namespace genga::cli
