// The files that a cut reads, listed from the paths that were given, each with what its manifest knows of it.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "genga/cut.h"
#include "genga/dataset.h"

namespace genga::curate {

struct CutInput {
  std::filesystem::path path{};
  dataset::Entry entry{};  // of its manifest; otherwise only `source` is set
  std::string name{};      // for results: below the folder it was found in, without suffix; no two are equal
};

struct CutInputs {
  std::vector<CutInput> files{};
  std::int64_t not_kept = 0;  // files that a manifest drops
  std::vector<CutProblem> problems{};
};

/// Files as they are; folders by their manifest, or without one by the files that `wanted` accepts. An image that lies
/// in a collection brings its entry. `skip`: what lies in it is not taken.
/// Throws Error: kNotFound (an input), kInvalidArgument (nothing to take; the output is an input).
CutInputs list_inputs(const Paths& inputs, const std::filesystem::path& skip,
                      const std::function<bool(const std::filesystem::path&)>& wanted, const char* what);

/// SHA-256 in hex; from the manifest if the file has the size that is noted there.
std::string sha256_of_input(const CutInput& source);

}  // namespace genga::curate
