// Decodes and measures images in parallel. The measures themselves are in measures.cpp, edge_blur.cpp, noise.cpp and
// text_fraction.cpp.
#include "curate/clean/measure_all.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>

#include "curate/clean/measures.h"
#include "genga/error.h"
#include "genga/thread_pool.h"

namespace genga::curate {
namespace {

constexpr std::size_t kAtOnce = 16;  // images per thread between two checks of cancel and calls of progress
constexpr auto kSaveEvery = std::chrono::seconds(60);

/// FNV-1a over the width and the pixels, 52 bits, which a double holds exactly. Not stable_hash, which takes bytes: the
/// width is one step of 64 bits here, and manifests hold the results.
double pixel_hash(const image::Image& image) {
  std::uint64_t hash = 0xCBF29CE484222325;
  const auto add = [&](std::uint64_t value) { hash = (hash ^ value) * 0x100000001B3; };
  add(static_cast<std::uint64_t>(image.width));
  for (const std::uint8_t value : image.rgb) add(value);
  return static_cast<double>(hash >> 12 | 1);
}

struct FileMeasures {
  std::map<std::string, double> measures{};
  std::optional<Signature> signature{};
  std::string error{};
};

FileMeasures measure_file(const std::filesystem::path& path) {
  FileMeasures result;
  try {
    const image::EncodedImage source{.path = path};
    image::ReadOptions options;
    const image::Info info = image::RowReader(source, options).info();
    const bool reduced = std::max(info.width, info.height) > kDecodePx;
    if (reduced) options.size.long_side = kDecodePx;
    const image::Image image = image::read_image(source, options);
    const Views views = views_of(image, reduced);
    result.measures = measure(views);
    result.measures["short_side"] = std::min(info.width, info.height);
    result.measures["aspect"] =
        std::max(info.width, info.height) / static_cast<double>(std::min(info.width, info.height));
    result.measures["pixel_hash"] = pixel_hash(image);
    result.signature = signature_of(views.rgb);
  } catch (const Error& error) {
    result.error = error.what();
  }
  return result;
}

void take_over(dataset::Entry& entry, std::size_t index, FileMeasures& result, Signatures& signatures,
               Measured& measured) {
  ++measured.images;
  if (!result.error.empty()) {
    entry.measures.clear();
    measured.unreadable.emplace_back(index, result.error);
    return;
  }
  // What other steps have measured stays.
  for (const auto& [name, value] : result.measures) entry.measures[name] = value;
  signatures[entry.sha256] = *result.signature;
}

}  // namespace

Measured measure_all(dataset::Manifest& manifest, const std::vector<std::size_t>& wanted, Signatures& signatures,
                     const MeasureOptions& options) {
  Measured measured;
  ThreadPool pool(options.threads);
  const std::size_t chunk = kAtOnce * static_cast<std::size_t>(options.threads);
  auto saved = std::chrono::steady_clock::now();
  for (std::size_t begin = 0; begin < wanted.size(); begin += chunk) {
    const std::size_t end = std::min(begin + chunk, wanted.size());
    std::vector<FileMeasures> results(end - begin);
    TaskGroup tasks(pool);
    for (std::size_t i = begin; i < end; ++i) {
      tasks.add([&, i] {
        if (options.cancel == nullptr || !options.cancel->cancelled()) {
          results[i - begin] = measure_file(manifest.folder / manifest.entries[wanted[i]].file);
        }
      });
    }
    tasks.wait();
    for (std::size_t i = begin; i < end; ++i) {
      FileMeasures& result = results[i - begin];
      if (result.signature || !result.error.empty()) {
        take_over(manifest.entries[wanted[i]], wanted[i], result, signatures, measured);
      }
    }
    const bool cancelled = options.cancel != nullptr && options.cancel->cancelled();
    if (options.save && (cancelled || std::chrono::steady_clock::now() - saved > kSaveEvery)) {
      options.save();
      saved = std::chrono::steady_clock::now();
    }
    if (cancelled) options.cancel->check();
    if (options.progress) options.progress(static_cast<std::int64_t>(end), static_cast<std::int64_t>(wanted.size()));
  }
  return measured;
}

}  // namespace genga::curate
