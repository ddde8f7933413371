// genga train: hands over to the separate program genga-train, so that genga itself needs no libtorch.
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
  app->prefix_command();
  app->footer(R"(Examples:
  genga train --photos DIR --style DIR -o RUN
  genga train --resume RUN)");
  // The arguments belong to genga-train: program.cpp hands them over before anything is parsed.
  return {app, [] {
            hand_over_to_train({});
            return 0;
          }};
}

void hand_over_to_train(const std::vector<std::string>& arguments) {
  std::error_code ec;
  const fs::path self = fs::read_symlink("/proc/self/exe", ec);
  const fs::path beside = self.parent_path() / "genga-train";
  const std::string file = !ec && ::access(beside.c_str(), X_OK) == 0 ? beside.string() : "genga-train";

  std::vector<std::string> words{"genga-train", "run"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execvp(file.c_str(), argv.data());  // comes back only if it failed
  if (errno == ENOENT) {
    fail(ErrorCode::kNotFound,
         "genga-train is neither in '{}' nor in PATH; build it with libtorch (cmake -DGENGA_TRAIN=ON) and install it "
         "there",
         self.parent_path().string());
  }
  fail(ErrorCode::kIo, "cannot start '{}': {}", file, std::strerror(errno));
}

}  // namespace genga::cli
