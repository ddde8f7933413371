// For tests that write files: names in a folder of this process, which goes away with it.
#pragma once

#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace genga::weights {

inline std::filesystem::path scratch(const char* name) {
  struct Folder {
    Folder() {
      std::string pattern = (std::filesystem::temp_directory_path() / "genga_weights_XXXXXX").string();
      if (mkdtemp(pattern.data()) == nullptr) std::abort();
      path = pattern;
    }
    ~Folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
    std::filesystem::path path;
  };
  static const Folder folder;
  return folder.path / name;
}

}  // namespace genga::weights
