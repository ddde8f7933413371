// genga train and genga data: other programs do them, so that genga itself starts fast and needs no libtorch.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

#include "cli/commands.h"
#include "genga/error.h"

namespace genga::cli {

namespace fs = std::filesystem;

Command add_train(CLI::App& program) {
  CLI::App* app = program.add_subcommand("train", "Train a style of your own (see genga train --help)");
  app->footer(R"(Examples:
  genga train --photos DIR --style DIR -o RUN
  genga train --resume RUN)");
  return {.app = app, .take = [](std::vector<std::string> arguments) -> int {
            arguments.insert(arguments.begin(), "run");
            hand_over("genga-train", arguments);
          }};
}

Command add_data(CLI::App& program) {
  CLI::App* app = program.add_subcommand("data", "Collect and prepare pictures to train on (see genga data --help)");
  app->footer(R"(Examples:
  genga data frames film.mkv -o drawings
  genga data clean drawings
  genga data licences drawings)");
  return {.app = app,
          .take = [](const std::vector<std::string>& arguments) -> int { hand_over("genga-data", arguments); }};
}

void hand_over(const std::string& program, const std::vector<std::string>& arguments) {
  std::error_code ec;
  const fs::path self = fs::read_symlink("/proc/self/exe", ec);
  const fs::path beside = self.parent_path() / program;
  const std::string file = !ec && ::access(beside.c_str(), X_OK) == 0 ? beside.string() : program;

  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execvp(file.c_str(), argv.data());  // comes back only if it failed
  if (errno == ENOENT) {
    fail(ErrorCode::kNotFound,
         "{0} is neither in '{1}' nor in PATH; build the whole of Genga (make install) and keep its "
         "programs together",
         program, self.parent_path().string());
  }
  fail(ErrorCode::kIo, "cannot start '{}': {}", file, std::strerror(errno));
}

}  // namespace genga::cli
