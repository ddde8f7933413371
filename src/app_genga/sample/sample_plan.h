// genga sample: from what was typed to the files to be made. Knows no network and opens no file.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace genga::cli {

/// A point in the space of noise: seed `from`, or the fraction t of the way from it to seed `to`.
struct SamplePoint {
  std::uint64_t from = 0, to = 0;
  double t = 0;
};

enum class SampleKind { kImage, kContactSheet, kFrame, kAnimation, kVideo };
std::string_view kind_name(SampleKind kind);  // "image"; stable, used in JSON output

struct SampleItem {
  SampleKind kind = SampleKind::kImage;
  std::filesystem::path path;       // "-": standard output
  std::vector<SamplePoint> points;  // one for images and frames
};

struct Grid {
  int columns = 0, rows = 0;
  std::int64_t places() const { return std::int64_t{columns} * rows; }
};

struct SampleRequest {
  std::vector<std::uint64_t> seeds{};
  std::string output{}, format{};  // -o; -f, empty: by suffix, or png in folders
  Grid grid{};                     // 0 x 0: none
  int interpolate = 0;             // points from each seed to the next; 0: none
  bool loop = false;
};

CLI::Validator seeds_text();  // what parse_seeds accepts
CLI::Validator grid_text();   // what parse_grid accepts

/// "0,3-7". Throws Error: kInvalidArgument; at most kMaxSeeds in all.
std::vector<std::uint64_t> parse_seeds(std::string_view text);
inline constexpr std::size_t kMaxSeeds = 100'000;

/// "8x4": columns x rows. Throws Error: kInvalidArgument.
Grid parse_grid(std::string_view text);

/// One item a file. Names: in a folder seed-0007.png, frame-00012.png or sheet.png; otherwise the output's own, in
/// which {seed} or {frame} stands for the number. Seeds given twice give one image. Throws Error: kInvalidArgument if
/// the output cannot be what the request needs.
std::vector<SampleItem> plan_samples(const SampleRequest& request);

}  // namespace genga::cli
