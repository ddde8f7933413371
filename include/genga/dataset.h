// What is known of the images in a folder, and whether each is used: a manifest, one JSON line per image, in the
// folder itself (manifest.jsonl). Which images a folder holds, and what their licences allow. Keys:
// docs/formats/manifest.md.
//
// Usual calls:  Manifest m = read_manifest("images");  for (Entry& e : m.entries) ...;  save_manifest(m);
//               ManifestWriter w("images");  w.append(entry);        // while images arrive; each survives a crash
// Nothing here deletes an image: decisions say that it is not used, and can be taken back.
// Threads: free functions are thread-safe on different folders; objects belong to one thread at a time.
// Throws Error: kIo, kNotFound, kCorruptData (naming file and line), kBusy (another program is writing it).
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "genga/base.h"

namespace genga::dataset {

inline constexpr std::string_view kManifestName = "manifest.jsonl";

/// Why an image is used or not. The last one of step "hand" wins; without one, any that says no.
struct Decision {
  std::string step{};   // who decided: "clean", "faces", "hand", ...
  std::string check{};  // by what: "blur", "near-duplicate", ...
  bool keep = true;
  std::optional<double> value{}, limit{};  // measured and compared, in the check's unit
  std::string note{};                      // for people: "like images/0012.jpg"
};

/// What an image was cut out of.
struct Origin {
  std::string operation{};                  // "panel", "face", "frame", "tile", "prepare"
  std::string file{};                       // as it was given: a path or an address
  std::string sha256{};                     // of that file
  std::optional<std::array<int, 4>> box{};  // x, y, width, height in its pixels
  std::optional<double> time_s{};           // of a video
};

struct Entry {
  std::string file{};  // relative to the manifest's folder, '/' between folders
  std::string sha256{};
  std::int64_t bytes = 0;
  int width = 0, height = 0;  // upright

  std::string source{};       // address or path that it came from
  std::string page{};         // where people can look at it
  std::string licence{};      // id of the licence table ("CC-BY-4.0"); empty: unknown
  std::string licence_url{};  // or the source's own words, if the table does not know it
  std::string author{}, attribution{}, title{};
  std::vector<std::string> tags{};
  std::string fetched{};                // 2026-11-22T20:44:05Z
  std::string etag{}, last_modified{};  // for conditional requests
  std::optional<Origin> origin{};
  std::map<std::string, double> measures{};  // "sharpness": 41.2
  std::vector<Decision> decisions{};
  std::string split{};  // "train", "held_out"; empty: not split

