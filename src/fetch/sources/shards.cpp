// Lists the images of archives page by page, each with the sidecars that lie beside it. Bytes come with the candidates.
#include "fetch/sources/shards.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "fetch/sources/api.h"
#include "fetch/sources/sidecar.h"
#include "genga/error.h"
#include "genga/image.h"
#include "genga/text.h"

namespace genga::fetch {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

constexpr std::size_t kPageSize = 64;
constexpr std::size_t kPageBytes = 64 << 20;
constexpr std::size_t kGroupBytes = 256 << 20;

std::string suffix_of(const std::string& member) {
  return to_lower(fs::path(member).extension().string());
}

/// "a/0012.seg.png" -> "a/0012"
std::string key_of(const std::string& member) {
  const auto slash = member.rfind('/');
  const auto begin = slash == std::string::npos ? 0 : slash + 1;
  return member.substr(0, member.find('.', begin + 1));
}

/// Files that operating systems leave in archives.
bool is_hidden(const std::string& member) {
  return fs::path(member).filename().native().starts_with('.') || member.starts_with("__MACOSX/");
}

bool is_wanted(const std::string& member) {
  if (is_hidden(member)) return false;
  const std::string suffix = suffix_of(member);
  return suffix == ".json" || suffix == ".txt" || image::looks_like_image(member);
}

/// Members that belong together.
struct ShardGroup {
  std::string key{};
  std::int64_t first = 0;  // members before it
  std::vector<ArchiveMember> images{};
  std::vector<std::string> jsons{}, captions{};
  std::size_t bytes = 0;

  void add(ArchiveMember member) {
    bytes += member.bytes.size();
    const std::string suffix = suffix_of(member.name);
    if (suffix != ".json" && suffix != ".txt") {
      images.push_back(std::move(member));
      return;
    }
    const auto* text = reinterpret_cast<const char*>(member.bytes.data());
    (suffix == ".json" ? jsons : captions).emplace_back(text, member.bytes.size());
  }
};

struct Shard {
  fs::path path{};
  std::string name{};  // distinct: begins the names of its images
};

/// "laion/shard-000.tar.gz" -> "shard-000"; with a number if another shard is called so too.
std::vector<Shard> name_shards(std::vector<fs::path> paths) {
  std::vector<Shard> shards;
  std::set<std::string> taken;
  for (fs::path& path : paths) {
    std::string name = path.filename().string();
    for (const char* suffix :
         {".gz", ".zst", ".bz2", ".xz", ".tar", ".tgz", ".tzst", ".tbz2", ".txz", ".zip", ".cbz"}) {
      if (suffix_of(name) == suffix) name.resize(name.rfind('.'));
    }
    std::string distinct = name;
    for (int i = 2; !taken.insert(distinct).second; ++i) distinct = fmt::format("{}_{}", name, i);
    shards.push_back({std::move(path), std::move(distinct)});
  }
  return shards;
}

class ShardSource : public ImageSource {
 public:
  ShardSource(std::vector<fs::path> archives, const ArchiveLimits& limits)
      : shards_(name_shards(std::move(archives))), limits_(limits) {}

  Listing list(const std::string& cursor, const CancelToken& cancel) override {
    if (cursor != cursor_) go_to(cursor, cancel);
    cursor_ = "interrupted";  // until this page is whole
    Listing listing;
    page_bytes_ = 0;
    while (index_ < shards_.size() && listing.candidates.size() < kPageSize && page_bytes_ < kPageBytes) {
      read_group(listing, cancel);
    }
    gave_something_ |= !listing.candidates.empty();
    if (index_ < shards_.size()) {
      listing.next = Json{{"archive", shards_[index_].path.string()}, {"members", members_done()}}.dump();
    }
    if (listing.next.empty() && damage_ && !gave_something_) say_nothing_came(listing);
    cursor_ = listing.next;
    return listing;
  }

 private:
  std::int64_t members_done() const { return group_ ? group_->first : reader_ ? reader_->n_members() : 0; }

  void go_to(const std::string& cursor, const CancelToken& cancel);
  void read_group(Listing& listing, const CancelToken& cancel);
  void end_group(Listing& listing);
  void end_archive();
  void say_nothing_came(Listing& listing) const;
  void take(ArchiveMember member, std::int64_t place, Listing& listing);

