// Finds hashes that differ in few bits (multi-index hashing, Norouzi, Punjani and Fleet 2012): if
// two hashes differ in at most 11 bits, one of their four quarters differs in at most 2, so only such quarters are
// looked up.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace genga::curate {

class PerceptualIndex {
 public:
  static constexpr int kRadius = 10;
  explicit PerceptualIndex(std::span<const std::uint64_t> hashes);
  /// Adds to `found` the indices of all hashes within kRadius bits of `hash`; some may be added several times.
  /// Threads: any.
  void find(std::uint64_t hash, std::vector<std::uint32_t>& found) const;

 private:
  struct Table {
    std::vector<std::uint32_t> begin, items;  // items of quarter q: begin[q] .. begin[q + 1]
  };
  std::vector<std::uint64_t> hashes_;
  std::array<Table, 4> tables_;
};

}  // namespace genga::curate
