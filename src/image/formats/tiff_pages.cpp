// Chooses the page of a TIFF file, and tells its alpha from its other extra channels.
#include "image/formats/tiff_pages.h"

#include <algorithm>
#include <array>

#include "genga/error.h"
#include "image/formats/tiff_tags.h"

namespace genga::image {
namespace {

constexpr std::uint16_t kNewSubfileType = 254, kOldSubfileType = 255, kBits = 258, kPhotometric = 262,
                        kSamplesPerPixel = 277, kInkSet = 332, kExtraSamples = 338, kSampleFormat = 339;
enum Photometric : std::uint64_t { kWhiteIsZero, kBlackIsZero, kRgb, kPalette, kMask, kSeparated, kYcbcr, kLab = 8 };
enum SampleFormat : std::uint64_t { kUnsigned = 1, kSigned, kFloat };
constexpr std::uint64_t kReducedOrMask = 1 | 4, kOldReduced = 2, kCmykInks = 1;
constexpr std::uint64_t kPremultiplied = 1, kStraight = 2, kMaxExtraSamples = 64;  // kinds of extra channels

bool is_photo(const TiffTags& tags, const TiffDirectory& page) {
  return (tags.number(page, kNewSubfileType).value_or(0) & kReducedOrMask) == 0 &&
         tags.number(page, kOldSubfileType) != kOldReduced;
}

void check_samples(const TiffTags& tags, const TiffDirectory& page) {
  const std::uint64_t bits = tags.number(page, kBits).value_or(1);
  const std::uint64_t format = tags.number(page, kSampleFormat).value_or(kUnsigned);
  constexpr std::string_view kWanted = "8 or 16 bits, or floats of 32 bits from 0 to 1, were expected";
  if (bits > 32) fail(ErrorCode::kUnsupported, "its samples have {} bits; {}", bits, kWanted);
  if (format == kFloat && bits < 32)
    fail(ErrorCode::kUnsupported, "its samples are floats of {} bits; {}", bits, kWanted);
  if (format == kSigned) fail(ErrorCode::kUnsupported, "its samples are signed numbers; {}", kWanted);
  if (format > kFloat + 1) fail(ErrorCode::kUnsupported, "its samples are complex numbers; {}", kWanted);
  if (format == kFloat && tags.number(page, kExtraSamples) == kPremultiplied) {
    fail(ErrorCode::kUnsupported, "its samples are floats multiplied by their alpha; save it with straight alpha");
  }
  if (tags.number(page, kPhotometric) == kSeparated && tags.number(page, kInkSet).value_or(kCmykInks) != kCmykInks) {
    fail(ErrorCode::kUnsupported, "its {} inks are not cyan, magenta, yellow and black; export it as RGB",
         tags.number(page, kSamplesPerPixel).value_or(1));
  }
}

int color_channels(std::uint64_t photometric) {
  switch (photometric) {
    case kWhiteIsZero:
    case kBlackIsZero:
    case kPalette:  // its index
      return 1;
    case kSeparated:
      return 4;
    default:
      return 3;
  }
}

SampleMeaning meaning_of(const TiffTags& tags, const TiffDirectory& page) {
  SampleMeaning meaning{.srgb_floats = true};
  const TiffEntry* extra = page.find(kExtraSamples);
  if (extra == nullptr) {  // against the standard; one more channel is alpha then
    const auto n_samples = static_cast<int>(tags.number(page, kSamplesPerPixel).value_or(1) & 0xffffU);
    meaning.alpha = n_samples == color_channels(tags.number(page, kPhotometric).value_or(kRgb)) + 1 ? 0 : -1;
    return meaning;
  }
  meaning.alpha = -1;
  for (std::uint64_t i = 0; i < std::min(extra->count, kMaxExtraSamples) && meaning.alpha < 0; ++i) {
    const std::uint64_t kind = tags.number(*extra, i).value_or(0);
    if (kind == kPremultiplied || kind == kStraight) meaning.alpha = static_cast<int>(i);
  }
  return meaning;
}

}  // namespace

TiffFacts tiff_facts(std::span<const unsigned char> bytes) {
  TiffFacts facts;
  const auto tags = TiffTags::open(bytes);
  if (!tags) return facts;
  const std::vector<TiffDirectory> pages = tags->chain();
  if (pages.empty()) return facts;
  const auto photo = [&](const TiffDirectory& page) { return is_photo(*tags, page); };
  const auto first = std::ranges::find_if(pages, photo);
  if (first != pages.end()) facts.page = static_cast<int>(first - pages.begin());
  facts.n_pages = std::max(1, static_cast<int>(std::ranges::count_if(pages, photo)));
  const TiffDirectory& page = pages[static_cast<std::size_t>(facts.page)];
  check_samples(*tags, page);
  facts.samples = meaning_of(*tags, page);
  return facts;
}

}  // namespace genga::image