  std::vector<Shard> shards_;
  ArchiveLimits limits_;
  std::size_t index_ = 0;                  // of the archive that is being read
  std::optional<ArchiveReader> reader_{};  // of it; none: not yet opened
  std::optional<ShardGroup> group_{};      // begun
  bool has_sidecars_ = false;              // in this archive
  bool gave_something_ = false;            // any archive, now or before the run was interrupted
  std::optional<Error> damage_{};          // of the last archive that was given up
  std::size_t page_bytes_ = 0;
  std::string cursor_{};  // where this object stands
};

/// Moves to a stored position, or back to the beginning.
void ShardSource::go_to(const std::string& cursor, const CancelToken& cancel) {
  end_archive();
  index_ = 0;
  gave_something_ = !cursor.empty();
  damage_.reset();
  if (cursor.empty()) return;
  const Json place = Json::parse(cursor, nullptr, false);
  if (!place.is_object() || !place.contains("archive") || !place.contains("members") ||
      !place["members"].is_number_integer() || !place["archive"].is_string()) {
    fail(ErrorCode::kCorruptData, "'{}': is no place in a list of archives; begin anew", cursor.substr(0, 80));
  }
  const auto path = place["archive"].get<std::string>();
  const auto it = std::ranges::find(shards_, fs::path(path), &Shard::path);
  if (it == shards_.end()) {
    fail(ErrorCode::kNotFound, "archive '{}': was being read, but is not among those given; begin anew", path);
  }
  index_ = static_cast<std::size_t>(it - shards_.begin());
  const auto members = place["members"].get<std::int64_t>();
  if (members == 0) return;
  reader_.emplace(shards_[index_].path, limits_);
  ArchiveMember member;
  while (reader_->n_members() < members) {
    if (!reader_->next(member, [](const auto&) { return false; }, cancel)) break;
    has_sidecars_ |= suffix_of(member.name) == ".json";
  }
}

void ShardSource::end_archive() {
  reader_.reset();
  group_.reset();
  has_sidecars_ = false;
  ++index_;
}

/// Reads on until a group is complete or the archive ends.
void ShardSource::read_group(Listing& listing, const CancelToken& cancel) {
  const fs::path path = shards_[index_].path;
  try {
    if (!reader_) reader_.emplace(path, limits_);
    const std::size_t n_before = listing.candidates.size();
    ArchiveMember member;
    while (listing.candidates.size() == n_before) {
      const std::int64_t place = reader_->n_members();
      if (!reader_->next(member, is_wanted, cancel)) {
        end_group(listing);
        return end_archive();
      }
      take(std::move(member), place, listing);
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kCancelled) throw;
    // What belongs to the last image may be lost: without its sidecar its licence would be.
    if (group_ && (!group_->jsons.empty() || !has_sidecars_)) end_group(listing);
    damage_ = error;
    if (shards_.size() > 1 || gave_something_ || !listing.candidates.empty()) {
      listing.passed_over.push_back({path.string(), error.what()});
    }
    end_archive();
  }
}

void ShardSource::say_nothing_came(Listing& listing) const {
  listing.error = *damage_;
  if (shards_.size() == 1) return;
  listing.error = Error(damage_->code(),
                        fmt::format("none of the {} archives gives an image; the last one that could not be read: {}",
                                    shards_.size(), damage_->what()));
}

void ShardSource::take(ArchiveMember member, std::int64_t place, Listing& listing) {
  const auto what = [&] { return fmt::format("{}: {}", shards_[index_].path.filename().string(), member.name); };
  if (!member.refused.empty()) {
    listing.passed_over.push_back({what(), member.refused});
    return;
  }
  if (is_shards(member.name) && !is_hidden(member.name)) {
    listing.passed_over.push_back({what(), "is an archive within an archive"});
    return;
  }
  if (!is_wanted(member.name) || member.name.ends_with('/')) return;
  if (member.bytes.empty()) {
    listing.passed_over.push_back({what(), "is empty (0 bytes)"});
    return;
  }
  const std::string key = key_of(member.name);
  if (group_ && (group_->key != key || group_->bytes > kGroupBytes)) end_group(listing);
  if (!group_) group_ = ShardGroup{.key = key, .first = place};
  has_sidecars_ |= suffix_of(member.name) == ".json";
  group_->add(std::move(member));
}

void ShardSource::end_group(Listing& listing) {
  if (!group_) return;
  ShardGroup group = *std::exchange(group_, std::nullopt);
  ImageCandidate common;
  for (const std::string& text : group.jsons) {
    const Json json = parse_foreign(text);
    if (json.is_object()) {
      add_sidecar(json, common);
    } else {
      listing.passed_over.push_back({fmt::format("{}: {}.json", shards_[index_].path.filename().string(), group.key),
                                     "is no JSON object; the image is taken without what it says"});
    }
  }
  for (const std::string& text : group.captions) add_caption(text, common);
  for (ArchiveMember& image : group.images) {
    ImageCandidate candidate = common;
    const fs::path stem = group.images.size() == 1 ? fs::path(group.key) : fs::path(image.name).replace_extension();
    candidate.url = (shards_[index_].path / image.name).string();
    candidate.name = fmt::format("{}_{}", shards_[index_].name, stem.generic_string());
    std::ranges::replace(candidate.name, '/', '_');
    candidate.bytes = std::move(image.bytes);
    page_bytes_ += candidate.bytes.size();
    listing.candidates.push_back(std::move(candidate));
  }
}

}  // namespace

std::unique_ptr<ImageSource> make_shard_source(std::vector<fs::path> archives, const ArchiveLimits& limits) {
  return std::make_unique<ShardSource>(std::move(archives), limits);
}

std::unique_ptr<ImageSource> open_shards(const std::string& argument, const SourceContext& context) {
  return make_shard_source(find_shards(argument), {.max_member = context.options.max_bytes});
}

}  // namespace genga::fetch
