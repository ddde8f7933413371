// Which files were cut into a collection, and with which options: .genga-done, one line each, in its folder. So a file
// in which nothing was found is not looked at again, and one that was left in the middle is.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>

namespace genga::curate {

/// Threads: one at a time.
class DoneList {
 public:
  explicit DoneList(const std::filesystem::path& folder);

  /// The options that the file was cut with; null if it was not.
  const std::string* options_of(const std::string& operation, const std::string& sha256) const;
  /// On disk when it returns. operation and options hold neither tabs nor line ends. Throws Error: kIo.
  void add(const std::string& operation, const std::string& sha256, const std::string& options);

 private:
  std::filesystem::path path_;
  std::map<std::pair<std::string, std::string>, std::string> done_;
};

}  // namespace genga::curate
