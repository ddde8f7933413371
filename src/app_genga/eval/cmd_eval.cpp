// genga eval: which checkpoint is best. Images are stylised as genga stylize does it, strokes sized for them.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "app_genga/commands.h"
#include "app_genga/eval/eval_output.h"
#include "app_genga/inputs.h"
#include "app_genga/trained_run.h"
#include "cli/checks.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/progress_bar.h"
#include "cli/shell_word.h"
#include "cli/terminal.h"
#include "genga/base.h"
#include "genga/dataset.h"
#include "genga/eval.h"

namespace genga::cli {
namespace {

constexpr const char* kSchema = "genga.eval.2";

struct Flags {
  std::vector<std::string> models, photos, style;
  std::string features, inception, video, html;
  eval::EvalOptions options;
  bool held_out = false, overwrite = false, json = false, quiet = false;
};

std::vector<std::filesystem::path> images_of(const std::vector<std::string>& arguments) {
  const Inputs inputs = expand_inputs(arguments, {.recursive = true, .skip = {}, .is_image = image::looks_like_image});
  if (!inputs.problems.empty()) throw inputs.problems.front().error;
  std::vector<std::filesystem::path> files;
  for (const auto& file : inputs.files) files.push_back(file.path);
  const std::vector<dataset::Entry> entries = dataset::entries_of(files);
  std::vector<std::filesystem::path> kept;  // what a manifest drops is not a style's, nor a photo to measure by
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (entries[i].kept()) kept.push_back(files[i]);
  }
  return kept;
}

/// Drawings that training left out, where a manifest says so; all where it does not.
std::vector<std::filesystem::path> held_out_style(const std::vector<std::filesystem::path>& files) {
  const std::vector<dataset::Entry> entries = dataset::entries_of(files);
  std::vector<std::filesystem::path> held_out;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (entries[i].split == "held_out") held_out.push_back(files[i]);
  }
  return held_out.empty() ? files : held_out;
}

eval::EvalInputs inputs_of(const Flags& flags) {
  eval::EvalInputs inputs;
  inputs.photos = images_of(flags.photos);
  inputs.style = images_of(flags.style);
  if (flags.held_out) {
    inputs.style = held_out_style(inputs.style);
    inputs.photos = dataset::split_held_out(inputs.photos).held_out;  // those that genga train leaves out
    if (inputs.photos.size() < 2) {
      fail(ErrorCode::kInvalidArgument,
           "--held-out leaves {} of the photos; it takes those that genga data split holds out, or every tenth of each "
           "folder, so give folders of at least 10",
           inputs.photos.size());
    }
  }
  inputs.features = flags.features;
  inputs.inception = flags.inception;
  inputs.video = flags.video;
  return inputs;
}

int status_of(const eval::Report& report) {
  const auto failed =
      std::count_if(report.rows.begin(), report.rows.end(), [](const auto& r) { return !r.error.empty(); });
  if (failed == 0) return 0;
  return failed == static_cast<std::ptrdiff_t>(report.rows.size()) ? kAllFailed : kSomeFailed;
}

/// How to use the winner. runs: whose folders now mean it.
void say_best(const eval::Report& report, const std::vector<std::string>& runs) {
  const auto best = std::ranges::find(report.rows, 1, &eval::Row::rank);
  if (best == report.rows.end()) return;
  const auto run = std::ranges::find_if(runs, [&](const auto& path) { return model_file_of(path) == best->model; });
  const std::string& model = run == runs.end() ? best->model : *run;
  const char* option = std::filesystem::exists(model) ? "-m" : "-n";
  say(printable(fmt::format("best: {}; use it: genga stylize {} {} photo.jpg -o anime.png", best->label, option,
                            shell_word(model))));
}

int run(const Flags& flags) {
  if (!flags.html.empty() && std::filesystem::exists(flags.html) && !flags.overwrite) {
    fail(ErrorCode::kInvalidArgument, "'{}' exists already; give --overwrite to replace it", flags.html);
  }
  if (!flags.html.empty()) AtomicFile{flags.html};  // what cannot be written is said before the measuring, not after
  image::init(flags.options.threads);
  const auto models = eval::find_models(flags.models);
  const eval::EvalInputs inputs = inputs_of(flags);

  eval::EvalOptions options = flags.options;
  options.cancel = &interrupted();
  std::unique_ptr<ProgressBar> bar;
  int current = -1;
  options.progress = [&](int index, int count, const std::string& name, std::int64_t done, std::int64_t total) {
    if (flags.quiet) return;
    if (!bar)
      bar = std::make_unique<ProgressBar>(stderr_style(), static_cast<std::size_t>(count), ProgressBar::Unit::kOther);
    if (index != current) bar->begin_item(static_cast<std::size_t>(index), name);
    current = index;
    bar->update(done, total);
  };
  const eval::Report report = eval::evaluate(models, inputs, options);
  if (bar) bar->erase();

  for (const auto& row : report.rows) {
    if (!row.error.empty()) say_error(row.error);
  }
  if (!flags.html.empty()) write_file(flags.html, eval::html_report(report));
  if (flags.json) {
    Json document{{"schema", kSchema}};
    document.update(eval_json(report));
    print_json(document);
  } else {
    write_stdout(eval_table(report));
  }
  for (const auto& note : report.notes) {
    if (!flags.quiet) say(note);
  }
  const auto noted = note_best(flags.models, report);
  if (!flags.quiet && !flags.json) say_best(report, noted);
  return status_of(report);
}

