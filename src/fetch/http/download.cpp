// Downloads one image, checks its checksums and decodes it once, so that only whole images are stored. Everything that
// may go wrong with one image becomes a Failure with a stable code.
#include "fetch/http/download.h"

#include <algorithm>

#include "fetch/http/checksum.h"
#include "fetch/http/url.h"
#include "genga/error.h"
#include "genga/image.h"
#include "genga/sha256.h"

namespace genga::fetch {
namespace {

constexpr int kDecodedSide_px = 256;              // long side of the reduced copy that is decoded
constexpr std::int64_t kMaxPixels = 300'000'000;  // interlaced images are decoded whole, in memory

std::string shown(const ImageCandidate& candidate) {
  return is_http(candidate.url) ? shown_url(candidate.url) : candidate.url;
}

}  // namespace

/// Thrown by the steps below when the image is refused; get() turns it into a result. It never leaves this file.
struct Downloader::Refusal {
  Failure failure{};
};

Downloader::Result Downloader::get(ImageCandidate& candidate, bool obey_robots, const dataset::Entry* before,
                                   const CancelToken& cancel) const {
  Result result;
  try {
    cancel.check();
    FetchedImage image;
    if (!candidate.bytes.empty()) {
      image.bytes = std::move(candidate.bytes);
    } else {
      image = download(candidate, obey_robots, before, result.unchanged, cancel);
      if (result.unchanged) return result;
    }
    check_sums(candidate, image);
    decode(candidate, image);
    result.image = std::move(image);
  } catch (Refusal& refusal) {
    result.failure = std::move(refusal.failure);
  }
  return result;
}

FetchedImage Downloader::download(const ImageCandidate& candidate, bool obey_robots, const dataset::Entry* before,
                                  bool& unchanged, const CancelToken& cancel) const {
  bool asked_robots = false;  // true while robots.txt is asked: an "unsupported" then means that it forbids the address
  const auto check_robots = [&](const std::string& url) {
    asked_robots = true;
    robots_.check(url, cancel);
    asked_robots = false;
  };
  FetchedImage image;
  try {
    if (!is_http(candidate.url)) {
      image.bytes = read_file(candidate.url, limits_.max_bytes);
      return image;
    }
    if (obey_robots) check_robots(candidate.url);
    Request request{.url = candidate.url, .max_bytes = limits_.max_bytes, .expected_type = "image/"};
    if (before != nullptr) request.etag = before->etag, request.last_modified = before->last_modified;
    if (obey_robots) request.on_redirect = check_robots;
    const Response response = http_.get(request, cancel);
    unchanged = response.status == 304;
    const auto* bytes = reinterpret_cast<const std::byte*>(response.body.data());
    image.bytes.assign(bytes, bytes + response.body.size());
    image.etag = response.etag;
    image.last_modified = response.last_modified;
    return image;
  } catch (const Error& error) {
    Failure failure{.code = "network", .reason = error.what(), .may_pass = true};
    switch (error.code()) {
      case ErrorCode::kCancelled:
        throw;
      case ErrorCode::kNotFound:
        failure.code = "not_found";
        break;
      case ErrorCode::kUnsupported:
        failure.code = asked_robots ? "robots" : "wrong_type";
        break;
      case ErrorCode::kOutOfMemory:
        failure.code = "too_large";
        failure.limit = limits_.max_bytes;
        break;
      case ErrorCode::kInvalidArgument:
        failure.code = "forbidden";
        break;
      default:
        break;
    }
    failure.may_pass = failure.code == "network";
    throw Refusal{std::move(failure)};
  }
}

void Downloader::check_sums(const ImageCandidate& candidate, FetchedImage& image) const {
  const auto check = [&](std::string_view name, const std::string& expected, const std::string& found) {
    if (expected.empty() || expected == found) return;
    throw Refusal{{.code = "mismatch",
                   .reason = fmt::format("'{}' has the {} {}, expected {}", shown(candidate), name, found, expected),
                   .may_pass = true}};
  };
  image.sha256 = sha256_of(image.bytes);
  if (!candidate.md5.empty()) check("md5", candidate.md5, md5_of(image.bytes));
  if (!candidate.sha1.empty()) check("sha1", candidate.sha1, sha1_of(image.bytes));
  if (candidate.known) check("sha256", candidate.known->sha256, image.sha256);
}

void Downloader::decode(const ImageCandidate& candidate, FetchedImage& image) const {
  if (image.bytes.empty()) throw Refusal{{.code = "broken", .reason = fmt::format("'{}' is empty", shown(candidate))}};
  const image::EncodedImage source{.path = shown(candidate), .bytes = image.bytes};
  image::ReadOptions options{.max_pixels = kMaxPixels, .size = {}};
  std::string format;
  try {
    const image::RowReader reader(source, options);
    image.width = reader.info().width;
    image.height = reader.info().height;
    format = reader.info().format;
    const int side = std::min(image.width, image.height);
    if (side < limits_.min_side) {
      throw Refusal{{.code = "too_small",
                     .reason = fmt::format("'{}' is {}x{} pixels, and --min-side asks for {}", shown(candidate),
                                           image.width, image.height, limits_.min_side),
                     .limit = limits_.min_side}};
    }
    if (std::max(image.width, image.height) > kDecodedSide_px) options.size.long_side = kDecodedSide_px;
    image::read_image(source, options);
  } catch (const Error& error) {
    const bool large = error.code() == ErrorCode::kOutOfMemory;
    const bool foreign = error.code() == ErrorCode::kUnsupported;
    throw Refusal{{.code = large ? "too_many_pixels" : foreign ? "wrong_type" : "broken", .reason = error.what()}};
  }
  const image::Format* found = image::find_format(format);
  if (found == nullptr) {
    throw Refusal{{.code = "wrong_type",
                   .reason = fmt::format("'{}' is of the format {}, which is none of ours", shown(candidate), format)}};
  }
  image.suffix = found->suffixes.front();
}

bool is_settled(const Failure& failure, const DownloadLimits& limits, bool obey_robots, bool allow_private) {
  if (failure.may_pass) return false;
  if (failure.code == "too_large") return limits.max_bytes <= failure.limit;
  if (failure.code == "too_small") return limits.min_side >= failure.limit;
  if (failure.code == "robots") return obey_robots;
  if (failure.code == "forbidden") return !allow_private;
  return true;
}

}  // namespace genga::fetch
