// genga bench: how fast a network runs here. The network itself, whatever size its strokes are made for; what genga
// stylize runs on larger or smaller images with --stroke-scale.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "app_genga/commands.h"
#include "app_genga/network_options.h"
#include "app_genga/trained_run.h"
#include "cli/checks.h"
#include "cli/interrupt.h"
#include "cli/json_output.h"
#include "cli/terminal.h"
#include "genga/base.h"
#include "genga/engine.h"
#include "genga/graph.h"
#include "genga/stylize.h"
#include "genga/transform.h"

namespace genga::cli {
namespace {

struct Flags {
  std::string style;
  std::string model;
  std::string device = "cpu", precision, stroke_scale = "1";
  std::vector<std::string> sizes{"512"};
  int threads = 0;
  int n_runs = 10;
  bool profile = false;
  bool json = false;
};

constexpr const char* kSchema = "genga.bench.2";
constexpr int kWarmUp = 2;

struct Row {
  ir::Shape shape;
  double session_s = 0;  // planning, and for the first size packing weights
  double median_s = 0, p10_s = 0, p90_s = 0;
  double pixels_per_s = 0;
  double macs_per_s = 0;
  double frames_per_s = 0;  // as many under way as the session takes
  std::int64_t arena_bytes = 0;
  std::vector<engine::StepCost> steps;  // medians, if they are wanted
};

std::int64_t peak_rss_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return std::int64_t{usage.ru_maxrss} * 1024;
}

/// Value below which the fraction q of the sorted values lies, linear between neighbours.
double quantile(const std::vector<double>& sorted, double q) {
  const double position = q * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<std::size_t>(position);
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (position - static_cast<double>(low));
}

/// Medians over the runs, step by step.
std::vector<engine::StepCost> profile(engine::Session& session, const std::vector<float>& src, std::vector<float>& dst,
                                      int n_runs) {
  std::vector<engine::StepCost> steps = session.profile(src, dst);
  std::vector<std::vector<double>> seconds(steps.size());
  for (int i = 0; i < n_runs; ++i) {
    interrupted().check();
    const std::vector<engine::StepCost> run = session.profile(src, dst);
    for (std::size_t k = 0; k < run.size(); ++k) seconds[k].push_back(run[k].seconds);
  }
  for (std::size_t k = 0; k < steps.size(); ++k) {
    std::sort(seconds[k].begin(), seconds[k].end());
    steps[k].seconds = quantile(seconds[k], 0.5);
  }
  return steps;
}

/// Images a second when copies of one run beside the computing of another.
double measure_frames_per_s(engine::Session& session, const std::vector<float>& src, std::size_t dst_size, int n_runs) {
  const int n_started = session.max_started();
  std::vector<std::vector<float>> dst(static_cast<std::size_t>(n_started), std::vector<float>(dst_size));
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < n_runs; ++i) {
    interrupted().check();
    if (i >= n_started) session.wait();
    session.start(src, dst[static_cast<std::size_t>(i % n_started)]);
  }
  for (int i = 0; i < std::min(n_runs, n_started); ++i) session.wait();
  return n_runs / std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Row measure(const engine::CompiledModel& model, int width, int height, const Flags& flags) {
  const int multiple = model.receptive_field().multiple;
  const auto up = [&](int side) { return std::int64_t{(side + multiple - 1) / multiple} * multiple; };
  const auto before = std::chrono::steady_clock::now();
  const auto session = model.session(up(height), up(width));
  Row row;
  row.session_s = seconds_since(before);
  row.shape = session->input_shape();
  row.arena_bytes = session->arena_bytes();
  std::vector<float> src(static_cast<std::size_t>(row.shape.size()), 0.25F);
  std::vector<float> dst(static_cast<std::size_t>(session->output_shape().size()));
  std::vector<double> seconds;
  for (int i = -kWarmUp; i < flags.n_runs; ++i) {
    interrupted().check();
    const auto start = std::chrono::steady_clock::now();
    session->run(src, dst);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    if (i >= 0) seconds.push_back(taken.count());
  }
  std::sort(seconds.begin(), seconds.end());
  row.median_s = quantile(seconds, 0.5);
  row.p10_s = quantile(seconds, 0.1);
  row.p90_s = quantile(seconds, 0.9);
  row.pixels_per_s = static_cast<double>(row.shape.h * row.shape.w) / row.median_s;
  row.macs_per_s = static_cast<double>(ir::count_macs(model.graph(), row.shape)) / row.median_s;
  row.frames_per_s =
      session->max_started() == 1 ? 1 / row.median_s : measure_frames_per_s(*session, src, dst.size(), flags.n_runs);
  if (flags.profile) row.steps = profile(*session, src, dst, flags.n_runs);
  return row;
}

/// peak_macs_per_s: 0: of a device whose peak is not known.
std::string text_of(const Row& row, double peak_macs_per_s) {
  const std::string fraction =
      peak_macs_per_s > 0 ? fmt::format("{:.0f}%", 100 * row.macs_per_s / peak_macs_per_s) : std::string("-");
  std::string text = fmt::format("{:>11}{:>11.1f}{:>20}{:>9.1f}{:>9.2f}{:>9.1f}{:>8}{:>13}\n",
                                 fmt::format("{}x{}", row.shape.w, row.shape.h), row.median_s * 1e3,
                                 fmt::format("{:.1f}-{:.1f}", row.p10_s * 1e3, row.p90_s * 1e3), row.frames_per_s,
                                 row.pixels_per_s / 1e6, row.macs_per_s / 1e9, fraction, format_bytes(row.arena_bytes));
  double all = 0;
  for (const engine::StepCost& step : row.steps) all += step.seconds;
  for (const engine::StepCost& step : row.steps) {
    text += fmt::format("{:>11.2f} ms{:>6.1f}%{:>8.1f} GMAC/s  {}\n", step.seconds * 1e3, 100 * step.seconds / all,
                        static_cast<double>(step.macs) / step.seconds / 1e9, step.step);
  }
  return text;
}

Json json_of(const Row& row, double peak_macs_per_s) {
  Json document = {{"width", row.shape.w},
                   {"height", row.shape.h},
                   {"session_s", row.session_s},
                   {"median_s", row.median_s},
                   {"p10_s", row.p10_s},
                   {"p90_s", row.p90_s},
                   {"pixels_per_s", row.pixels_per_s},
                   {"macs_per_s", row.macs_per_s},
                   {"frames_per_s", row.frames_per_s},
                   {"peak_fraction", peak_macs_per_s > 0 ? Json(row.macs_per_s / peak_macs_per_s) : Json()},
                   {"arena_bytes", row.arena_bytes}};
  for (const engine::StepCost& step : row.steps) {
    document["steps"].push_back({{"step", step.step}, {"seconds", step.seconds}, {"macs", step.macs}});
  }
  return document;
}

int run(const Flags& flags) {
  const auto start = std::chrono::steady_clock::now();
  const auto model =
      transform::with_stroke_scale(stylize::open_style(flags.model.empty() ? flags.style : model_file_of(flags.model)),
                                   parse_stroke_scale(flags.stroke_scale, false));
  const int threads = flags.threads > 0 ? flags.threads : available_cores();
  const engine::Precision precision = parse_precision(flags.precision, flags.device);
  const auto compiled = engine::compile(model, {.threads = threads, .device = flags.device, .precision = precision});
  const double load_s = seconds_since(start);
  const bool on_device = compiled->device() != "cpu";
  const double peak_macs_per_s = on_device ? 0 : engine::measure_peak_macs(threads);
  Json rows = Json::array();
  if (!flags.json) {
    const std::string where = on_device ? compiled->device()
                                        : fmt::format("{} threads, {} (f32 peak {:.0f} GMAC/s)", threads,
                                                      engine::name_of(precision), peak_macs_per_s / 1e9);
    write_stdout(
        fmt::format("{}, {}, median of {} runs; GMAC/s: billions of multiply-adds a "
                    "second\n{:>11}{:>11}{:>20}{:>9}{:>9}{:>9}{:>8}{:>13}\n",
                    printable(model.card.name), where, flags.n_runs, "size", "median ms", "p10-p90 ms", "frames/s",
                    "MP/s", "GMAC/s", "of peak", "activations"));
  }
  for (const auto& text : flags.sizes) {
    const auto size = parse_size(text);
    const Row row = size.long_side > 0 ? measure(*compiled, size.long_side, size.long_side, flags)
                                       : measure(*compiled, size.width, size.height, flags);
    if (flags.json) {
      rows.push_back(json_of(row, peak_macs_per_s));
    } else {
      write_stdout(text_of(row, peak_macs_per_s));
    }
  }
  if (flags.json) {
    print_json({{"schema", kSchema},
                {"model", model.card.name},
                {"threads", threads},
                {"runs", flags.n_runs},
                {"device", compiled->device()},
                {"precision", on_device ? Json() : Json(engine::name_of(precision))},
                {"peak_macs_per_s", on_device ? Json() : Json(peak_macs_per_s)},
                {"load_s", load_s},
                {"rows", rows},
                {"peak_rss_bytes", peak_rss_bytes()}});
  } else {
    write_stdout(fmt::format("peak memory of the process {}\n", format_bytes(peak_rss_bytes())));
  }
  return 0;
}

}  // namespace

