// Images in archives, as WebDataset and img2dataset write them: tar (also .gz, .zst, .bz2, .xz) and zip (also .cbz).
// Members whose names differ after the first dot of the last part belong together: 0012.jpg, 0012.json, 0012.txt.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "fetch/formats/archive_reader.h"
#include "fetch/sources/source.h"

namespace genga::fetch {

/// Ends like an archive; may hold ranges and wildcards: "shard-{000..010}.tar", "shards/*.tar.gz".
bool is_shards(const std::string& argument);

/// "a-{08..10}.tar" -> a-08.tar, a-09.tar, a-10.tar; "{a,b}.zip" -> a.zip, b.zip. Text without braces stays.
/// Throws Error: kInvalidArgument (more than 100 000).
std::vector<std::string> expand_braces(const std::string& pattern);

/// The files that an argument means, in order. Throws Error: kNotFound naming the first that is not there.
std::vector<std::filesystem::path> find_shards(const std::string& argument);

/// One archive that is damaged or refused does not stop the others: it is passed over, and what came before is kept.
std::unique_ptr<ImageSource> make_shard_source(std::vector<std::filesystem::path> archives,
                                               const ArchiveLimits& limits);
/// Throws Error: as find_shards.
std::unique_ptr<ImageSource> open_shards(const std::string& argument, const SourceContext& context);

}  // namespace genga::fetch
