// The options of genga stylize, as CLI11 is told them.
#include "app_genga/stylize/stylize_flags.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "app_genga/image_options.h"
#include "app_genga/inputs.h"
#include "app_genga/labelled_model.h"
#include "app_genga/network_options.h"
#include "app_genga/shard.h"
#include "cli/checks.h"
#include "genga/error.h"

namespace genga::cli {
namespace {

void add_input_options(CLI::App& app, StylizeFlags& f) {
  app.add_option("-i,--input,INPUT", f.inputs, "Images, folders, patterns in quotes, or - for standard input")
      ->type_name("PATH")
      ->group("Input");
  app.add_flag("-r,--recursive", f.recursive, "Subfolders too; outputs keep the folder tree")->group("Input");
  add_size_options(app, f.size, f.fit, "Resize first: WIDTHxHEIGHT, or the long side in pixels", "Input");
  add_crop_option(app, f.crop, "Input");
  app.add_option("--shard", f.shard, "Only the K-th of N shares of the images")
      ->type_name("K/N|auto")
      ->check(accepts([](const std::string& text) { parse_shard(text); }))
      ->group("Input");
  app.add_option("--max-pixels", f.max_pixels, "Refuse larger images (default 1G)")
      ->type_name("COUNT")
      ->check(count_text())
      ->group("Input");
}

void add_output_options(CLI::App& app, StylizeFlags& f) {
  app.add_option("-o,--output", f.output,
                 "File, folder (a name without suffix is a new one), or -; a folder's a.heic -f jpg is a.heic.jpg")
      ->type_name("PATH")
      ->group("Output");
  app.add_option("-f,--format", f.format, "Format of the outputs (default: by suffix, or as the input)")
      ->type_name("FORMAT")
      ->group("Output");
  app.add_option("--quality", f.quality, "100: lossless where it can be (default: by format)")
      ->type_name("1..100")
      ->check(integer_in(1, 100))
      ->group("Output");
  app.add_option("--compare", f.compare, "Also write the photo beside its result; auto: OUTPUT-compare")
      ->type_name("auto|FILE")
      ->group("Output");
  add_existing_options(app, f);
  app.add_flag("--no-metadata", f.no_metadata, "Carry no EXIF, XMP and the like; the credit stays")->group("Output");
  app.add_flag("--no-gps", f.no_gps, "Leave out where the photo was taken: GPS, and names of places but in captions")
      ->group("Output");
  app.add_flag("--no-credit", f.no_credit, "Leave out the style's name and attribution")->group("Output");
}

}  // namespace

void add_style_options(CLI::App& app, StylizeFlags& f) {
  app.add_option("-n,--style", f.styles,
                 "Built-in styles: NAME,NAME for one output each, or a mix: NAME:WEIGHT,NAME:WEIGHT")
      ->type_name("STYLE")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->group("Style");
  app.add_option("-m,--model", f.models, "Model file or a run's folder; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->group("Style");
  app.add_option("--stroke-scale", f.stroke_scale,
                 "How many times as large strokes and lines are (default auto: by the image's size and the style)")
      ->type_name("auto|0.5..8")
      ->check(stroke_scale_text(true))
      ->group("Style");
  app.add_option("--strength", f.strength, "0 leaves the photo, 1 is the full style (default 1)")
      ->type_name("0..1")
      ->check(number_in(0, 1))
      ->group("Style");
  app.add_option("--keep-color", f.keep_color, "1: the photo's colors; strokes, contours and shading are the style's")
      ->type_name("0..1")
      ->check(number_in(0, 1))
      ->group("Style");
  auto* mask =
      app.add_option("--mask", f.mask, "Grey image: style only where it is white")->type_name("FILE")->group("Style");
  app.add_option("--feather", f.feather_px, "Pixels over which its edge is softened (default 8)")
      ->type_name("PX")
      ->check(number_in(0, 1000))
      ->needs(mask)
      ->group("Style");
}

void add_existing_options(CLI::App& app, StylizeFlags& f) {
  auto* overwrite = app.add_flag("--overwrite", f.overwrite, "Replace outputs that exist (links, not their targets)")
                        ->group("Output");
  app.add_flag("--skip-existing", f.skip_existing, "Leave outputs that exist, make the others")
      ->excludes(overwrite)
      ->group("Output");
}

void add_work_options(CLI::App& app, StylizeFlags& f) {
  app.add_option("-t,--tile", f.tile_px, "Side of a tile in pixels (default 0: by memory); the result is the same")
      ->type_name("PX")
      ->check(integer_in(0, 65536))
      ->group("Work");
  app.add_option("--memory", f.memory, "Memory to use (default: a quarter of what is free, up to 1G)")
      ->type_name("BYTES")
      ->check(memory_text())
      ->group("Work");
  app.add_option("-j,--threads", f.threads, "Threads; 0: all cores (default)")
      ->type_name("N")
      ->check(integer_in(0, 1024))
      ->group("Work");
  add_device_option(app, f.device)->group("Work");
  add_precision_option(app, f.precision)->group("Work");
  app.add_flag("--json", f.json, "Print one JSON document about what was done")->group("Work");
  app.add_flag("-q,--quiet", f.quiet, "Print errors only")->group("Work");
  app.add_flag("-v,--verbose", f.verbose, "Print what is done")->group("Work");
}

void add_stylize_options(CLI::App& app, StylizeFlags& flags) {
  add_input_options(app, flags);
  add_style_options(app, flags);
  add_output_options(app, flags);
  add_work_options(app, flags);
}

stylize::StylizeOptions stylize_options(const StylizeFlags& f) {
  stylize::StylizeOptions options{.strength = f.strength,
                                  .keep_color = f.keep_color,
                                  .stroke_scale = parse_stroke_scale(f.stroke_scale, true),
                                  .tile_px = f.tile_px};
  if (!f.memory.empty()) options.memory_bytes = parse_bytes(f.memory);
  return options;
}

std::string settings_text(const stylize::StylizeOptions& options) {
  std::string text;
  const auto add = [&](const char* name, double value, double usual) {
    if (value != usual) text += fmt::format("{}{} {:g}", text.empty() ? "" : ", ", name, value);
  };
  add("strength", options.strength, 1);
  add("keep-color", options.keep_color, 0);
  add("stroke-scale", options.stroke_scale, 0);
  return text;
}

void check_flags(const StylizeFlags& f) {
  if (f.inputs.empty())
    fail(ErrorCode::kInvalidArgument, "no input given: name an image, a folder, a pattern, or '-' for standard input");
  if (f.output.empty())
    fail(ErrorCode::kInvalidArgument, "no output given: add -o FILE, -o FOLDER/ or -o - (standard output)");
  if (std::count(f.inputs.begin(), f.inputs.end(), kStdio) > 1)
    fail(ErrorCode::kInvalidArgument, "input '-' is given more than once");
  if (f.output != kStdio) return;
  if (f.json) fail(ErrorCode::kInvalidArgument, "output '-' and --json both want standard output; give -o a file");
  if (f.compare == kAutoCompare)
    fail(ErrorCode::kInvalidArgument,
         "--compare auto needs an output file to stand beside; name the file: --compare FILE");
  const std::size_t n_styles = is_mix(f.styles) ? 1 : f.styles.size();
  if (f.inputs.size() > 1 || n_styles + f.models.size() > 1) {
    fail(ErrorCode::kInvalidArgument, "output '-' takes one image in one style; give -o a folder");
  }
  if (::isatty(STDOUT_FILENO) == 1)
    fail(ErrorCode::kInvalidArgument, "standard output is a terminal; redirect it or give -o a file");
}

}  // namespace genga::cli
