// Which images of a set are copies of others.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "curate/clean/signature.h"
#include "genga/base.h"

namespace genga::curate {

/// What copies of an image are recognized by.
struct ImageFingerprint {
  std::string sha256{};
  double pixel_hash = 0;                 // of the decoded image
  const Signature* signature = nullptr;  // null: only exact copies are looked for
};

struct Copy {
  std::size_t of = 0;  // an earlier one that is no copy itself
  enum class Kind { kSameBytes, kSamePixels, kAlike } kind = Kind::kSameBytes;
  double similarity = 1;  // kAlike
  bool mirrored = false;
};

struct DuplicateOptions {
  bool exact = true;
  std::optional<double> min_similarity{};  // none: near copies are not looked for
  int threads = 1;
  const CancelToken* cancel = nullptr;
};

/// images: best first; of two that are alike the earlier one is kept. Returns for each what it is a copy of, or
/// nothing. Near copies: re-encoded, resized, mirrored, brightened, cut by up to a tenth. Throws Error: kCancelled.
std::vector<std::optional<Copy>> find_copies(std::span<const ImageFingerprint> images, const DuplicateOptions& options);

}  // namespace genga::curate
