// genga train run: trains a style, or goes on with a run that was stopped.
#include <algorithm>
#include <memory>

#include "app_train/commands.h"
#include "app_train/plan_text.h"
#include "app_train/run_display.h"
#include "app_train/run_options.h"
#include "cli/interrupt.h"
#include "cli/shell_word.h"
#include "cli/terminal.h"
#include "genga/error.h"
#include "genga/image.h"

namespace genga::cli {
namespace {

const std::string& folder_of(const RunFlags& flags) {
  return flags.resume.empty() ? flags.output : flags.resume;
}

bool makes_from_noise(const train::RunConfig& config) {
  const auto methods = train::list_methods();
  const auto method = std::ranges::find(methods, config.method, &train::MethodInfo::name);
  return method != methods.end() && method->from_noise;
}

/// What this process has told people. Of several that train together, only the one that writes hears of steps and
/// notes.
struct Said {
  bool anything = false, how_to_resume = false;
};

void train_or_resume(const RunFlags& flags, const train::RunConfig& config, Said& said) {
  RunDisplay display(stderr_style());
  train::RunOptions options;
  options.cancel = &interrupted();
  if (!flags.quiet) {
    options.on_step = [&](const train::StepReport& report) {
      said.anything = true;
      display.step(report);
      if (said.how_to_resume || !interrupted().cancelled() || report.step == report.n_steps) return;
      said.how_to_resume = true;
      display.note(
          fmt::format("interrupted; after this step a checkpoint is written; go on with: genga train --resume {}",
                      printable(shell_word(folder_of(flags)))));
    };
    options.on_note = [&](const std::string& text) {
      said.anything = true;
      display.note(text);
    };
  }
  if (flags.resume.empty()) {
    train::start_run(config, flags.output, options);
  } else {
    train::resume_run(config, flags.resume, options);
  }
}

int run(const RunFlags& flags) {
  const train::RunConfig config = make_config(flags);
  image::init(1);
  if (flags.dry_run) {
    write_stdout(plan_text(config));
    return 0;
  }
  if (flags.output.empty() == flags.resume.empty()) {
    fail(ErrorCode::kInvalidArgument, "expected either --output FOLDER for a new run or --resume FOLDER");
  }
  Said said;
  try {
    train_or_resume(flags, config, said);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled && said.anything && !said.how_to_resume) {
      say(fmt::format("interrupted; go on with: genga train --resume {}", printable(shell_word(folder_of(flags)))));
    }
    if (error.code() == ErrorCode::kOutOfMemory) fail(error.code(), "{}; {}", error.what(), kLessMemory);
    throw;
  }
  if (said.anything) {
    const std::string folder = printable(shell_word(folder_of(flags)));
    say(fmt::format("report: {}/report.html", folder));
    say(makes_from_noise(config)
            ? fmt::format("model:  genga sample -m {}/model.safetensors --grid 8x6 -o images.png", folder)
            : fmt::format("model:  genga stylize -m {}/model.safetensors photo.jpg -o anime.png", folder));
  }
  return 0;
}

}  // namespace

Command add_train_run(CLI::App& program) {
  CLI::App* app = program.add_subcommand("run", "Train a style, or go on with a run");
  auto flags = std::make_shared<RunFlags>();
  add_run_options(*app, *flags);
  app->footer(R"(Options and defaults are those of the method genga, or of --method NAME.

Examples:
  genga train --photos photos --style paintings -o runs/first
  genga train --photos photos --style ink,wash --crop 192 -o runs/second
  genga train --method cut --photos photos --style ink -o runs/cut
  genga train --method deligan --style faces --crop 64 -o runs/faces
  genga train --config runs/first/config.toml --lr 5e-4 -o runs/third
  genga train --resume runs/second
  genga train --photos photos --style paintings --dry-run)");
  return {.app = app,
          .run = [flags] { return run(*flags); },
          .before_help = [app](const std::vector<std::string>& arguments) { adapt_to_method(*app, arguments); }};
}

}  // namespace genga::cli