  bool kept() const;
};

struct Manifest {
  std::filesystem::path folder{};
  std::vector<Entry> entries{};  // in the order of the file
  std::string version{};         // of the file as it was read; empty: there was none
  /// Null if there is none. Cost: looks at all; make an index for more than a few.
  Entry* find(std::string_view file);
  const Entry* find(std::string_view file) const;
};

bool has_manifest(const std::filesystem::path& folder);
/// Of two lines for one file the later holds. A last line cut short by a crash is left out.
/// Throws Error: kNotFound (no folder, no manifest in it), kCorruptData (a line that is no JSON object, an unknown key,
/// a path that leaves the folder).
Manifest read_manifest(const std::filesystem::path& folder);
/// An empty one if there is none. Throws Error: kNotFound (no folder), kCorruptData.
Manifest read_manifest_if_any(const std::filesystem::path& folder);
/// All of it, atomically. Throws Error: kBusy while a ManifestWriter is open, or if the file is no longer the one that
/// was read: what others have added is not written over.
void save_manifest(Manifest& manifest);

/// One line as it is stored, without a line end, and back. context: for messages, "a/manifest.jsonl line 3".
std::string to_line(const Entry& entry);
Entry parse_line(std::string_view line, std::string_view context);

/// Adds lines; each is on disk when append returns. Makes the folder. Holds the lock that keeps others from writing.
class ManifestWriter {
 public:
  explicit ManifestWriter(const std::filesystem::path& folder);
  ManifestWriter(ManifestWriter&&) noexcept;
  ~ManifestWriter();
  void append(const Entry& entry);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// file, sha256, bytes, width and height of an image in the folder; everything else empty. The image is not decoded.
/// Throws Error: as image::RowReader; kInvalidArgument if the file is not in the folder or its name is not UTF-8.
Entry describe_file(const std::filesystem::path& folder, const std::filesystem::path& file);

/// What a folder holds against what its manifest says.
struct Survey {
  std::vector<std::string> added{};    // in the folder, now in the manifest too
  std::vector<std::string> missing{};  // in the manifest, no longer in the folder; the entries stay
  std::vector<std::string> changed{};  // other bytes than before: described anew, without measures
  std::vector<std::pair<std::string, std::string>> unreadable{};  // file and why: added with a decision that drops it
};
struct SurveyOptions {
  bool verify = false;  // hash every file; else only those whose length differs
  int threads = 0;      // 0: cores
};
/// Brings the entries up to date with the folder; save_manifest() is left to the caller. Passed over are hidden files
/// and folders, and collections within this one, which have manifests of their own.
/// Throws Error: kNotFound (no folder), kIo (it cannot be read), kCancelled.
Survey survey_folder(Manifest& manifest, const SurveyOptions& options, const CancelToken& cancel,
                     const Progress& progress = {});

/// What the nearest manifest, in the file's folder or above, says of each file. An entry of which nothing is known has
/// an empty hash; `file` is always the path as given.
std::vector<Entry> entries_of(std::span<const std::filesystem::path> files);

struct Split {
  std::vector<std::filesystem::path> training, held_out;
};
/// Where manifests say (genga data split), by them; otherwise every tenth file of each folder is held out, so that
/// every folder is represented.
Split split_held_out(std::span<const std::filesystem::path> files);

/// A new entry that inherits licence, author, attribution, source, page and tags from what it was cut out of.
Entry derived_entry(const Entry& parent, Origin origin);

// Scan ---------------------------------------------------------------------------------------------------------------

struct Skipped {
  std::filesystem::path path;
  std::string reason;
};

struct Scan {
  std::vector<std::filesystem::path> files;  // sorted within each root, roots in the order given
  std::vector<Skipped> skipped;              // folders that could not be entered
  std::int64_t n_dropped = 0;                // images left out because a manifest says so
};

/// Every file below the roots (or root itself, if it is a file) whose suffix is an image's; hidden ones are left out.
/// Throws Error: kNotFound (a root does not exist).
Scan scan_all(std::span<const std::filesystem::path> roots);

/// Of scan_all, the images that training uses: those that a manifest drops are left out and counted.
/// Throws Error: as scan_all and read_manifest; kInvalidArgument (no image in any root, or none kept).
Scan scan_images(std::span<const std::filesystem::path> roots);

// Licences -----------------------------------------------------------------------------------------------------------

struct Licence {
  std::string_view id;    // SPDX where it has one: "CC-BY-4.0"
  std::string_view name;  // "Creative Commons Attribution 4.0"
  std::string_view url;
  bool attribution, share_alike, commercial, derivatives;  // asks for; asks for; allows; allows
};
std::span<const Licence> licences();
/// By id, alias, name or address, in any case: "cc by 4.0", "https://creativecommons.org/licenses/by/4.0/". Null if
/// unknown.
const Licence* find_licence(std::string_view text);

/// What a style trained on these images may be used for. The strictest image decides. Not legal advice.
struct Verdict {
  struct Group {
    std::string licence{};  // id; "unknown"; the source's own words, if the table does not know them
    std::int64_t images = 0;
    std::vector<std::string> credits{};  // distinct, sorted
  };
  std::vector<Group> groups{};  // most images first
  std::int64_t images = 0, unknown = 0;
  std::int64_t uncredited = 0;  // whose licence asks for a credit that the manifest does not hold
  bool commercial = true, attribution = false, share_alike = false, derivatives = true;
  std::string sentence{};          // what they allow, or that it is not known; show attribution_text with it
  std::string attribution_text{};  // for the model card; empty if none is asked for
  std::string licence{};           // for the card: the one licence they share, or a list; empty (unknown) if any is
};
/// Of the entries that are kept.
Verdict judge_licences(std::span<const Entry> entries);

}  // namespace genga::dataset
