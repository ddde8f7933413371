// Choosing among the images of one collection: images that are blurred, grey, empty, full of text or there twice are
// dropped by a decision in the manifest; decisions by hand overrule it; a contact sheet shows all; a fraction is held
// out from training. Making new collections is in genga/cut.h.
//
// Usual calls:  CleanReport r = clean_collection("images", {});
//               Manifest m = read_manifest("images");  write_contact_sheet(m, "images.html", {});
// No image is ever changed or deleted. What was measured stays in the manifest (and, for duplicates, in the hidden
// file .clean-cache of the folder), so a second call with other limits decodes nothing.
// Threads: functions may run side by side on different folders. Call image::init(1) before: one decoder thread each.
// Throws Error: kNotFound (no folder, no manifest), kInvalidArgument (options; no image), kBusy, kIo, kCancelled.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "genga/base.h"
#include "genga/dataset.h"

namespace genga::curate {

// Cleaning -----------------------------------------------------------------------------------------------------------

/// One property of every image that is compared with a limit.
struct Check {
  std::string_view name;     // "blur": option, and Decision::check
  std::string_view measure;  // what is compared: key of Entry::measures
  bool maximum;              // the limit is a maximum, otherwise a minimum
  double limit;              // default
  double low, high;          // range of the limit
  std::string_view help;     // what the limit means, and its unit
};
/// In the order of reports. Not among them: "unreadable", "missing" and "duplicate" have no limit.
std::span<const Check> checks();

struct CleanOptions {
  std::map<std::string, std::optional<double>, std::less<>> limits{};  // other than the default; no value: check is off
  bool duplicates = true;  // same bytes or same pixels; near ones are the check "near-duplicate"
  bool verify = false;     // hash every file to find those that changed; else only those whose length differs
  bool dry_run = false;    // write nothing
  int threads = 0;         // 0: cores
  const CancelToken* cancel = nullptr;  // what was measured until then is kept
  Progress progress{};                  // images
};

struct CleanReport {
  bool new_manifest = false;
  std::int64_t images = 0;    // in the manifest
  std::int64_t measured = 0;  // of them, now; the others were known
  std::int64_t kept = 0, dropped = 0;
  std::int64_t dropped_before = 0;  // by other steps or by hand
  dataset::Survey survey{};
  std::vector<std::pair<std::string, std::string>> unreadable{};  // file and why
  std::map<std::string, std::int64_t> counts{};                   // check -> images it drops; an image may be in two
  std::vector<std::pair<std::string, std::vector<dataset::Decision>>> drops{};  // file and why, in the manifest's order
};

/// Brings the manifest up to date with the folder (makes one where there is none), measures what is new and writes the
/// decisions of step "clean" anew. Decisions of other steps stay. Memory: some 30 MB a thread and 3 KB an image.
CleanReport clean_collection(const std::filesystem::path& folder, const CleanOptions& options);

/// Removes all decisions of step "clean"; measures stay. Returns how many images had one.
std::int64_t undo_clean(dataset::Manifest& manifest);

// By hand ------------------------------------------------------------------------------------------------------------

enum class ByHand { kDrop, kKeep, kUndo };
/// Replaces earlier decisions by hand on these entries. Returns how many entries changed.
std::int64_t decide_by_hand(dataset::Manifest& manifest, std::span<const std::size_t> entries, ByHand what,
                            const std::string& note);

// What there is ------------------------------------------------------------------------------------------------------

/// Numbers about a collection. Counts are of kept images unless said otherwise.
struct CollectionStats {
  std::int64_t images = 0, kept = 0, dropped = 0, bytes = 0;  // bytes: of kept ones
  std::map<std::string, std::int64_t> reasons{};              // "clean: blur" -> dropped images
  std::map<std::string, std::int64_t> licences{}, authors{}, sources{}, splits{}, origins{};  // "unknown" where empty
  std::map<std::string, std::int64_t> short_sides{};  // "256-511" -> images; "unknown"
  std::int64_t duplicate_groups = 0;                  // of two or more images, dropped ones too
  std::int64_t in_duplicate_groups = 0;
  int min_side = 0, median_side = 0, largest_side = 0;  // shorter side, px
};
CollectionStats collection_stats(const dataset::Manifest& manifest);

struct ContactSheetOptions {
  int limit = 2000;        // thumbnails; of more images some are shown, evenly spread within each reason
  int thumbnail_px = 192;  // longer side
  std::int64_t max_bytes = std::int64_t{64} << 20;  // of the page; fewer thumbnails are shown to stay below
  int threads = 0;
  const CancelToken* cancel = nullptr;
  Progress progress{};  // thumbnails
};
struct ContactSheetReport {
  std::int64_t images = 0, shown = 0, unreadable = 0, bytes = 0;
};
/// One HTML page that needs no other file: kept and dropped images by reason, duplicates side by side, licences.
/// Atomic.
ContactSheetReport write_contact_sheet(const dataset::Manifest& manifest, const std::filesystem::path& page,
                                       const ContactSheetOptions& options);

// Split --------------------------------------------------------------------------------------------------------------

struct SplitOptions {
  double fraction = 0.1;                // held out, 0..1
  std::optional<std::int64_t> count{};  // instead of a fraction: of the kept images
  std::uint64_t seed = 0;
  // Near-duplicates go to the same side; so do cuts of one file and images of one page, in groups of no more than about
  // as many as are held out.
  bool by_group = true;
};
struct SplitReport {
  std::int64_t train = 0, held_out = 0;  // kept images
  std::int64_t groups = 0;               // of two or more images
  std::int64_t moved = 0;                // images that were on the other side before
  std::vector<std::string> notes{};      // groups that were too large to stay together, a sentence each
};
/// Writes Entry::split of every entry. By a fraction, a group's side depends on the seed and the hash of its first
/// image only, so images that come later move few: where they change groups, the largest size of which doubles as the
/// collection does, and where few images are held out, of which there is at least one. A count is met exactly.
SplitReport split_collection(dataset::Manifest& manifest, const SplitOptions& options);

}  // namespace genga::curate
