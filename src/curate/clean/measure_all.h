// Measures the images of a manifest that are not measured yet.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "curate/clean/signature_cache.h"
#include "genga/base.h"
#include "genga/dataset.h"

namespace genga::curate {

struct MeasureOptions {
  int threads = 1;
  const CancelToken* cancel = nullptr;
  Progress progress{};
  std::function<void()> save{};  // called now and then, and when cancelled
};

struct Measured {
  std::int64_t images = 0;
  std::vector<std::pair<std::size_t, std::string>> unreadable{};  // entry and why
};

/// Fills Entry::measures and `signatures` of entries `wanted`. Throws Error: kCancelled.
Measured measure_all(dataset::Manifest& manifest, const std::vector<std::size_t>& wanted, Signatures& signatures,
                     const MeasureOptions& options);

}  // namespace genga::curate
