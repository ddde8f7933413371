// From what was typed to a list of images, each with what is known of it.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "genga/cut.h"
#include "genga/dataset.h"

namespace genga::curate {

struct Source {
  std::filesystem::path path{};
  dataset::Entry entry{};  // of its manifest; otherwise only `source` is set
  std::string name{};   // for results: below the folder it was found in, without suffix; no two are equal
};

struct SourceList {
  std::vector<Source> sources{};
  std::int64_t not_kept = 0;
  std::vector<CutProblem> problems{};
};

/// Files as they are; folders by their manifest, or without one by the files that `wanted` accepts. An image that lies
/// in a collection brings its entry. `skip`: what lies in it is not taken.
/// Throws Error: kNotFound (an input), kInvalidArgument (nothing to take; the output is an input).
SourceList list_sources(const Paths& inputs, const std::filesystem::path& skip,
                        const std::function<bool(const std::filesystem::path&)>& wanted, const char* what);

/// Hex; from the manifest if the file has the size that is noted there.
std::string content_of(const Source& source);

}  // namespace genga::curate
