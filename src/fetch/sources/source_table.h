// The kinds of sources. A new one: a file pair with an open function, and a row in source_table.cpp.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fetch/sources/source.h"

namespace genga::fetch {

struct SourceKind {
  std::string_view name;      // "crawl"; stable, in JSON output
  std::string_view spelling;  // as help shows it: "danbooru:TAGS"
  std::string_view help;      // one line
  bool robots;                // robots.txt holds for its images; not for APIs, which are made for programs
  /// The first row that takes the argument opens it.
  bool (*takes)(const std::string& argument);
  /// Throws Error: kInvalidArgument, kNotFound; as ImageSource::list.
  std::unique_ptr<ImageSource> (*open)(const std::string& argument, const SourceContext& context);
};

std::span<const SourceKind> source_kinds();

/// Throws Error: kInvalidArgument naming the kinds that there are.
const SourceKind& kind_of(const std::string& argument);

}  // namespace genga::fetch
