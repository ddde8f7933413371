// Finds copies in two steps: perceptual hashes propose pairs, comparing the reduced images confirms them.
#include "curate/clean/duplicates.h"

#include <algorithm>
#include <unordered_map>

#include "curate/clean/perceptual_index.h"
#include "genga/thread_pool.h"

namespace genga::curate {
namespace {

// Copies stay below in the measurements of docs/data.md, different images of one series above.
constexpr double kWorstPart = 18;  // levels
constexpr double kColor = 18;      // levels

/// An image that a worse one may be a copy of.
struct Guess {
  std::uint32_t better = 0;
  bool mirrored = false;
  auto operator<=>(const Guess&) const = default;
};
using Guesses = std::vector<std::vector<Guess>>;  // of each image

/// Margins to cut off before hashing: none, and some that a copy may lack.
const std::vector<Margins>& cuts() {
  static const std::vector<Margins> all = [] {
    std::vector<Margins> cuts{{}, {0.025, 0.025, 0.025, 0.025}, {0.05, 0.05, 0.05, 0.05}};
    constexpr double kCut = 0.05;
    for (const double left : {0.0, kCut / 2, kCut}) {
      for (const double top : {0.0, kCut / 2, kCut}) cuts.push_back({left, top, kCut - left, kCut - top});
    }
    return cuts;
  }();
  return all;
}

std::vector<std::uint64_t> hashes_of(std::span<const ImageFingerprint> images) {
  std::vector<std::uint64_t> hashes;
  for (const auto& i : images) hashes.push_back(i.signature != nullptr ? perceptual_hash(*i.signature) : 0);
  return hashes;
}

/// Runs work(i) for i in begin .. end on the pool.
template <typename Work>
void for_each(ThreadPool& pool, std::size_t begin, std::size_t end, const CancelToken* cancel, const Work& work) {
  constexpr std::size_t kAtOnce = 32;
  TaskGroup tasks(pool);
  for (std::size_t from = begin; from < end; from += kAtOnce) {
    tasks.add([&, from] {
      if (cancel != nullptr) cancel->check();
      for (std::size_t i = from; i < std::min(from + kAtOnce, end); ++i) work(i);
    });
  }
  tasks.wait();
}

/// Pairs by hash alone, in both directions: a may be a crop of b, or b of a. Exact copies are left out: of thousands of
/// empty pages each would be paired with each.
Guesses guess(std::span<const ImageFingerprint> images, const std::vector<std::optional<Copy>>& copies,
              ThreadPool& pool, const CancelToken* cancel) {
  const auto is_asked = [&](std::size_t i) { return images[i].signature != nullptr && !copies[i]; };
  const PerceptualIndex index(hashes_of(images));
  Guesses towards(images.size());
  for_each(pool, 0, images.size(), cancel, [&](std::size_t i) {
    if (!is_asked(i)) return;
    for (const bool flip : {false, true}) {
      const Signature signature = flip ? mirrored(*images[i].signature) : *images[i].signature;
      std::vector<std::uint32_t> near;
      for (const Margins& cut : cuts()) index.find(perceptual_hash(signature, cut), near);
      for (const std::uint32_t k : near) {
        if (k != i && is_asked(k)) towards[i].push_back({k, flip});
      }
    }
    std::sort(towards[i].begin(), towards[i].end());
    towards[i].erase(std::unique(towards[i].begin(), towards[i].end()), towards[i].end());
  });
  Guesses guesses(images.size());
  for (std::uint32_t i = 0; i < towards.size(); ++i) {
    for (const Guess& g : towards[i]) guesses[std::max(i, g.better)].push_back({std::min(i, g.better), g.mirrored});
  }
  for (auto& some : guesses) {
    std::sort(some.begin(), some.end());
    some.erase(std::unique(some.begin(), some.end()), some.end());
  }
  return guesses;
}

/// The guess that the reduced images confirm best.
std::optional<Copy> confirm(const ImageFingerprint& worse, std::span<const Guess> guesses,
                            std::span<const ImageFingerprint> images, const std::vector<std::optional<Copy>>& copies,
                            double min_similarity) {
  std::optional<Copy> best;
  for (const Guess& guess : guesses) {
    if (copies[guess.better]) continue;
    const Signature& better = *images[guess.better].signature;
    const SignatureMatch match = compare(guess.mirrored ? mirrored(better) : better, *worse.signature);
    if (match.worst_part > kWorstPart || match.color > kColor || match.correlation < min_similarity) {
      continue;
    }
    if (!best || match.correlation > best->similarity) {
      best = Copy{guess.better, Copy::Kind::kAlike, match.correlation, guess.mirrored};
    }
  }
  return best;
}

/// A copy must be like the image that is kept, not only like another copy of it. Works in blocks, because it must be
/// known which images are copies before later ones are compared with them.
void find_near(std::span<const ImageFingerprint> images, const DuplicateOptions& options,
               std::vector<std::optional<Copy>>& copies) {
  constexpr std::size_t kLargestBlock = 256;
  std::size_t block = 16;  // small at first, because copies within a block are compared with one another in vain
  ThreadPool pool(options.threads);
  const Guesses guesses = guess(images, copies, pool, options.cancel);
  std::vector<std::optional<Copy>> confirmed(images.size());
  for (std::size_t begin = 0, end = 0; begin < images.size(); begin = end) {
    end = std::min(begin + block, images.size());
    block = std::min(2 * block, kLargestBlock);
    for_each(pool, begin, end, options.cancel, [&](std::size_t i) {
      if (!copies[i]) confirmed[i] = confirm(images[i], guesses[i], images, copies, *options.min_similarity);
    });
    for (std::size_t i = begin; i < end; ++i) {
      // The best may have turned out a copy within this block: ask again, now that all before it are known.
      if (confirmed[i] && copies[confirmed[i]->of]) {
        confirmed[i] = confirm(images[i], guesses[i], images, copies, *options.min_similarity);
      }
      if (confirmed[i]) copies[i] = confirmed[i];
    }
  }
}

void find_exact(std::span<const ImageFingerprint> images, std::vector<std::optional<Copy>>& copies) {
  std::unordered_map<std::string, std::size_t> by_bytes;
  std::unordered_map<double, std::size_t> by_pixels;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const ImageFingerprint& c = images[i];
    if (const auto [same, is_new] = by_bytes.try_emplace(c.sha256, i); !is_new) {
      copies[i] = Copy{.of = same->second, .kind = Copy::Kind::kSameBytes};
    } else if (c.pixel_hash != 0) {
      const auto [like, is_first] = by_pixels.try_emplace(c.pixel_hash, i);
      if (!is_first) copies[i] = Copy{.of = like->second, .kind = Copy::Kind::kSamePixels};
    }
  }
}

}  // namespace

std::vector<std::optional<Copy>> find_copies(std::span<const ImageFingerprint> images,
                                             const DuplicateOptions& options) {
  std::vector<std::optional<Copy>> copies(images.size());
  if (options.exact) find_exact(images, copies);
  if (options.min_similarity) find_near(images, options, copies);
  // What has the same bytes or pixels as a near copy belongs to that one's group.
  for (auto& copy : copies) {
    while (copy && copies[copy->of]) copy->of = copies[copy->of]->of;
  }
  return copies;
}

}  // namespace genga::curate
