// Chooses what the contact sheet shows and makes the thumbnails. Its HTML is in contact_sheet_page.cpp.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <vector>

#include "curate/clean/checks.h"
#include "curate/contact_sheet/contact_sheet_page.h"
#include "genga/clean.h"
#include "genga/error.h"
#include "genga/image.h"
#include "genga/text.h"
#include "genga/thread_pool.h"

namespace genga::curate {
namespace {

constexpr int kQuality = 70;                   // of thumbnails, WebP
constexpr std::int64_t kCaptionBytes = 700;    // of a tile without its image, about
constexpr std::int64_t kPageBytes = 16 << 10;  // without tiles

/// Fills in the thumbnail; it stays empty if the image cannot be read.
void make_thumbnail(const std::filesystem::path& path, int side_px, SheetTile& tile) {
  try {
    const image::EncodedImage source{.path = path};
    const image::Info info = image::RowReader(source, {}).info();
    image::ReadOptions options;
    if (std::max(info.width, info.height) > side_px) options.size.long_side = side_px;
    const image::Image image = image::read_image(source, options);
    tile.width = image.width;
    tile.height = image.height;
    tile.thumbnail = base64(image::encode(image, {.format = "webp", .quality = kQuality}));
  } catch (const Error&) {
    tile.thumbnail.clear();
  }
}

/// The first reason in words that hold for every image of the section.
std::string section_of(const dataset::Entry& entry) {
  std::string reason;
  for (const dataset::Decision& decision : entry.decisions) {
    if (decision.step == "hand") {
      reason = "hand: drop";
    } else if (!decision.keep && reason.empty()) {
      reason = decision.step + ": " + decision.check;
    }
  }
  return reason;
}

using Chosen = std::vector<std::size_t>;  // entries

class ContactSheetMaker {
 public:
  ContactSheetMaker(const dataset::Manifest& manifest, const ContactSheetOptions& options)
      : manifest_(manifest), options_(options) {
    if (options.limit < 1 || options.thumbnail_px < 16 || options.max_bytes < (1 << 20)) {
      fail(ErrorCode::kInvalidArgument,
           "sheet of {} thumbnails of {} px in {} bytes asked for, expected at least 1, 16 px and 1 MiB", options.limit,
           options.thumbnail_px, options.max_bytes);
    }
    page_.folder = std::filesystem::absolute(manifest.folder / "").lexically_normal().parent_path().filename().string();
    page_.stats = collection_stats(manifest);
    const dataset::Verdict verdict = dataset::judge_licences(manifest.entries);
    page_.licence_sentence = verdict.sentence;
    page_.credit = verdict.attribution_text;
    make_sections();
  }

  ContactSheetReport write(const std::filesystem::path& path) {
    AtomicFile{path};  // what cannot be written is said before the work, not after
    thin_out(options_.limit);
    fill();
    stay_below();
    for (SheetSection& section : page_.sections) {
      report_.shown += std::ssize(section.tiles);
      for (const SheetTile& tile : section.tiles) report_.unreadable += tile.thumbnail.empty() ? 1 : 0;
    }
    report_.images = std::ssize(manifest_.entries);
    const std::string html = html_of(page_);
    report_.bytes = std::ssize(html);
    write_file(path, html);
    return report_;
  }

 private:
  void add_section(const std::string& title, const std::string& explanation, const Chosen& entries) {
    if (entries.empty()) return;
    SheetSection& section = page_.sections.emplace_back();
    section.id = fmt::format("s{}", page_.sections.size());
    section.title = title;
    section.explanation = explanation;
    section.images = std::ssize(entries);
    for (const std::size_t i : entries) section.tiles.push_back({.entry = &manifest_.entries[i]});
  }

  void make_sections() {
    Chosen kept;
    std::map<std::string, Chosen> dropped;
    std::map<double, Chosen> groups;
    for (std::size_t i = 0; i < manifest_.entries.size(); ++i) {
      const dataset::Entry& entry = manifest_.entries[i];
      const auto group = entry.measures.find(kGroup);
      if (group != entry.measures.end()) groups[group->second].push_back(i);
      if (entry.kept()) {
        kept.push_back(i);
      } else if (const std::string reason = section_of(entry); !is_copy(reason)) {
        dropped[reason].push_back(i);
      } else if (group == entry.measures.end()) {
        dropped[reason].push_back(i);
      }
    }
    for (const auto& [group, members] : groups) {  // whose copies are not here
      const dataset::Entry& entry = manifest_.entries[members.front()];
      if (members.size() == 1 && !entry.kept() && is_copy(section_of(entry))) {
        dropped[section_of(entry)].push_back(members.front());
      }
    }
    add_groups(groups);
    for (const auto& [reason, entries] : dropped) {
      const bool by_hand = reason.starts_with("hand");
      add_section(
          "Dropped by " + (by_hand ? std::string("hand") : reason),
          by_hand ? "A person said so; genga data keep takes it back." : "Each with the reason; still in the folder.",
          entries);
    }
    add_section("Kept", "What training uses.", kept);
  }

