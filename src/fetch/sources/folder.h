// Images that are on disk already: a folder with all below it. Entries of its manifests are taken over as they are; for
// other images, sidecars beside them are read (sidecar.h): a.jpg.json, a.json, a.jpg.txt, a.txt.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "fetch/sources/source.h"

namespace genga::fetch {

bool is_folder(const std::string& argument);
/// A cursor is the last file of a page, so that files that come and go meanwhile do not shift the pages.
/// Throws Error: kNotFound, kInvalidArgument (no image in it).
std::unique_ptr<ImageSource> open_folder(const std::string& argument, const SourceContext& context);

}  // namespace genga::fetch
