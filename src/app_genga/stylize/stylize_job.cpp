// One image after the other: opened, stylised, written, reported.
#include "app_genga/stylize/stylize_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "app_genga/output_files.h"
#include "app_genga/stylize/job_overlap.h"
#include "app_genga/stylize/stdin_bytes.h"
#include "app_genga/stylize/stylize_flags.h"
#include "cli/interrupt.h"
#include "cli/progress_bar.h"

namespace genga::cli {
namespace {

namespace fs = std::filesystem;

using Clock = WriteBehind::Clock;

/// The image's own format, PNG where that cannot be written.
std::string writable_format(const image::Info& info) {
  const image::Format* format = image::find_format(info.format);
  return format != nullptr && format->can_write ? info.format : "png";
}

double seconds_between(Clock::time_point start, Clock::time_point end) {
  return std::chrono::duration<double>(end - start).count();
}

class Job {
 public:
  Job(std::span<const InputFile> files, const JobOptions& options, std::size_t n_items)
      : files_(files), options_(options), bar_(options.terminal, n_items) {}

  void use_style(const LabelledModel& model) {
    stylizer_.reset();  // the old style's memory goes before the new one's comes
    stylizer_ = std::make_unique<stylize::Stylizer>(
        model.model,
        engine::EngineOptions{.threads = options_.threads, .device = options_.device, .precision = options_.precision});
    write_ = options_.write;
    if (options_.credit)
      write_.comment = credit_line("Stylised by Genga", model.model.card, settings_text(options_.stylize));
  }

  /// Begins to decode an image whose turn will come; not what may be skipped, or is a result of its neighbour.
  void open_ahead(const PlannedOutput& item, const fs::path& neighbour = {}) {
    const fs::path& input = files_[item.input].path;
    std::error_code ignored;
    if (input == kStdio || input == neighbour) return;
    if (!options_.existing.overwrite && fs::exists(item.path, ignored)) return;
    ahead_.open(input, options_.read);
  }

  /// next: the item after this one, if any. The result is complete when settle() has returned; it must stay in place.
  void run_item(const PlannedOutput& item, const PlannedOutput* next, std::size_t index, ItemResult& result) {
    const auto start = Clock::now();
    const fs::path& input = files_[item.input].path;
    std::optional<image::RowWriter> unfinished;
    keep_error(result, [&] {
      interrupted().check();
      bar_.begin_item(index, input.filename().string());
      const bool has_output = item.path != kStdio && skip_output(item.path, input, options_.existing);
      const bool has_comparison = !item.comparison.empty() && skip_output(item.comparison, input, options_.existing);
      result.skipped = has_output && (has_comparison || item.comparison.empty());
      if (result.skipped) return;
      PlannedOutput wanted = item;
      if (has_comparison) wanted.comparison.clear();
      if (has_output) return write_comparison(source_of(input), {item.path}, item.comparison);
      if (auto writer = write_item(wanted, next, result)) unfinished.emplace(std::move(*writer));
    });
    settle();  // in order: the image before this one is reported first
    if (unfinished) {
      last_ = {&result, start};
      behind_.finish(std::move(*unfinished));
    } else {
      result.seconds = seconds_between(start, Clock::now());
      report(result);
    }
  }

  /// Waits for the image that is still being encoded, and reports it.
  void settle() {
    if (!behind_.busy()) return;
    Clock::time_point end = Clock::now();
    keep_error(*last_.result, [&] { end = behind_.wait(); });
    last_.result->seconds = seconds_between(last_.start, end);
    report(*last_.result);
  }

 private:
  struct Last {
    ItemResult* result = nullptr;
    Clock::time_point start{};
  };

  template <class Work>
  static void keep_error(ItemResult& result, const Work& work) {
    try {
      work();
    } catch (const Error& error) {
      result.error = error;
    } catch (const std::bad_alloc&) {
      result.error =
          Error(ErrorCode::kOutOfMemory, fmt::format("'{}' does not fit into memory; give --memory or --size a "
                                                     "smaller value",
                                                     result.input));
    }
  }

  image::EncodedImage source_of(const fs::path& path) {
    if (path != kStdio) return {path};
    if (stdin_bytes_.empty()) stdin_bytes_ = read_stdin();
    return {path, stdin_bytes_};
  }

  /// Returns the writer if finish() is all that it wants.
  std::optional<image::RowWriter> write_item(const PlannedOutput& item, const PlannedOutput* next, ItemResult& result) {
    const fs::path& input = files_[item.input].path;
    const bool to_stdout = item.path == kStdio;
    const image::EncodedImage source = source_of(input);
    image::RowReader reader = open_reader(source);
    const image::Info& info = reader.info();
    result.width = info.width;
    result.height = info.height;
    for (const std::string& words : info.notes) note(source.path, words);
    if (!item.comparison.empty()) check_comparison(item.comparison, info);
    if (!to_stdout) make_parent(item.path);
    image::WriteOptions write = write_;
    if (to_stdout && write.format.empty()) write.format = writable_format(info);
    image::RowWriter writer = to_stdout ? image::RowWriter(info, reader.metadata(), write)
                                        : image::RowWriter(item.path, info, reader.metadata(), write);
    if (next != nullptr) open_ahead(*next, item.path);
    if (const std::string damage = options_.notes ? image::find_damage(source) : ""; !damage.empty()) {
      note(source.path, fmt::format("is damaged ({}): a part of the result is grey or shifted", damage));
    }
    const stylize::Done done = stylize_rows(input, reader, writer);
    result.stroke_scale = done.stroke_scale;
    if (done.transparent) note_lost_alpha(input, to_stdout ? fs::path() : item.path, write);
    if (!to_stdout && item.comparison.empty()) return writer;
    writer.finish();
    image::EncodedImage output{item.path};
    std::vector<std::byte> bytes;
    if (to_stdout) {
      bytes = writer.take_bytes();
      output.bytes = bytes;
    }
    if (!item.comparison.empty()) write_comparison(source, output, item.comparison);
    bar_.erase();
    if (to_stdout) write_stdout(bytes);
    return std::nullopt;
  }

