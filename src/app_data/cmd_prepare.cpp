// genga data prepare: images made ready for training.
#include <memory>

#include "app_data/commands.h"
#include "app_data/cut_command.h"
#include "cli/checks.h"

namespace genga::cli {
namespace {

struct Flags {
  CutFlags cut;
  curate::PrepareOptions prepare;
  std::string size, tiles, stride, superpixels;
};

constexpr CutWords kWords{.schema = "genga.data.prepare.2",
                          .source = "image",
                          .sources = "images",
                          .piece = "image",
                          .pieces = "images",
                          .empty = "gave nothing"};

/// WxH, or one number for both. Throws Error: kInvalidArgument.
std::array<int, 2> both_sides(const std::string& text) {
  const image::TargetSize size = parse_size(text);
  return size.long_side > 0 ? std::array{size.long_side, size.long_side} : std::array{size.width, size.height};
}

curate::PrepareOptions options_of(const Flags& flags) {
  curate::PrepareOptions options = flags.prepare;
  if (!flags.size.empty()) {
    const image::TargetSize size = parse_size(flags.size);
    options.long_side_px = size.long_side;
    options.crop_px = {size.width, size.height};
  }
  if (!flags.tiles.empty()) options.tile_px = both_sides(flags.tiles);
  if (!flags.stride.empty()) options.stride_px = both_sides(flags.stride);
  if (flags.superpixels == "felzenszwalb") options.superpixels = curate::Superpixels::kFelzenszwalb;
  if (flags.superpixels == "slic") options.superpixels = curate::Superpixels::kSlic;
  if (flags.superpixels == "structure") options.superpixels = curate::Superpixels::kStructure;
  return options;
}

void add_options(CLI::App& app, Flags& f) {
  app.add_option("--size", f.size, "The long side of larger images, or WxH: filled and cropped")
      ->type_name("PX|WxH")
      ->check(size_text())
      ->group("Preparation");
  auto* tiles = app.add_option("--tiles", f.tiles, "Cut into tiles of this size, as AnimeGAN's 256")
                    ->type_name("PX|WxH")
                    ->check(size_text())
                    ->group("Preparation");
  app.add_option("--stride", f.stride, "From one tile to the next (default: the tile's size)")
      ->type_name("PX|WxH")
      ->check(size_text())
      ->needs(tiles)
      ->group("Preparation");
  app.add_option("--min-contrast", f.prepare.min_tile_contrast,
                 "Leave out tiles whose grey levels deviate less (default 25)")
      ->type_name("0..127")
      ->check(number_in(0, 127))
      ->needs(tiles)
      ->group("Preparation");
  app.add_flag("--remove-color-cast,--remove-colour-cast,--style-debias", f.prepare.remove_color_cast,
               "Shift all colors so that the mean of the whole set is grey (AnimeGANv2)")
      ->group("Preparation");
  auto* superpixels = app.add_option("--superpixels", f.superpixels, "Paint in flat regions")
                          ->type_name("felzenszwalb|slic|structure")
                          ->check(one_of({"felzenszwalb", "slic", "structure"}))
                          ->group("Preparation");
  app.add_option("--regions", f.prepare.regions, "Of slic: how many (default 200)")
      ->type_name("N")
      ->check(integer_in(2, 100000))
      ->needs(superpixels)
      ->group("Preparation");
  app.add_flag("--edge-smooth", f.prepare.edge_smooth,
               "Also write each with blurred contours into smooth/ (CartoonGAN), marked as not to be used by itself")
      ->group("Preparation");
}

}  // namespace

Command add_data_prepare(CLI::App& program) {
  CLI::App* app = program.add_subcommand("prepare", "Make images ready for training: size, tiles, colors, edges");
  auto flags = std::make_shared<Flags>();
  add_cut_options(*app, flags->cut, "IMAGES", "Image files, folders of them, or collections (of which: kept ones)");
  add_options(*app, *flags);
  app->footer(R"(What was prepared before is not made again, unless the image has changed.

Examples:
  genga data prepare drawings/ -o ready/ --size 1024 -f webp --quality 95
  genga data prepare frames/ -o style/ --tiles 256 --edge-smooth)");
  return {.app = app, .run = [flags] {
            const curate::PrepareOptions prepare = options_of(*flags);
            return run_cut_command(flags->cut, kWords, [&](const auto& inputs, const auto& options) {
              return curate::prepare(inputs, prepare, options);
            });
          }};
}

}  // namespace genga::cli
