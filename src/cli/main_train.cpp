// genga-train: trains styles. The only program that links LibTorch.
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <string>
#include <string_view>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/image.h"
#include "genga/train.h"

namespace {

using namespace genga;

CancelToken g_cancel;  // global: a signal handler can reach nothing else

extern "C" void on_interrupt(int signal) {
  g_cancel.cancel();
  std::signal(signal, SIG_DFL);  // a second Ctrl-C ends at once
}

/// Ctrl-C, a stop by the system, a terminal that is closed (unless nohup said otherwise) all end with a checkpoint. Of
/// a reader of stderr that has gone, nothing.
void watch_signals() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    if (std::signal(number, on_interrupt) == SIG_IGN && number == SIGHUP) std::signal(number, SIG_IGN);
  }
  std::signal(SIGPIPE, SIG_IGN);
}

/// A closed stderr's number would be given to the next file opened, and messages would be written into the run's log.
void open_standard_streams() {
  for (int fd = 0; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0) std::abort();  // takes the lowest number that is free
  }
}

int fails(std::string_view message, ErrorCode code) {
  std::fputs(fmt::format("genga-train: {}\n", message).c_str(), stderr);
  return exit_status(code);
}

struct Arguments {
  std::string config_file, out, resume;
  std::string report;  // the run that `report` is about
  bool dry_run = false, quiet = false;
  std::map<const train::Field*, std::string> flags;  // as typed; applied over the config file
};

constexpr const char* kExamples =
    "Examples:\n"
    "  genga-train run --photos photos --style paintings -o runs/first\n"
    "  genga-train run --photos photos --style ink,wash --steps 50000 --crop 192 -o runs/second\n"
    "  genga-train run --method cut --photos photos --style ink -o runs/cut\n"
    "  genga-train run --method deligan --style faces --crop 64 -o runs/faces\n"
    "  genga-train run --config runs/first/config.toml --lr 5e-4 -o runs/third\n"
    "  genga-train run --resume runs/second\n"
    "  genga-train run --photos photos --style paintings --dry-run\n"
    "  genga-train report runs/second\n"
    "The result is RUN/model.safetensors: genga stylize -m RUN/model.safetensors photo.jpg";

/// The config that help describes: of the method and presets on the command line, as far as they make sense.
train::RunConfig helped_config(int argc, char** argv) {
  std::vector<train::Flag> flags;
  for (const train::Field& field : train::fields()) {
    if (field.name != "method" && field.name != "preset") continue;
    const std::string flag = train::flag_of(field);
    for (int i = 1; i < argc; ++i) {
      const std::string word = argv[i];
      if (word == flag && i + 1 < argc) flags.emplace_back(&field, argv[i + 1]);
      if (word.starts_with(flag + "=")) flags.emplace_back(&field, word.substr(flag.size() + 1));
    }
  }
  try {
    return train::compose("", "", flags);
  } catch (const Error&) {
    return train::compose("", "", {});  // parsing will say what is wrong
  }
}

/// A field's value as a person would type it; "" if there is none.
std::string plain_value(const train::RunConfig& config, const train::Field& field) {
  std::string text = train::value_text(config, field);
  std::erase_if(text, [](char c) { return c == '\'' || c == '"' || c == '[' || c == ']'; });
  return text;
}

/// Help leaves out the fields that only other methods read.
bool is_read(const train::RunConfig& config, const train::Field& field) {
  static const std::vector<train::MethodInfo> methods = train::list_methods();
  const bool own = std::ranges::any_of(methods, [&](const train::MethodInfo& method) {
    return std::ranges::find(method.fields, field.name) != method.fields.end();
  });
  const auto method = std::ranges::find(methods, config.method, &train::MethodInfo::name);
  return !own || std::ranges::find(method->fields, field.name) != method->fields.end();
}

