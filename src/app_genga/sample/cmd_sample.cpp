// genga sample: images from noise.
#include <unistd.h>

#include <memory>
#include <numeric>

#include "app_genga/commands.h"
#include "app_genga/image_options.h"
#include "app_genga/inputs.h"
#include "app_genga/network_options.h"
#include "app_genga/sample/sample_job.h"
#include "app_genga/sample/sample_plan.h"
#include "cli/checks.h"
#include "cli/exit_status.h"
#include "genga/error.h"

namespace genga::cli {
namespace {

struct Flags {
  std::string style, model, seeds, output, format, grid, size;
  std::string fit = "cover", device = "cpu", precision;
  double truncation = 1, frames_per_s = 25;
  int component = -1, interpolate = 0, quality = 0, threads = 0;
  bool loop = false, overwrite = false, skip_existing = false, no_credit = false;
  bool json = false, quiet = false, verbose = false;
};

constexpr const char* kSchema = "genga.sample.2";

void check_flags(const Flags& f) {
  if (f.output.empty()) {
    fail(ErrorCode::kInvalidArgument, "no output given: add -o FILE, -o FOLDER/ or -o - (standard output)");
  }
  if (f.output != kStdio) return;
  if (f.format.empty()) {
    fail(ErrorCode::kInvalidArgument, "output '-' has no suffix: name a format, for example -f png");
  }
  if (f.json) fail(ErrorCode::kInvalidArgument, "output '-' and --json both want standard output; give -o a file");
  if (::isatty(STDOUT_FILENO) == 1) {
    fail(ErrorCode::kInvalidArgument, "standard output is a terminal; redirect it or give -o a file");
  }
}

SampleRequest request_of(const Flags& f) {
  SampleRequest request;
  request.output = f.output;
  request.format = f.format;
  request.interpolate = f.interpolate;
  request.loop = f.loop;
  if (!f.grid.empty()) request.grid = parse_grid(f.grid);
  if (!f.seeds.empty()) {
    request.seeds = parse_seeds(f.seeds);
  } else {
    request.seeds.resize(f.grid.empty() ? 1 : static_cast<std::size_t>(request.grid.places()));
    std::iota(request.seeds.begin(), request.seeds.end(), std::uint64_t{0});
  }
  return request;
}

SampleJobOptions job_options(const Flags& f, const Grid& grid) {
  SampleJobOptions options;
  options.draw.truncation = f.truncation;
  if (f.component >= 0) options.draw.component = f.component;
  if (!f.size.empty()) options.size = parse_size(f.size);
  options.size.fit = parse_fit(f.fit);
  options.write.format = f.format;
  options.write.quality = f.quality;
  options.credit = !f.no_credit;
  options.grid = grid;
  options.frames_per_s = f.frames_per_s;
  options.threads = f.threads;
  options.device = f.device;
  options.precision = parse_precision(f.precision, f.device);
  options.existing = {f.skip_existing, f.overwrite};
  options.verbose = f.verbose && !f.quiet;
  if (!f.quiet) options.terminal = stderr_style();
  return options;
}

int run(const Flags& f) {
  check_flags(f);
  image::init(f.threads);
  const SampleRequest request = request_of(f);
  const auto plan = plan_samples(request);
  const LabelledModel model = open_noise_model(f.style, f.model);
  const auto results = run_samples(model, plan, job_options(f, request.grid));
  Json list = Json::array();
  std::vector<Error> errors;
  for (const SampleResult& result : results) {
    list.push_back(to_json(result));
    if (result.error) errors.push_back(*result.error);
  }
  if (f.json) print_json({{"schema", kSchema}, {"style", model.label}, {"items", list}});
  return batch_status(results.size(), errors);
}

void add_noise_options(CLI::App& app, Flags& f) {
  auto* style =
      app.add_option("-n,--style", f.style, "Built-in style (default: the first that makes images from noise)")
          ->type_name("STYLE")
          ->group("Noise");
  app.add_option("-m,--model", f.model, "Model file")->type_name("FILE")->excludes(style)->group("Noise");
  app.add_option("-s,--seeds", f.seeds, "Numbers and ranges (default 0); a seed gives the same image everywhere")
      ->type_name("0,3-7")
      ->check(seeds_text())
      ->group("Noise");
  app.add_option("--truncation", f.truncation,
                 "Scale of the noise: less gives plainer images, more stranger ones (default 1)")
      ->type_name("0..3")
      ->check(number_in(0, 3))
      ->group("Noise");
  app.add_option("--component", f.component, "Component of the model's mixture (genga inspect lists them)")
      ->type_name("K")
      ->check(integer_in(0, 1'000'000))
      ->group("Noise");
}

void add_arrangement_options(CLI::App& app, Flags& f) {
  auto* grid = app.add_option("--grid", f.grid, "One contact sheet of COLUMNSxROWS images (default: seeds from 0)")
                   ->type_name("CxR")
                   ->check(grid_text())
                   ->group("Arrangement");
  auto* interpolate = app.add_option("--interpolate", f.interpolate, "Frames from each seed to the next")
                          ->type_name("N")
                          ->check(integer_in(1, 100'000))
                          ->excludes(grid)
                          ->group("Arrangement");
  app.add_flag("--loop", f.loop, "Go back to the first seed")->needs(interpolate)->group("Arrangement");
  app.add_option("--fps", f.frames_per_s, "Frames a second of animations and videos (default 25)")
      ->type_name("F")
      ->check(number_in(0.1, 100))
      ->needs(interpolate)
      ->group("Arrangement");
  add_size_options(app, f.size, f.fit, "Resize each image: WIDTHxHEIGHT, or the long side in pixels", "Arrangement");
}

void add_output_options(CLI::App& app, Flags& f) {
  app.add_option("-o,--output", f.output, "File (with {seed} or {frame} in its name: many), folder, or - for stdout")
      ->type_name("PATH")
      ->group("Output");
  app.add_option("-f,--format", f.format, "Format of the images (default: by suffix; png in folders)")
      ->type_name("FORMAT")
      ->group("Output");
  app.add_option("--quality", f.quality, "100 is lossless where the format can (default: by format)")
      ->type_name("1..100")
      ->check(integer_in(1, 100))
      ->group("Output");
  auto* overwrite = app.add_flag("--overwrite", f.overwrite, "Replace outputs that exist")->group("Output");
  app.add_flag("--skip-existing", f.skip_existing, "Leave outputs that exist, make the others")
      ->excludes(overwrite)
      ->group("Output");
  app.add_flag("--no-credit", f.no_credit, "Do not write seed, style and attribution into the output")->group("Output");
  app.add_option("-j,--threads", f.threads, "Threads; 0: all cores (default)")
      ->type_name("N")
      ->check(integer_in(0, 1024))
      ->group("Output");
  add_device_option(app, f.device)->group("Output");
  add_precision_option(app, f.precision)->group("Output");
  app.add_flag("--json", f.json, "Print one JSON document about what was done")->group("Output");
  app.add_flag("-q,--quiet", f.quiet, "Print errors only")->group("Output");
  app.add_flag("-v,--verbose", f.verbose, "Print what is done")->group("Output");
}

}  // namespace

Command add_sample(CLI::App& program) {
  CLI::App* app = program.add_subcommand("sample", "Make images from noise");
  auto flags = std::make_shared<Flags>();
  add_noise_options(*app, *flags);
  add_arrangement_options(*app, *flags);
  add_output_options(*app, *flags);
  app->footer(R"(Examples:
  genga sample --seeds 0,3-7 -o faces/
  genga sample --grid 8x6 --truncation 0.7 --size 128 -o sheet.png
  genga sample --seeds 1-6 --interpolate 25 --loop -o faces.mp4)");
  return {app, [flags] { return with_json_errors(flags->json, kSchema, [&] { return run(*flags); }); }};
}

}  // namespace genga::cli
