// Names and points of the files that a request asks for.
#include "app_genga/sample/sample_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <system_error>

#include "app_genga/image_options.h"
#include "app_genga/inputs.h"
#include "cli/checks.h"
#include "genga/error.h"
#include "genga/sample.h"
#include "genga/video.h"

namespace genga::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSeedMark = "{seed}";
constexpr std::string_view kFrameMark = "{frame}";
constexpr int kMaxPlaces = 10'000;
constexpr std::size_t kMaxFrames = 1'000'000;

void add_range(std::string_view part, std::string_view whole, std::vector<std::uint64_t>& seeds) {
  const auto dash = part.find('-');
  const auto first = parse_number<std::uint64_t>(part.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_number<std::uint64_t>(part.substr(dash + 1));
  if (!first || !last || *last < *first) {
    fail(ErrorCode::kInvalidArgument, "is '{}', expected whole numbers and rising ranges, like 0,3-7", whole);
  }
  if (*last - *first >= kMaxSeeds || seeds.size() + (*last - *first) >= kMaxSeeds) {
    fail(ErrorCode::kInvalidArgument, "is '{}', expected at most {} seeds", whole, kMaxSeeds);
  }
  for (std::uint64_t i = 0; i <= *last - *first; ++i) seeds.push_back(*first + i);
}

bool has(const std::string& text, std::string_view mark) {
  return text.find(mark) != std::string::npos;
}

std::string filled(std::string name, std::string_view mark, const std::string& number) {
  for (auto at = name.find(mark); at != std::string::npos; at = name.find(mark, at + number.size())) {
    name.replace(at, mark.size(), number);
  }
  return name;
}

class Planner {
 public:
  explicit Planner(const SampleRequest& request) : r_(request), output_(request.output) {
    if (!r_.format.empty()) suffix_ = std::string(wanted_format(r_.format, "-f")->suffixes.front());
    std::error_code ignored;
    named_as_folder_ = r_.output.ends_with('/') || fs::is_directory(output_, ignored);
  }

  std::vector<SampleItem> images() {
    std::vector<std::uint64_t> seeds;
    std::set<std::uint64_t> known;
    for (const std::uint64_t seed : r_.seeds) {
      if (known.insert(seed).second) seeds.push_back(seed);
    }
    if (video::is_video_name(output_)) {
      fail(ErrorCode::kInvalidArgument, "output '{}' is a video's name: add --interpolate N", r_.output);
    }
    const std::string pattern = numbered(seeds.size(), kSeedMark, "seed-");
    std::vector<SampleItem> items;
    for (const std::uint64_t seed : seeds) {
      items.push_back({SampleKind::kImage, filled(pattern, kSeedMark, fmt::format("{:04}", seed)), {{seed, seed, 0}}});
    }
    return items;
  }

  std::vector<SampleItem> contact_sheet() {
    if (r_.grid.places() < std::ssize(r_.seeds)) {
      fail(ErrorCode::kInvalidArgument, "--grid {}x{} has {} places, but there are {} seeds", r_.grid.columns,
           r_.grid.rows, r_.grid.places(), r_.seeds.size());
    }
    SampleItem item{SampleKind::kContactSheet, named_as_folder_ ? in_folder("sheet") : one_image(), {}};
    for (const std::uint64_t seed : r_.seeds) item.points.push_back({seed, seed, 0});
    return {item};
  }

  std::vector<SampleItem> interpolation() {
    const auto points = waypoints();
    if (video::is_video_name(output_) && r_.format.empty()) return {{SampleKind::kVideo, output_, points}};
    if (r_.output == kStdio || !(named_as_folder_ || has(r_.output, kFrameMark) || !output_.has_extension())) {
      const image::Format* format = r_.format.empty() ? wanted_format(output_.extension().string(), "output suffix")
                                                      : image::find_format(r_.format);
      if (!format->animation) {
        fail(ErrorCode::kInvalidArgument,
             "output '{}' as {} is one image, but --interpolate makes {} frames: name a .gif, .webp or .mp4, a "
             "folder, or a pattern with {}",
             r_.output, format->name, points.size(), kFrameMark);
      }
      return {{SampleKind::kAnimation, output_, points}};
    }
    const std::string pattern = numbered(points.size(), kFrameMark, "frame-");
    std::vector<SampleItem> items;
    for (std::size_t i = 0; i < points.size(); ++i) {
      items.push_back({SampleKind::kFrame, filled(pattern, kFrameMark, fmt::format("{:05}", i)), {points[i]}});
    }
    return items;
  }

 private:
  std::vector<SamplePoint> waypoints() const {
    if (r_.seeds.size() < 2) {
      fail(ErrorCode::kInvalidArgument, "--interpolate needs at least two seeds to go between; add --seeds 0-3");
    }
    if (r_.seeds.size() * static_cast<std::size_t>(r_.interpolate) > kMaxFrames) {
      fail(ErrorCode::kInvalidArgument, "--interpolate {} between {} seeds makes more than {} frames", r_.interpolate,
           r_.seeds.size(), kMaxFrames);
    }
    std::vector<SamplePoint> points;
    for (const auto& point : sample::waypoints(static_cast<int>(r_.seeds.size()), r_.interpolate, r_.loop)) {
      points.push_back(
          {r_.seeds[static_cast<std::size_t>(point.from)], r_.seeds[static_cast<std::size_t>(point.to)], point.t});
    }
    return points;
  }

  std::string in_folder(const std::string& stem) const {
    return (output_ / (stem + (suffix_.empty() ? ".png" : suffix_))).string();
  }

  /// The output as the name of one image.
  std::string one_image() const {
    if (r_.output == kStdio || !r_.format.empty()) return r_.output;
    if (!output_.has_extension()) {
      fail(ErrorCode::kInvalidArgument, "output '{}' has no suffix: add one, or name a format with -f", r_.output);
    }
    wanted_format(output_.extension().string(), "output suffix");
    return r_.output;
  }

  /// A name with `mark` where the number goes, or a name for just one.
  std::string numbered(std::size_t n, std::string_view mark, const std::string& stem) const {
    if (named_as_folder_) return in_folder(stem + std::string(mark));
    if (has(r_.output, mark) || n == 1) return one_image();
    if (r_.output == kStdio) fail(ErrorCode::kInvalidArgument, "output '-' takes one image; give -o a folder");
    if (output_.has_extension()) {
      fail(ErrorCode::kInvalidArgument,
           "output '{}' is one image's name, but there are {}: give a folder or a pattern like '{}-{}{}'", r_.output, n,
           (output_.parent_path() / output_.stem()).string(), mark, output_.extension().string());
    }
    return in_folder(stem + std::string(mark));
  }

  const SampleRequest& r_;
  const fs::path output_;
  std::string suffix_;  // of -f; empty: none
  bool named_as_folder_ = false;
};

}  // namespace