  static bool is_copy(const std::string& reason) {
    return reason == "clean: duplicate" || reason == fmt::format("clean: {}", kNear);
  }

  void add_groups(const std::map<double, Chosen>& groups) {
    Chosen all;
    std::vector<std::size_t> ends;
    for (const auto& [group, members] : groups) {
      if (members.size() < 2) continue;
      Chosen sorted = members;
      std::stable_sort(sorted.begin(), sorted.end(), [&](std::size_t a, std::size_t b) {
        return manifest_.entries[a].kept() > manifest_.entries[b].kept();
      });
      all.insert(all.end(), sorted.begin(), sorted.end());
      ends.push_back(all.size());
    }
    if (all.empty()) return;
    add_section("Duplicates", "Each box holds copies of one image; the first is the one that is kept, if any.", all);
    page_.sections.back().group_ends = std::move(ends);
  }

  /// Evenly from each section, none of them empty; groups of duplicates whole.
  void thin_out(std::int64_t limit) {
    std::int64_t total = 0;
    for (const SheetSection& section : page_.sections) total += std::ssize(section.tiles);
    if (total <= limit) return;
    for (SheetSection& section : page_.sections) {
      const double fraction = static_cast<double>(limit) / static_cast<double>(total);
      if (section.group_ends.empty()) {
        section.tiles = every(section.tiles, fraction);
      } else {
        thin_out_groups(section, fraction);
      }
    }
  }

  template <typename T>
  static std::vector<T> every(const std::vector<T>& items, double fraction) {
    const auto n = std::max<std::size_t>(1, static_cast<std::size_t>(fraction * static_cast<double>(items.size())));
    std::vector<T> some;
    for (std::size_t i = 0; i < n; ++i) some.push_back(items[i * items.size() / n]);
    return some;
  }

  static void thin_out_groups(SheetSection& section, double fraction) {
    std::vector<std::pair<std::size_t, std::size_t>> ranges;
    for (std::size_t g = 0; g < section.group_ends.size(); ++g) {
      ranges.emplace_back(g == 0 ? 0 : section.group_ends[g - 1], section.group_ends[g]);
    }
    std::vector<SheetTile> tiles;
    section.group_ends.clear();
    for (const auto& [begin, end] : every(ranges, fraction)) {
      constexpr std::size_t kLargest = 24;  // of a group, shown
      const auto last = std::min(end, begin + kLargest);
      tiles.insert(tiles.end(), section.tiles.begin() + static_cast<std::ptrdiff_t>(begin),
                   section.tiles.begin() + static_cast<std::ptrdiff_t>(last));
      section.group_ends.push_back(tiles.size());
    }
    section.tiles = std::move(tiles);
  }

  /// An image may stand in two sections; it is decoded for each.
  void fill() {
    std::vector<SheetTile*> tiles;
    for (SheetSection& section : page_.sections) {
      for (SheetTile& tile : section.tiles) tiles.push_back(&tile);
    }
    const int threads = options_.threads > 0 ? options_.threads : available_cores();
    const std::size_t chunk = std::size_t{16} * static_cast<std::size_t>(threads);
    ThreadPool pool(threads);
    for (std::size_t begin = 0; begin < tiles.size(); begin += chunk) {
      if (options_.cancel != nullptr) options_.cancel->check();
      TaskGroup tasks(pool);
      const std::size_t end = std::min(begin + chunk, tiles.size());
      for (std::size_t i = begin; i < end; ++i) {
        tasks.add(
            [&, i] { make_thumbnail(manifest_.folder / tiles[i]->entry->file, options_.thumbnail_px, *tiles[i]); });
      }
      tasks.wait();
      if (options_.progress) options_.progress(static_cast<std::int64_t>(end), static_cast<std::int64_t>(tiles.size()));
    }
  }

  void stay_below() {
    std::int64_t bytes = kPageBytes, n = 0;
    for (const SheetSection& section : page_.sections) {
      for (const SheetTile& tile : section.tiles) bytes += kCaptionBytes + std::ssize(tile.thumbnail);
      n += std::ssize(section.tiles);
    }
    if (bytes <= options_.max_bytes) return;
    thin_out(n * options_.max_bytes / bytes);
    page_.notes.push_back(
        fmt::format("Thumbnails are thinned out so that this page stays below {}.", format_bytes(options_.max_bytes)));
  }

  const dataset::Manifest& manifest_;
  const ContactSheetOptions& options_;
  ContactSheetPage page_;
  ContactSheetReport report_;
};

}  // namespace

ContactSheetReport write_contact_sheet(const dataset::Manifest& manifest, const std::filesystem::path& page,
                                       const ContactSheetOptions& options) {
  return ContactSheetMaker(manifest, options).write(page);
}

}  // namespace genga::curate
