// genga stylize: from options to a planned job, and the report at the end.
#include <fmt/format.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <memory>

#include "app_genga/commands.h"
#include "app_genga/image_options.h"
#include "app_genga/inputs.h"
#include "app_genga/network_options.h"
#include "app_genga/stylize/stylize_flags.h"
#include "app_genga/stylize/stylize_job.h"
#include "cli/checks.h"
#include "cli/interrupt.h"
#include "cli/json_output.h"
#include "cli/terminal.h"
#include "genga/base.h"

namespace genga::cli {
namespace {

constexpr const char* kSchema = "genga.stylize.2";

/// Threads that decode, encode and compute would each keep a heap of their own: some megabytes that nobody uses.
void share_heaps() {
#ifdef __GLIBC__
  mallopt(M_ARENA_MAX, 2);
#endif
}

bool can_write(const std::filesystem::path& path) {
  const image::Format* format = image::find_format(path.extension().string());
  return path.has_extension() && format != nullptr && format->can_write;
}

/// Throws Error: kInvalidArgument if the outputs cannot be what the options ask for.
OutputRules output_rules(const StylizeFlags& f, const Inputs& inputs, const std::vector<LabelledModel>& models) {
  OutputRules rules;
  rules.output = f.output;
  rules.folder = f.output != kStdio && output_is_folder(f.output, inputs);
  rules.can_write = can_write;
  rules.comparisons = f.compare == kAutoCompare;
  for (const auto& model : models) rules.styles.push_back(model.label);
  if (!f.format.empty()) rules.suffix = std::string(wanted_format(f.format, "-f")->suffixes.front());

  std::error_code ignored;
  const std::filesystem::path output = f.output;
  if (f.output == kStdio && inputs.several) {
    fail(ErrorCode::kInvalidArgument, "output '-' takes one image; give -o a folder");
  }
  if (rules.folder && std::filesystem::exists(output, ignored) && !std::filesystem::is_directory(output, ignored)) {
    fail(ErrorCode::kInvalidArgument, "output '{}' is a file, but several images need a folder", f.output);
  }
  const bool named_as_folder = f.output.ends_with('/') || std::filesystem::is_directory(output, ignored);
  if (rules.folder && !named_as_folder && image::looks_like_image(output)) {
    fail(ErrorCode::kInvalidArgument, "output '{}' is an image's name, but several images need a folder: '{}/'",
         f.output, output.parent_path().append(output.stem().string()).string());
  }
  if (!rules.folder && f.format.empty()) {
    if (!output.has_extension()) {
      fail(ErrorCode::kInvalidArgument, "output '{}' has no suffix: add one, or name a format with -f", f.output);
    }
    wanted_format(output.extension().string(), "output suffix");
  }
  return rules;
}

/// --compare FILE: the one image's comparison.
void name_comparison(const std::string& file, std::vector<PlannedOutput>& items) {
  if (items.size() > 1) {
    fail(ErrorCode::kInvalidArgument, "--compare '{}' names one file for {} images; use --compare auto", file,
         items.size());
  }
  wanted_format(std::filesystem::path(file).extension().string(), "--compare suffix");
  if (items.empty()) return;
  if (items.front().path == file) fail(ErrorCode::kInvalidArgument, "--compare '{}' is the output itself", file);
  items.front().comparison = file;
}

JobOptions job_options(const StylizeFlags& f) {
  JobOptions options;
  if (!f.max_pixels.empty()) options.read.max_pixels = parse_count(f.max_pixels);
  if (!f.size.empty()) options.read.size = parse_size(f.size);
  options.read.size.fit = parse_fit(f.fit);
  options.write.format = f.format;
  options.write.quality = f.quality;
  options.write.metadata = !f.no_metadata;
  options.credit = !f.no_credit;
  options.stylize.strength = f.strength;
  options.stylize.keep_color = f.keep_color;
  options.stylize.stroke_scale = parse_stroke_scale(f.stroke_scale, true);
  options.stylize.tile_px = f.tile_px;
  if (!f.memory.empty()) options.stylize.memory_bytes = parse_bytes(f.memory);
  options.mask = f.mask;
  options.feather_px = f.feather_px;
  options.threads = f.threads;
  options.device = f.device;
  options.precision = parse_precision(f.precision, f.device);
  options.existing = {f.skip_existing, f.overwrite};
  options.verbose = f.verbose && !f.quiet;
  options.notes = !f.quiet;
  if (!f.quiet) options.terminal = stderr_style();
  return options;
}

int run(const StylizeFlags& f) {
  check_flags(f);
  share_heaps();
  image::init(f.threads);
  const auto models = open_models(f.styles, f.models);
  for (const auto& model : models) check_takes_photos(model);
  const Inputs inputs =
      expand_inputs(f.inputs, {.recursive = f.recursive, .skip = f.output, .is_image = image::looks_like_image});
  auto items = plan_outputs(inputs.files, output_rules(f, inputs, models));
  if (!f.compare.empty() && f.compare != kAutoCompare) name_comparison(f.compare, items);

  std::vector<ItemResult> results;
  for (const auto& problem : inputs.problems) {
    say_error(problem.error.what());
    ItemResult& result = results.emplace_back();
    result.input = problem.argument;
    result.error = problem.error;
  }
  for (auto& result : run_job(inputs.files, items, models, job_options(f))) results.push_back(std::move(result));
  if (f.json) {
    Json list = Json::array();
    for (const auto& result : results) list.push_back(to_json(result));
    print_json({{"schema", kSchema}, {"items", list}});
  }
  return job_status(results);
}

}  // namespace

Command add_stylize(CLI::App& program) {
  CLI::App* app = program.add_subcommand("stylize", "Turn photos into anime");
  auto flags = std::make_shared<StylizeFlags>();
  add_stylize_options(*app, *flags);
  app->footer(R"(Examples:
  genga stylize a.jpg -o b.png
  genga stylize 'holiday/*.jpg' -o anime/ --size 2048 --skip-existing
  genga stylize a.jpg -o a.webp -m my_style.safetensors --compare auto
  curl -s URL | genga -i - -o - -f jpg > b.jpg)");
  return {app, [flags] { return with_json_errors(flags->json, kSchema, [&] { return run(*flags); }); }};
}

}  // namespace genga::cli
