// Reads and writes the file .clean-cache.
#include "curate/clean/signature_cache.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "genga/base.h"
#include "genga/error.h"

namespace genga::curate {
namespace fs = std::filesystem;
namespace {

// Then records: 64 hex digits, luma, chroma. The number goes up when measures or signatures change their meaning.
constexpr std::string_view kHead = "genga clean cache 1\n";
constexpr std::size_t kKey = 64, kLuma = Signature{}.luma.size(), kChroma = Signature{}.chroma.size();
constexpr std::size_t kRecord = kKey + kLuma + kChroma;

fs::path cache_path(const fs::path& folder) {
  return folder / ".clean-cache";
}

}  // namespace

Signatures read_signatures(const fs::path& folder) {
  Signatures signatures;
  std::vector<std::byte> bytes;
  try {
    bytes = read_file(cache_path(folder), std::int64_t{1} << 36);
  } catch (const Error&) {
    return signatures;
  }
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!text.starts_with(kHead) || (text.size() - kHead.size()) % kRecord != 0) return signatures;
  for (std::size_t at = kHead.size(); at < text.size(); at += kRecord) {
    Signature& signature = signatures[std::string(text.substr(at, kKey))];
    std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(at + kKey), kLuma, signature.luma.begin());
    std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(at + kKey + kLuma), kChroma, signature.chroma.begin());
  }
  return signatures;
}

void write_signatures(const fs::path& folder, const Signatures& signatures) {
  std::string text(kHead);
  text.reserve(kHead.size() + signatures.size() * kRecord);
  std::vector<const Signatures::value_type*> sorted;
  for (const auto& record : signatures) {
    if (record.first.size() == kKey) sorted.push_back(&record);
  }
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
  for (const auto* record : sorted) {
    text += record->first;
    text.append(record->second.luma.begin(), record->second.luma.end());
    text.append(record->second.chroma.begin(), record->second.chroma.end());
  }
  write_file(cache_path(folder), text);
}

}  // namespace genga::curate
