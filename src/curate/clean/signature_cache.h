// Signatures of images by the hash of their file, kept beside the manifest (.clean-cache), because they are too long
// for it. May be deleted at any time: what is missing is measured again.
#pragma once

#include <filesystem>
#include <string>
#include <unordered_map>

#include "curate/clean/signature.h"

namespace genga::curate {

using Signatures = std::unordered_map<std::string, Signature>;  // by sha256 in hex

/// Empty if there is none, or if it is of another version or broken.
Signatures read_signatures(const std::filesystem::path& folder);
/// Atomic. Throws Error: kIo.
void write_signatures(const std::filesystem::path& folder, const Signatures& signatures);

}  // namespace genga::curate
