// Finding, starting and asking the programs beside this one.
#include "app_genga/sister_programs.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#include "genga/error.h"

namespace genga::cli {

namespace fs = std::filesystem;
namespace {

/// The program's file beside our own; else its name, to be looked for in PATH.
std::string file_of(const std::string& program, const fs::path& self) {
  const fs::path beside = self.parent_path() / program;
  return !self.empty() && ::access(beside.c_str(), X_OK) == 0 ? beside.string() : program;
}

fs::path own_file() {
  std::error_code unknown;
  return fs::read_symlink("/proc/self/exe", unknown);
}

/// For the shell, in single quotes.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "'\\''" : std::string(1, c);
  return result + "'";
}

}  // namespace

void hand_over(const std::string& program, const std::vector<std::string>& arguments) {
  const fs::path self = own_file();
  const std::string file = file_of(program, self);

  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execvp(file.c_str(), argv.data());  // comes back only if it failed
  if (errno == ENOENT) {
    fail(ErrorCode::kNotFound,
         "{0} is neither in '{1}' nor in PATH; install Genga's package {0}, or all of Genga from source (make install)",
         program, self.parent_path().string());
  }
  fail(ErrorCode::kIo, "cannot start '{}': {}", file, std::strerror(errno));
}

CommandDoc table_of(const std::string& program) {
  const std::string line = fmt::format("{} {} 2>/dev/null", quoted(file_of(program, own_file())), kTableFlag);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(line.c_str(), "r"), &::pclose);
  std::string text;
  std::array<char, 4096> block;
  for (std::size_t n = 0; pipe && (n = std::fread(block.data(), 1, block.size(), pipe.get())) > 0;) {
    text.append(block.data(), n);
  }
  return table_from_text(text);
}

}  // namespace genga::cli
