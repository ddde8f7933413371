// Four tables, one for each quarter of the hash, sorted by counting.
#include "curate/clean/perceptual_index.h"

#include <bit>

namespace genga::curate {
namespace {

constexpr std::size_t kQuarters = 1 << 16;

std::size_t quarter(std::uint64_t hash, std::size_t table) {
  return static_cast<std::size_t>(hash >> (16 * table) & 0xFFFF);
}

/// All 16-bit numbers with at most two bits set.
const std::vector<std::uint32_t>& small_changes() {
  static const std::vector<std::uint32_t> changes = [] {
    std::vector<std::uint32_t> all;
    for (std::uint32_t v = 0; v < kQuarters; ++v) {
      if (std::popcount(v) <= 2) all.push_back(v);
    }
    return all;
  }();
  return changes;
}

}  // namespace

PerceptualIndex::PerceptualIndex(std::span<const std::uint64_t> hashes) : hashes_(hashes.begin(), hashes.end()) {
  for (std::size_t t = 0; t < tables_.size(); ++t) {
    Table& table = tables_[t];
    table.begin.assign(kQuarters + 1, 0);
    table.items.resize(hashes_.size());
    for (const std::uint64_t hash : hashes_) ++table.begin[quarter(hash, t) + 1];
    for (std::size_t q = 0; q < kQuarters; ++q) table.begin[q + 1] += table.begin[q];
    std::vector<std::uint32_t> next(table.begin.begin(), table.begin.end() - 1);
    for (std::uint32_t i = 0; i < hashes_.size(); ++i) table.items[next[quarter(hashes_[i], t)]++] = i;
  }
}

void PerceptualIndex::find(std::uint64_t hash, std::vector<std::uint32_t>& found) const {
  for (std::size_t t = 0; t < tables_.size(); ++t) {
    for (const std::uint32_t change : small_changes()) {
      const std::size_t q = quarter(hash, t) ^ change;
      for (std::uint32_t k = tables_[t].begin[q]; k < tables_[t].begin[q + 1]; ++k) {
        const std::uint32_t i = tables_[t].items[k];
        if (std::popcount(hashes_[i] ^ hash) <= kRadius) found.push_back(i);
      }
    }
  }
}

}  // namespace genga::curate