  /// words: follow the file's name in a sentence.
  void note(const fs::path& path, const std::string& words) {
    if (!options_.notes) return;
    settle();
    bar_.erase();
    say(fmt::format("'{}' {}", path.string(), words));
  }

  void note_lost_alpha(const fs::path& input, const fs::path& output, const image::WriteOptions& write) {
    const image::Format* format = image::find_format(write.format.empty() ? output.extension().string() : write.format);
    if (format == nullptr || format->alpha) return;
    note(input, fmt::format("has transparent parts, which {} cannot hold: they lie on white now; -f png keeps them",
                            format->name));
  }

  /// What is wrong with a comparison is said before the image is made, not after.
  void check_comparison(const fs::path& path, const image::Info& info) {
    make_parent(path);
    image::check_writable(path, image::side_by_side(info, info), comparison_options(path));
    AtomicFile{path};
  }

  image::WriteOptions comparison_options(const fs::path& path) const {
    image::WriteOptions write = write_;
    if (image::find_format(path.extension().string()) != nullptr) write.format.clear();
    return write;
  }

  /// kOutOfMemory means more pixels than allowed; only this program knows the option that allows more.
  image::RowReader open_reader(const image::EncodedImage& source) {
    try {
      return ahead_.take(source, options_.read);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kOutOfMemory) throw;
      throw Error(error.code(), fmt::format("{} (--max-pixels)", error.what()));
    }
  }

  /// Says whose image needs too much memory, which the stylizer cannot know.
  stylize::Done stylize_rows(const fs::path& input, image::RowReader& reader, image::RowWriter& writer) {
    const image::Info& info = reader.info();
    stylize::StylizeOptions stylize = options_.stylize;
    std::optional<image::MaskReader> mask;
    if (!options_.mask.empty()) stylize.mask = &mask.emplace(open_mask(info));
    stylize.cancel = &interrupted();
    stylize.progress = [this](std::int64_t done, std::int64_t total) { bar_.update(done, total); };
    try {
      return stylizer_->stylize(reader, writer, stylize);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kOutOfMemory) throw;
      throw Error(error.code(), fmt::format("'{}': {} (--memory, --size)", input.string(), error.what()));
    }
  }

  /// The mask is cropped as the photo was, unless it was drawn for the result.
  image::MaskReader open_mask(const image::Info& info) {
    const image::EncodedImage source{options_.mask};
    const image::Info own = image::RowReader(source, {.max_pixels = options_.read.max_pixels}).info();
    const bool of_result = own.width == info.width && own.height == info.height;
    image::MaskReader mask(source, of_result ? info.width : info.whole_width,
                           of_result ? info.height : info.whole_height, options_.feather_px, options_.read.max_pixels,
                           of_result ? 1 : info.orientation);
    for (const std::string& words : mask.notes()) note(options_.mask, words);
    if (!of_result) mask.crop(info.left, info.top, info.width);
    return mask;
  }

  void write_comparison(const image::EncodedImage& before, const image::EncodedImage& after, const fs::path& path) {
    interrupted().check();
    make_parent(path);
    image::write_side_by_side(before, after, options_.read, path, comparison_options(path));
  }

  void report(const ItemResult& result) {
    bar_.erase();
    if (result.error) {
      if (result.error->code() != ErrorCode::kCancelled) say_error(result.error->what());
    } else if (options_.verbose && result.skipped) {
      say(fmt::format("'{}' exists, skipped", result.output));
    } else if (options_.verbose && result.width == 0) {
      say(fmt::format("'{}' exists, '{}' is made of it", result.output, result.comparison));
    } else if (options_.verbose) {
      const double pixels = static_cast<double>(result.width) * result.height;
      say(fmt::format("'{}' -> '{}', style {}, {}x{}, stroke scale {}, {:.2f} s, {:.2f} MP/s", result.input,
                      result.output, result.style, result.width, result.height, result.stroke_scale, result.seconds,
                      pixels / 1e6 / std::max(result.seconds, 1e-9)));
    }
  }

  std::span<const InputFile> files_;
  const JobOptions& options_;
  ProgressBar bar_;
  std::unique_ptr<stylize::Stylizer> stylizer_;
  image::WriteOptions write_;
  std::vector<std::byte> stdin_bytes_;
  ReadAhead ahead_;
  WriteBehind behind_;
  Last last_;  // the image that behind_ ends
};

}  // namespace

std::vector<ItemResult> run_job(std::span<const InputFile> files, std::span<const PlannedOutput> plan,
                                std::span<const LabelledModel> models, const JobOptions& options) {
  Job job(files, options, plan.size());
  std::vector<ItemResult> results;
  results.reserve(plan.size());  // they stay in place
  std::optional<std::size_t> style;
  if (!plan.empty()) job.open_ahead(plan.front());  // while the network is made ready
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const PlannedOutput& item = plan[i];
    if (style != item.style) job.use_style(models[item.style]);
    style = item.style;
    ItemResult& result = results.emplace_back();
    result.input = files[item.input].path.string();
    result.output = item.path.string();
    result.comparison = item.comparison.string();
    result.style = models[item.style].label;
    job.run_item(item, i + 1 < plan.size() ? &plan[i + 1] : nullptr, i, result);
    if (result.error && result.error->code() == ErrorCode::kCancelled) break;
  }
  job.settle();
  return results;
}

}  // namespace genga::cli
