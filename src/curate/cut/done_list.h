// Which files have been cut into a collection, and with which options: one line each in the file .genga-done of its
// folder. So a file in which nothing was found is not searched again, and one that was interrupted is.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>

namespace genga::curate {

/// One writer at a time: the lock of the collection's manifest keeps other programs away. Threads: one at a time.
class DoneList {
 public:
  explicit DoneList(const std::filesystem::path& folder);

  /// The options that the file was cut with; null if it was not.
  const std::string* options_of(const std::string& operation, const std::string& sha256) const;
  /// Appends a line. operation and options hold neither tabs nor line ends. Throws Error: kIo.
  void add(const std::string& operation, const std::string& sha256, const std::string& options);

 private:
  std::filesystem::path path_;
  std::int64_t size_ = 0;  // bytes of whole lines in the file; what follows them was cut short
  std::map<std::pair<std::string, std::string>, std::string> done_;
};

}  // namespace genga::curate
