// A library that is already on disk: a folder with all below it. What its manifests say is taken over entirely; beside
// other images, sidecars are read (sidecar.h): a.jpg.json, a.json, a.jpg.txt, a.txt.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "fetch/sources/source.h"

namespace genga::fetch {

bool is_folder(const std::string& argument);
/// A cursor is the last file of a page: files that come and go meanwhile shift nothing.
/// Throws Error: kNotFound, kInvalidArgument (no image in it).
std::unique_ptr<Source> open_folder(const std::string& argument, const SourceContext& context);

}  // namespace genga::fetch
