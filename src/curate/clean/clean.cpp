// Cleaning a collection: measures what is new, then decides anew for every image. Also the decisions made by hand.
#include "genga/clean.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "curate/clean/checks.h"
#include "curate/clean/duplicates.h"
#include "curate/clean/measure_all.h"
#include "genga/error.h"
#include "genga/image.h"

namespace genga::curate {
namespace fs = std::filesystem;
namespace {

bool is_ours(const dataset::Decision& decision) {
  return decision.step == kStep;
}

/// The last decision by hand; null if there is none.
const dataset::Decision* last_by_hand(const dataset::Entry& entry) {
  const dataset::Decision* last = nullptr;
  for (const dataset::Decision& decision : entry.decisions) {
    if (decision.step == "hand") last = &decision;
  }
  return last;
}

class Cleaner {
 public:
  Cleaner(const fs::path& folder, const CleanOptions& options) : options_(options) {
    require_valid(options);
    report_.new_manifest = !dataset::has_manifest(folder);
    manifest_ = dataset::read_manifest_if_any(folder);
    // Fails now, before the images are measured, if the manifest cannot be written.
    if (!options.dry_run) AtomicFile(folder / dataset::kManifestName);
    signatures_ = read_signatures(folder);
    threads_ = options.threads > 0 ? options.threads : available_cores();
  }

  CleanReport run() {
    survey();
    measure();
    for (dataset::Entry& entry : manifest_.entries) std::erase_if(entry.decisions, is_ours);
    report_.dropped_before = std::count_if(manifest_.entries.begin(), manifest_.entries.end(),
                                           [](const dataset::Entry& entry) { return !entry.kept(); });
    for (const auto& [index, why] : unreadable_) drop(manifest_.entries[index], "unreadable", why);
    for (const std::size_t index : missing_) {
      drop(manifest_.entries[index], "missing", "the manifest names it, but the folder does not hold it");
    }
    for (dataset::Entry& entry : manifest_.entries) judge(entry, options_);
    judge_copies();
    if (!options_.dry_run) save();
    summarize();
    return std::move(report_);
  }

 private:
  void survey() {
    static const CancelToken never;
    const CancelToken& cancel = options_.cancel != nullptr ? *options_.cancel : never;
    report_.survey = dataset::survey_folder(manifest_, {.verify = options_.verify, .threads = threads_}, cancel, {});
    if (manifest_.entries.empty()) {
      fail(ErrorCode::kInvalidArgument, "'{}': holds no images; expected files such as .jpg, .png or .webp",
           manifest_.folder.string());
    }
    const std::set<std::string> missing(report_.survey.missing.begin(), report_.survey.missing.end());
    for (std::size_t i = 0; i < manifest_.entries.size(); ++i) {
      if (missing.contains(manifest_.entries[i].file)) missing_.insert(i);
    }
  }

  bool near_wanted() const { return limit_of(options_, check_named(kNear)).has_value(); }

  void measure() {
    std::vector<std::size_t> wanted;
    for (std::size_t i = 0; i < manifest_.entries.size(); ++i) {
      const dataset::Entry& entry = manifest_.entries[i];
      if (missing_.contains(i) || entry.sha256.empty()) continue;
      const bool known = entry.measures.contains("pixel_hash");
      if (!known || (near_wanted() && !signatures_.contains(entry.sha256))) wanted.push_back(i);
    }
    MeasureOptions options{.threads = threads_, .cancel = options_.cancel, .progress = options_.progress};
    if (!options_.dry_run) options.save = [this] { save(); };
    Measured measured = measure_all(manifest_, wanted, signatures_, options);
    report_.measured = measured.images;
    unreadable_ = std::move(measured.unreadable);
  }

  static void drop(dataset::Entry& entry, std::string_view check, const std::string& note) {
    entry.decisions.push_back({.step = std::string(kStep),
                               .check = std::string(check),
                               .keep = false,
                               .value = {},
                               .limit = {},
                               .note = note});
  }

  /// Better images first: kept by hand, kept, larger, less compressed, earlier in the manifest.
  std::vector<std::size_t> by_quality() const {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < manifest_.entries.size(); ++i) {
      if (manifest_.entries[i].measures.contains("pixel_hash") && !missing_.contains(i)) order.push_back(i);
    }
    const auto rank = [&](std::size_t i) {
      const dataset::Entry& entry = manifest_.entries[i];
      const dataset::Decision* hand = last_by_hand(entry);
      const auto pixels = static_cast<std::int64_t>(entry.width) * entry.height;
      return std::tuple(!(hand != nullptr && hand->keep), !entry.kept(), -pixels, -entry.bytes, i);
    };
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
    return order;
  }