Command add_bench(CLI::App& program) {
  CLI::App* app = program.add_subcommand("bench", "Measure how fast a style runs on this machine");
  auto flags = std::make_shared<Flags>();
  auto* style = app->add_option("-n,--style", flags->style, "Built-in style")->type_name("STYLE");
  app->add_option("-m,--model", flags->model, "Model file")->type_name("FILE")->excludes(style);
  app->add_option("--size", flags->sizes, "Image sizes, separated by commas (default 512)")
      ->type_name("WxH|N")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(size_text());
  app->add_option("--stroke-scale", flags->stroke_scale,
                  "Measure the network that genga stylize runs with this stroke scale (default 1)")
      ->type_name("0.5..8")
      ->check(stroke_scale_text(false));
  app->add_option("-j,--threads", flags->threads, "Threads (default: all cores)")
      ->type_name("N")
      ->check(integer_in(0, 1024));
  add_device_option(*app, flags->device);
  add_precision_option(*app, flags->precision);
  app->add_option("--runs", flags->n_runs, "Runs to take the median of (default 10)")
      ->type_name("N")
      ->check(integer_in(1, 100000));
  app->add_flag("--profile", flags->profile, "Show where the time goes, step by step");
  app->add_flag("--json", flags->json, "Print one JSON document");
  app->footer("Examples:\n  genga bench --size 512,1920x1080\n  genga bench -m run/model.safetensors -j 1 --json");
  return {app, [flags] { return with_json_errors(flags->json, kSchema, [&] { return run(*flags); }); }};
}

}  // namespace genga::cli