std::string_view kind_name(SampleKind kind) {
  switch (kind) {
    case SampleKind::kImage:
      return "image";
    case SampleKind::kContactSheet:
      return "contact_sheet";
    case SampleKind::kFrame:
      return "frame";
    case SampleKind::kAnimation:
      return "animation";
    case SampleKind::kVideo:
      return "video";
  }
  return "";
}

CLI::Validator seeds_text() {
  return accepts([](const std::string& text) { parse_seeds(text); });
}

CLI::Validator grid_text() {
  return accepts([](const std::string& text) { parse_grid(text); });
}

std::vector<std::uint64_t> parse_seeds(std::string_view text) {
  std::vector<std::uint64_t> seeds;
  for (std::string_view rest = text;;) {
    const auto comma = rest.find(',');
    add_range(rest.substr(0, comma), text, seeds);
    if (comma == std::string_view::npos) return seeds;
    rest.remove_prefix(comma + 1);
  }
}

Grid parse_grid(std::string_view text) {
  const auto cross = text.find_first_of("xX");
  const auto columns = parse_number<int>(text.substr(0, cross));
  const auto rows = cross == std::string_view::npos ? std::nullopt : parse_number<int>(text.substr(cross + 1));
  if (!columns || !rows || *columns < 1 || *rows < 1 || *columns > kMaxPlaces || *rows > kMaxPlaces / *columns) {
    fail(ErrorCode::kInvalidArgument, "is '{}', expected COLUMNSxROWS like 8x4, of at most {} places", text,
         kMaxPlaces);
  }
  return {*columns, *rows};
}

std::vector<SampleItem> plan_samples(const SampleRequest& request) {
  Planner planner(request);
  if (request.interpolate > 0) return planner.interpolation();
  return request.grid.columns > 0 ? planner.contact_sheet() : planner.images();
}

}  // namespace genga::cli
