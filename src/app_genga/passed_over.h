// What lies among the inputs but is not taken, counted, so that each kind is mentioned once.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace genga::cli {

/// By suffix.
bool is_video(const std::filesystem::path& path);

class PassedOver {
 public:
  enum Kind { kVideo, kRaw, kFolder, kLink, kCount };

  void add(Kind kind, const std::filesystem::path& path);
  /// A file that is no image by its suffix: counted if it is a video or a raw photograph.
  void add_file(const std::filesystem::path& path);
  std::size_t count(Kind kind) const { return rows_.at(kind).count; }
  /// One sentence for each kind there was.
  std::vector<std::string> notes() const;

 private:
  struct Row {
    std::size_t count = 0;
    std::filesystem::path first;
  };
  std::array<Row, kCount> rows_;
};

}  // namespace genga::cli
