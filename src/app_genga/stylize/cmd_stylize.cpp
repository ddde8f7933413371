// genga stylize: from options to a planned job, and the report at the end.
#include <fmt/format.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>
#include <memory>

#include "app_genga/commands.h"
#include "app_genga/image_options.h"
#include "app_genga/inputs.h"
#include "app_genga/network_options.h"
#include "app_genga/output_names.h"
#include "app_genga/paths.h"
#include "app_genga/shard.h"
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

const image::Format* format_by_suffix(const std::filesystem::path& path) {
  return path.has_extension() ? image::find_format(path.extension().string()) : nullptr;
}

std::string format_of(const std::filesystem::path& path) {
  const image::Format* format = format_by_suffix(path);
  return format == nullptr ? "" : std::string(format->name);
}

bool can_write(const std::filesystem::path& path) {
  const image::Format* format = format_by_suffix(path);
  return format != nullptr && format->can_write;
}

bool has_credit(const std::filesystem::path& path) {
  try {
    return !image::read_credit({path}).empty();
  } catch (const Error&) {
    return false;
  }
}

/// Takes results of earlier runs out of the inputs, where input and output share a folder, and says so.
/// Throws Error: kInvalidArgument if --overwrite would replace an image that may be a photo.
void leave_results_out(const StylizeFlags& f, const OutputRules& rules, Inputs& inputs) {
  if (!inputs.several) return;  // one file by its name was meant
  const auto results = take_results(inputs.files, rules, has_credit);
  if (results.empty()) return;
  const std::string first = results.front().path.string();
  const auto named =
      std::ranges::find_if(results, [&](const InputFile& file) { return f.overwrite && !has_credit(file.path); });
  if (named != results.end()) {
    fail(
        ErrorCode::kInvalidArgument,
        "input '{}' has the name of another input's output, but no credit of Genga: --overwrite might replace a photo; "
        "give another -o",
        named->path.string());
  }
  inputs.notes.push_back(results.size() == 1
                             ? fmt::format("'{}' is the result of an earlier run and not taken again", first)
                             : fmt::format("{} images ('{}', ...) are results of an earlier run and not taken again",
                                           results.size(), first));
  if (!inputs.files.empty() || !inputs.problems.empty()) return;
  inputs.problems.push_back(
      {first, Error(ErrorCode::kNotFound, fmt::format("no input is left: what lies in '{}' are results of an earlier "
                                                      "run; to stylise them again give another -o",
                                                      f.output))});
}

/// Throws Error: kInvalidArgument if the outputs cannot be what the options ask for.
OutputRules output_rules(const StylizeFlags& f, const Inputs& inputs, const std::vector<LabelledModel>& models) {
  OutputRules rules;
  rules.output = f.output;
  rules.folder = f.output != kStdio && output_is_folder(f.output, inputs);
  rules.format_of = format_of;
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
  if (!rules.folder && f.output != kStdio && f.format.empty()) {
    if (!output.has_extension() && std::filesystem::exists(output, ignored)) {
      fail(ErrorCode::kInvalidArgument, "output '{}' is a file without suffix: add one, or name a format with -f",
           f.output);
    }
    rules.folder = !output.has_extension();
    if (rules.folder || inputs.files.empty()) return rules;  // why there are none is said
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
  if (real_path(items.front().path) == real_path(file))
    fail(ErrorCode::kInvalidArgument, "--compare '{}' is the output itself", file);
  items.front().comparison = file;
}

JobOptions job_options(const StylizeFlags& f) {
  JobOptions options;
  if (!f.max_pixels.empty()) options.read.max_pixels = parse_count(f.max_pixels);
  if (!f.size.empty()) options.read.size = parse_size(f.size);
  options.read.size.fit = parse_fit(f.fit);
  options.read.size.crop = parse_crop(f.crop);
  options.write.format = f.format;
  options.write.quality = f.quality;
  options.write.metadata = !f.no_metadata;
  options.write.places = !f.no_gps;
  options.credit = !f.no_credit;
  options.stylize = stylize_options(f);
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
  Inputs inputs =
      expand_inputs(f.inputs, {.recursive = f.recursive, .skip = f.output, .is_image = image::looks_like_image});
  const OutputRules rules = output_rules(f, inputs, models);
  leave_results_out(f, rules, inputs);
  auto items = plan_outputs(inputs.files, rules);
  if (!f.shard.empty()) {
    const Shard shard = parse_shard(f.shard);
    std::erase_if(items, [&](const PlannedOutput& item) { return !shard.has(item.input); });
  }
  if (!f.compare.empty() && f.compare != kAutoCompare) name_comparison(f.compare, items);

  if (!f.quiet) std::ranges::for_each(inputs.notes, say);
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
