// The processes that train one style together, through LibTorch's c10d: Gloo between CPUs, NCCL between GPUs where
// LibTorch was built with it (else Gloo through main memory).
//
// Usual calls:  World world = join_world({.device = device});   // one process if no launcher started it
//               optimizer.average_over(world);                   // each step then uses the mean gradient of all ranks
//               flags[0] = cancelled;  world.any(flags);         // the same answer everywhere
// Every rank makes the same calls in the same order, from one thread at a time. With one rank all of them do nothing.
// Signals and environment variables are the program's: it ignores SIGPIPE and, for GPUs, sets
// TORCH_NCCL_BLOCKING_WAIT=1 (genga/train.h). A rank that ends closes its connections: the others' calls fail at once;
// one that hangs or cannot be reached makes them fail after `timeout`. All calls throw Error: kIo then, saying so.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "genga/weights.h"
#include "torchnet/aten.h"
#include "train/distributed/launch.h"

namespace genga::train {

struct WorldOptions {
  at::Device device = at::kCPU;       // where gradients are
  std::chrono::seconds timeout{600};  // longest wait for another rank; must exceed what rank 0 does alone (previews)
};

class World {
 public:
  /// A world of one.
  World();
  /// Meets the other ranks: returns when all are there. Throws Error: kIo (not within the timeout), kInvalidArgument.
  World(const Launch& launch, const WorldOptions& options);
  World(World&&) noexcept;
  World& operator=(World&&) noexcept;
  ~World();

  int rank() const { return rank_; }
  int count() const { return count_; }
  /// The one that writes files and speaks to people.
  bool is_first() const { return rank_ == 0; }
  /// Where tensors for start_sum must be.
  at::Device buffer_device() const { return buffer_device_; }

  /// A sum on its way.
  class Pending {
   public:
    Pending();
    Pending(Pending&&) noexcept;
    Pending& operator=(Pending&&) noexcept;
    ~Pending();
    /// The tensor then holds the sum.
    void wait();

   private:
    friend class World;
    struct Work;
    std::unique_ptr<Work> work_;
  };
  /// Begins to sum a contiguous tensor over all ranks, in place; it must stay untouched until wait(). The result has
  /// the same bits on every rank.
  Pending start_sum(const at::Tensor& tensor);

  /// Each value becomes its mean over all ranks; one that is not finite anywhere is not finite everywhere.
  void average(std::span<double> values);
  /// Each flag becomes true if it is true on any rank.
  void any(std::span<bool> flags);
  /// Everyone gets what rank 0 has.
  void broadcast(std::string& bytes);
  void broadcast(weights::TensorMap& tensors);
  /// Throws Error: kInvalidArgument on every rank if `text` differs between ranks; what: its name, e.g. "config".
  void expect_same(std::string_view what, std::string_view text);

 private:
  struct Group;

  int rank_ = 0, count_ = 1;
  at::Device buffer_device_ = at::kCPU;
  std::unique_ptr<Group> group_;  // null in a world of one
};

/// The world that the launcher's environment variables describe; a world of one without them. GENGA_RANK_TIMEOUT
/// (seconds) overrides the timeout.
World join_world(const WorldOptions& options, const Lookup& lookup = environment);

}  // namespace genga::train
