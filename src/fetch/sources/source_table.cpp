// The table of the kinds of sources, and which of them takes an argument.
#include "fetch/sources/source_table.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "fetch/sources/booru.h"
#include "fetch/sources/commons.h"
#include "fetch/sources/crawl.h"
#include "fetch/sources/folder.h"
#include "fetch/sources/openverse.h"
#include "fetch/sources/shards.h"
#include "fetch/sources/url_list.h"
#include "genga/error.h"

namespace genga::fetch {
namespace {

// Prefixes ("danbooru:") before paths, paths before addresses: the first row that takes an argument has it.
constexpr std::array kKinds{
    SourceKind{.name = "booru",
               .spelling = "danbooru:TAGS (or safebooru:, gelbooru:, konachan:, yandere:, moebooru:)",
               .help = "Posts of a board by tags, as its own search takes them (--rating, --min-score); such boards "
                       "license nothing",
               .robots = false,
               .takes = &is_booru,
               .open = &open_booru},
    SourceKind{.name = "commons",
               .spelling = "commons:Category:NAME (or commons:WORDS, commons:File:NAME.jpg)",
               .help = "Wikimedia Commons: a category and those below it (--depth), a search, or files; each with its "
                       "licence",
               .robots = false,
               .takes = &is_commons,
               .open = &open_commons},
    SourceKind{.name = "openverse",
               .spelling = "openverse:WORDS",
               .help = "A search of the openly licensed images of many museums and photo sites",
               .robots = false,
               .takes = &is_openverse,
               .open = &open_openverse},
    SourceKind{.name = "folder",
               .spelling = "FOLDER",
               .help = "Images on disk with all below it; manifests and sidecars (.json, .txt) are read",
               .robots = false,
               .takes = &is_folder,
               .open = &open_folder},
    SourceKind{.name = "shards",
               .spelling = "FILE.tar|.tar.gz|.tar.zst|.zip|.cbz (or shard-{000..010}.tar)",
               .help = "Archives, as WebDataset and img2dataset write them, or of comic pages",
               .robots = false,
               .takes = &is_shards,
               .open = &open_shards},
    SourceKind{.name = "list",
               .spelling = "FILE.txt|.csv|.json|.jsonl",
               .help = "Addresses, one a line, or a table of them with licence, author, attribution, title, page, tags",
               .robots = true,
               .takes = &is_url_list,
               .open = &open_url_list},
    SourceKind{.name = "crawl",
               .spelling = "http(s)://...",
               .help = "A page: its images and those of pages it links to (--depth); robots.txt is obeyed",
               .robots = true,
               .takes = &is_crawl,
               .open = &open_crawl},
};

}  // namespace

std::span<const SourceKind> source_kinds() {
  return kKinds;
}

const SourceKind& kind_of(const std::string& argument) {
  const auto* found =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& kind) { return kind.takes(argument); });
  if (found != kKinds.end()) return *found;
  std::string spellings;
  for (const auto& kind : kKinds) spellings += fmt::format("{}{}", spellings.empty() ? "" : ", ", kind.spelling);
  std::error_code ignored;
  if (std::filesystem::exists(argument, ignored)) {
    fail(ErrorCode::kInvalidArgument, "source '{}' exists, but is none of {}", argument, spellings);
  }
  const bool like_a_host = argument.find('.') < argument.find_first_of("/ ") && argument.find("://") == argument.npos;
  fail(ErrorCode::kInvalidArgument, "source '{}' does not exist and is none of {}{}", argument, spellings,
       like_a_host ? fmt::format("; a web page is https://{}", argument) : "");
}

}  // namespace genga::fetch