  void judge_copies() {
    for (dataset::Entry& entry : manifest_.entries) entry.measures.erase(kGroup);
    const std::optional<double> limit = limit_of(options_, check_named(kNear));
    if (!options_.duplicates && !limit) return;
    const std::vector<std::size_t> order = by_quality();
    std::vector<ImageFingerprint> fingerprints;
    for (const std::size_t i : order) {
      const dataset::Entry& entry = manifest_.entries[i];
      const auto signature = signatures_.find(entry.sha256);
      fingerprints.push_back({entry.sha256, entry.measures.at("pixel_hash"),
                              signature == signatures_.end() ? nullptr : &signature->second});
    }
    const auto copies = find_copies(
        fingerprints,
        {.exact = options_.duplicates, .min_similarity = limit, .threads = threads_, .cancel = options_.cancel});
    for (std::size_t k = 0; k < copies.size(); ++k) {
      if (copies[k])
        write_copy(manifest_.entries[order[k]], manifest_.entries[order[copies[k]->of]], *copies[k], limit);
    }
  }

  static void write_copy(dataset::Entry& entry, dataset::Entry& best, const Copy& copy, std::optional<double> limit) {
    // Of the kept one's hash: equal within the group, and exact in a double.
    const auto group = static_cast<double>(std::stoull(best.sha256.substr(0, 12), nullptr, 16));
    entry.measures[kGroup] = best.measures[kGroup] = group;
    if (copy.kind != Copy::Kind::kAlike) {
      drop(entry, "duplicate",
           fmt::format("the same {} as {}", copy.kind == Copy::Kind::kSameBytes ? "file" : "pixels", best.file));
      return;
    }
    const std::string note = fmt::format("{} {}, which is {}", copy.mirrored ? "mirrored copy of" : "like", best.file,
                                         better_by(best, entry));
    entry.decisions.push_back({.step = std::string(kStep),
                               .check = std::string(kNear),
                               .keep = false,
                               .value = std::floor(copy.similarity * 1e4) / 1e4,
                               .limit = limit,
                               .note = note});
  }

  static std::string better_by(const dataset::Entry& best, const dataset::Entry& entry) {
    if (const dataset::Decision* hand = last_by_hand(best); hand != nullptr && hand->keep) return "kept by hand";
    const auto pixels = [](const dataset::Entry& e) { return static_cast<std::int64_t>(e.width) * e.height; };
    if (pixels(best) > pixels(entry)) return fmt::format("larger ({} x {})", best.width, best.height);
    return pixels(best) < pixels(entry) ? "better otherwise" : best.bytes > entry.bytes ? "less compressed" : "first";
  }

  void save() {
    // Signatures of images that have gone are forgotten.
    Signatures known;
    for (const dataset::Entry& entry : manifest_.entries) {
      if (const auto s = signatures_.find(entry.sha256); s != signatures_.end()) known.insert(*s);
    }
    write_signatures(manifest_.folder, known);
    dataset::save_manifest(manifest_);
  }

  void summarize() {
    report_.images = std::ssize(manifest_.entries);
    for (const dataset::Entry& entry : manifest_.entries) {
      std::vector<dataset::Decision> ours;
      std::copy_if(entry.decisions.begin(), entry.decisions.end(), std::back_inserter(ours), is_ours);
      for (const dataset::Decision& decision : ours) {
        ++report_.counts[decision.check];
        if (decision.check == "unreadable") report_.unreadable.emplace_back(entry.file, decision.note);
      }
      ++(entry.kept() ? report_.kept : report_.dropped);
      if (!ours.empty()) report_.drops.emplace_back(entry.file, std::move(ours));
    }
    // Files of which not even the size could be read.
    for (const auto& problem : report_.survey.unreadable) report_.unreadable.push_back(problem);
  }

  const CleanOptions& options_;
  int threads_ = 1;
  dataset::Manifest manifest_;
  Signatures signatures_;
  std::set<std::size_t> missing_;
  std::vector<std::pair<std::size_t, std::string>> unreadable_;
  CleanReport report_;
};

}  // namespace

CleanReport clean_collection(const fs::path& folder, const CleanOptions& options) {
  return Cleaner(folder, options).run();
}

std::int64_t undo_clean(dataset::Manifest& manifest) {
  std::int64_t n = 0;
  for (dataset::Entry& entry : manifest.entries) {
    n += std::erase_if(entry.decisions, is_ours) > 0 ? 1 : 0;
  }
  return n;
}

std::int64_t decide_by_hand(dataset::Manifest& manifest, std::span<const std::size_t> entries, ByHand what,
                            const std::string& note) {
  std::int64_t n = 0;
  for (const std::size_t i : entries) {
    dataset::Entry& entry = manifest.entries.at(i);
    const std::string before = dataset::to_line(entry);
    std::erase_if(entry.decisions, [](const dataset::Decision& d) { return d.step == "hand"; });
    if (what != ByHand::kUndo) {
      const bool keep = what == ByHand::kKeep;
      entry.decisions.push_back(
          {.step = "hand", .check = keep ? "keep" : "drop", .keep = keep, .value = {}, .limit = {}, .note = note});
    }
    n += dataset::to_line(entry) != before ? 1 : 0;
  }
  return n;
}

}  // namespace genga::curate