void add_options(CLI::App& run, Arguments& arguments, const train::RunConfig& helped) {
  run.allow_extras();  // so that check_extras can name the nearest option
  run.add_option("-c,--config", arguments.config_file,
                 "TOML file over the method's preset; its keys are the options below with '_' for '-'");
  run.add_option("-o,--output", arguments.out, "folder for the run: checkpoints, sheets, log, model");
  run.add_option("--resume", arguments.resume, "continue the run in this folder; other options override its config");
  run.add_flag("--dry-run", arguments.dry_run, "print networks, cost, memory and time; train nothing");
  run.add_flag("-q,--quiet", arguments.quiet, "no progress on stderr");
  for (const train::Field& field : train::fields()) {
    run.add_option_function<std::string>(
           train::flag_of(field),
           [&arguments, &field](const std::string& text) {
             if (text.starts_with("--")) {  // CLI11 takes the next option for a value
               fail(ErrorCode::kInvalidArgument, "{}: is '{}', expected a value before the next option", field.name,
                    text);
             }
             arguments.flags[&field] = text;
           },
           std::string(field.help))
        ->group(is_read(helped, field) ? std::string(field.group) : "")
        ->type_name("")
        ->default_str(plain_value(helped, field));
  }
}

/// Throws Error: kInvalidArgument, with the nearest, if the first word is no command.
void check_command(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  if (std::ranges::find(names, argv[1]) != names.end()) return;
  const std::string nearest = did_you_mean(argv[1], names);
  fail(ErrorCode::kInvalidArgument, "'{}' is not a command of genga-train{}", argv[1],
       nearest.empty() ? "; see genga-train --help" : nearest);
}

