// A message with file names, of which a few are shown.
#include "app_data/file_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/terminal.h"

namespace genga::cli {

void say_files(std::string_view what, const std::vector<std::string>& files) {
  constexpr std::size_t kShown = 10;
  if (files.empty()) return;
  std::string names;
  for (std::size_t i = 0; i < std::min(files.size(), kShown); ++i) names += "\n  " + printable(files[i]);
  if (files.size() > kShown) names += fmt::format("\n  and {} more", files.size() - kShown);
  write_stderr(fmt::format("genga: {} {}{}\n", files.size(), what, names));
}

}  // namespace genga::cli