void add_source_options(CLI::App& app, Flags& f) {
  const auto add = [&](const char* name, std::vector<std::string>& value, const char* help) {
    app.add_option(name, value, help)->type_name("PATH")->required()->allow_extra_args(false)->group("Images");
  };
  add("--photos", f.photos, "Photos the styles have not seen: files, folders (with those below), patterns; repeatable");
  add("--style", f.style, "Images of the style to come close to; repeatable");
  app.add_flag("--held-out", f.held_out,
               "Only images that training leaves out: as genga data split says, else every tenth photo of each folder")
      ->group("Images");
  app.add_option("--size", f.options.size_px, "All images are filled and cropped to N x N pixels (default 256)")
      ->type_name("N")
      ->check(integer_in(64, 2048))
      ->group("Images");
  app.add_option("--max-photos", f.options.max_photos, "Photos to use at most, evenly spread (default 40)")
      ->type_name("N")
      ->check(integer_in(2, 100000))
      ->group("Images");
  app.add_option("--max-style", f.options.max_style, "Style images to use at most, evenly spread (default 500)")
      ->type_name("N")
      ->check(integer_in(2, 100000))
      ->group("Images");
}

void add_measure_options(CLI::App& app, Flags& f) {
  app.add_option("--features", f.features,
                 "Feature network of the measures FD and KD: SqueezeNet or VGG-19 (npz, safetensors, ONNX)")
      ->type_name("FILE")
      ->group("Measures");
  app.add_option("--inception", f.inception, "Inception-v3 for FID and KID (ONNX or safetensors)")
      ->type_name("FILE")
      ->group("Measures");
  app.add_option("--video,--film", f.video, "Video to measure flicker on")->type_name("FILE")->group("Measures");
  app.add_option("--max-frames", f.options.max_frames, "Frames of the video to use, from its start (default 40)")
      ->type_name("N")
      ->check(integer_in(2, 10000))
      ->group("Measures");
  app.add_option("--min-edges", f.options.min_edges,
                 "Models that keep less of the photos' edges come last (default 0.3)")
      ->type_name("0..1")
      ->check(number_in(0, 1))
      ->group("Measures");
  app.add_option("--min-structure", f.options.min_structure,
                 "Models that keep less of light and dark areas come last (default 0.6)")
      ->type_name("0..1")
      ->check(number_in(0, 1))
      ->group("Measures");
}

void add_output_options(CLI::App& app, Flags& f) {
  app.add_option("--html", f.html, "Also write a page with the table and photos beside results")
      ->type_name("FILE")
      ->group("Output");
  app.add_flag("--overwrite", f.overwrite, "Replace the page if it exists")->group("Output");
  app.add_option("-j,--threads", f.options.threads, "Threads; 0: all cores (default)")
      ->type_name("N")
      ->check(integer_in(0, 1024))
      ->group("Output");
  app.add_flag("--json", f.json, "Print one JSON document instead of the table")->group("Output");
  app.add_flag("-q,--quiet", f.quiet, "Print errors and results only")->group("Output");
}

}  // namespace

Command add_eval(CLI::App& program) {
  CLI::App* app = program.add_subcommand("eval", "Measure and rank checkpoints: style, content, artefacts");
  auto flags = std::make_shared<Flags>();
  app->add_option("MODEL", flags->models, "Model files, style names, or the folder of a run (all its checkpoints)")
      ->required()
      ->type_name("MODEL");
  add_source_options(*app, *flags);
  add_measure_options(*app, *flags);
  add_output_options(*app, *flags);
  app->footer(R"(Examples:
  genga eval runs/a --photos photos/ --held-out --style drawings/ --html a.html
  genga eval a.safetensors b.safetensors --photos new/ --style drawings/)");
  return {app, [flags] { return with_json_errors(flags->json, kSchema, [&] { return run(*flags); }); }};
}

}  // namespace genga::cli