/// Throws Error: kInvalidArgument for what no option took.
void check_extras(const CLI::App& run) {
  const std::vector<std::string> extras = run.remaining();
  if (extras.empty()) return;
  std::vector<std::string> names;
  for (const CLI::Option* option : run.get_options()) {  // get_name() would be empty for what help leaves out
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  const auto flag = std::ranges::find_if(extras, [](const std::string& text) { return text.starts_with("--"); });
  const std::string& word = flag == extras.end() ? extras.front() : *flag;
  const std::string name = word.substr(0, word.find('='));
  fail(ErrorCode::kInvalidArgument, "run: unknown argument '{}'{}; genga-train run --help lists all", name,
       did_you_mean(name, names));
}

train::RunConfig make_config(const Arguments& arguments) {
  std::string toml;
  if (!arguments.config_file.empty()) {
    const std::vector<std::byte> bytes = read_file(arguments.config_file, 1 << 20);
    toml.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  if (arguments.resume.empty()) {
    const std::vector<train::Flag> flags(arguments.flags.begin(), arguments.flags.end());
    return train::compose(toml, arguments.config_file, flags);
  }
  train::RunConfig config = train::read_run_config(arguments.resume);
  const train::RunConfig begun = config;
  if (!toml.empty()) train::apply_toml(config, toml, arguments.config_file);
  for (const auto& [field, text] : arguments.flags) train::set_field(config, *field, text);
  if (config.method != begun.method) {
    fail(ErrorCode::kInvalidArgument, "run: '{}' was trained by method '{}' and cannot go on by '{}'; start a new run",
         arguments.resume, begun.method, config.method);
  }
  if (config.preset != begun.preset || config.init_from != begun.init_from) {
    fail(ErrorCode::kInvalidArgument,
         "run: --preset and --init-from say how a run begins, and '{}' has begun; set single options, or start a new "
         "run",
         arguments.resume);
  }
  return config;
}

void print_methods() {
  for (const train::MethodInfo& method : train::list_methods()) {
    fmt::print("{}\n  {} ({})\n  from {}; reads:", method.name, method.summary, method.source,
               method.from_noise ? "noise" : "photos");
    for (const std::string& field : method.fields) fmt::print(" {}", field);
    fmt::print("\n\n");
  }
  fmt::print("presets:");
  for (const train::Preset& preset : train::presets()) fmt::print(" {}", preset.name);
  fmt::print("\n");
}

std::string clock_text(double seconds) {
  return fmt::format("{:.0f} h {:02.0f} min", std::floor(seconds / 3600), std::floor(std::fmod(seconds, 3600) / 60));
}

/// The preset images_N whose N is nearest in ratio to the number of style images. They were measured for methods
/// from noise (docs/training.md, "How many images"); "" for others, and where the config names one already.
std::string_view preset_for(const train::RunConfig& config, std::int64_t n_styles) {
  constexpr std::string_view kStem = "images_";
  const auto methods = train::list_methods();
  const auto method = std::ranges::find(methods, config.method, &train::MethodInfo::name);
  if (!method->from_noise || config.preset.find(kStem) != std::string::npos) return "";
  std::string_view nearest;
  double minimum = INFINITY;
  for (const train::Preset& preset : train::presets()) {
    if (!preset.name.starts_with(kStem)) continue;
    const double n = std::stod(std::string(preset.name.substr(kStem.size())));
    const double distance = std::abs(std::log(static_cast<double>(n_styles) / n));
    if (distance < minimum) nearest = preset.name;
    minimum = std::min(minimum, distance);
  }
  return nearest;
}

void print_plan(const train::RunConfig& config) {
  const train::RunPlan plan = train::plan_run(config);
  fmt::print("images   {} photos, {} held out for sheets, {} in the style{}\n", plan.n_photos, plan.n_held_out,
             plan.n_styles, plan.n_dropped == 0 ? "" : fmt::format("; manifests leave out {}", plan.n_dropped));
  if (const std::string_view preset = preset_for(config, plan.n_styles); !preset.empty()) {
    fmt::print("advice     --preset {}: measured for about so many images\n", preset);
  }
  fmt::print("licences   {}\n", plan.licences);
  if (!plan.credit.empty()) fmt::print("credit     {}\n", plan.credit);
  for (const auto& network : plan.networks) {
    fmt::print("network    {}: {} parameters, {:.2f} GMAC a crop of {} px\n", network.name, network.n_parameters,
               static_cast<double>(network.macs) / 1e9, config.crop);
  }
  fmt::print("memory     {} resident while training, and up to {} of decoded images\n", format_bytes(plan.peak_bytes),
             format_bytes(plan.image_bytes));
  fmt::print("time       {:.2f} s a warm-up step, {:.2f} s a step; {} for {} steps\n", plan.warmup_step_seconds,
             plan.step_seconds, clock_text(plan.total_seconds), config.steps);
}

void run(const Arguments& arguments) {
  const train::RunConfig config = make_config(arguments);
  image::init(1);
  if (arguments.dry_run) return print_plan(config);
  if (arguments.out.empty() == arguments.resume.empty()) {
    fail(ErrorCode::kInvalidArgument, "run: expected either --output FOLDER for a new run or --resume FOLDER");
  }
  watch_signals();
  train::ProgressBar bar;
  train::RunOptions options;
  options.cancel = &g_cancel;
  if (!arguments.quiet) {
    options.on_step = [&](const train::StepReport& report) { bar.step(report); };
    options.on_note = [&](const std::string& text) { bar.note(text); };
  }
  if (arguments.resume.empty()) {
    train::start_run(config, arguments.out, options);
  } else {
    train::resume_run(config, arguments.resume, options);
  }
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  CLI::App app{"Trains anime styles for genga from photos and images of a style.", "genga-train"};
  app.set_version_flag("--version", "genga-train " GENGA_VERSION);
  app.require_subcommand(1);
  app.footer(kExamples);
  Arguments arguments;
  CLI::App* run_command = app.add_subcommand("run", "Train a style, or continue a run");
  run_command->footer("Values and options are those of the method; --method NAME --help shows another's.\n" +
                      std::string(kExamples));
  add_options(*run_command, arguments, helped_config(argc, argv));
  CLI::App* methods_command =
      app.add_subcommand("methods", "List training methods, the options they read, and presets");
  CLI::App* report_command =
      app.add_subcommand("report", "Write RUN/report.html: curves, samples, data, events and config of a run");
  report_command->add_option("RUN", arguments.report, "folder of the run, finished or not")->required();
  try {
    check_command(app, argc, argv);
    app.parse(argc, argv);
    if (report_command->parsed()) {
      image::init();
      fmt::print("{}\n", train::write_report(arguments.report).string());
      return 0;
    }
    if (methods_command->parsed()) {
      print_methods();
      return 0;
    }
    check_extras(*run_command);
    run(arguments);
    return 0;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return fails(fmt::format("{}; see genga-train --help", error.what()), ErrorCode::kInvalidArgument);
  } catch (const Error& error) {
    return fails(error.what(), error.code());
  } catch (const std::exception& error) {
    return fails(error.what(), ErrorCode::kInternal);
  }
}
