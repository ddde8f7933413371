// Makes images ready for training: size, tiles, color cast, superpixels, blurred copies. The filters are those of
// training.
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "curate/cut/cutter.h"
#include "curate/mat.h"
#include "filters/adaptive_color.h"
#include "filters/edge_smooth.h"
#include "filters/regions/felzenszwalb.h"
#include "filters/regions/slic.h"
#include "filters/resample.h"
#include "genga/image.h"
#include "genga/thread_pool.h"

namespace genga::curate {
namespace {

using Shift = std::array<double, 3>;

/// What to add to red, green and blue so that the mean of the set is grey, as AnimeGANv2's data_mean.py does. Every
/// image has the same weight. Images that cannot be read are skipped here and reported by the cut.
Shift color_shift(const std::vector<CutInput>& sources, int threads, const CancelToken* cancel) {
  std::vector<Shift> means(sources.size(), Shift{-1, -1, -1});
  {
    ThreadPool pool(threads > 0 ? threads : available_cores());
    TaskGroup group(pool);
    for (std::size_t i = 0; i < sources.size(); ++i) {
      group.add([&, i] {
        if (cancel != nullptr) cancel->check();
        try {
          const image::Image small = image::read_image({.path = sources[i].path}, {.size = {.long_side = 256}});
          const cv::Scalar mean = cv::mean(as_mat(small));
          means[i] = {mean[0], mean[1], mean[2]};
        } catch (const Error&) {
        }
      });
    }
    group.wait();
  }
  Shift sum{};
  double n = 0;
  for (const Shift& mean : means) {  // in order, so that the sum does not depend on the threads
    if (mean[0] < 0) continue;
    for (std::size_t c = 0; c < 3; ++c) sum[c] += mean[c];
    ++n;
  }
  const double grey = (sum[0] + sum[1] + sum[2]) / 3;
  Shift shift{};
  for (std::size_t c = 0; c < 3 && n > 0; ++c) shift[c] = (grey - sum[c]) / n;
  return shift;
}

void add_shift(image::Image& image, const Shift& shift) {
  cv::Mat mat = as_mat(image);
  cv::add(mat, cv::Scalar(shift[0], shift[1], shift[2]), mat, {}, CV_8U);
}

image::Image with_superpixels(const image::Image& image, const PrepareOptions& options) {
  std::vector<float> planes(image.rgb.size());
  if (options.superpixels == Superpixels::kStructure) {
    filters::structure_colors(image, planes);
  } else {
    const filters::Regions regions = options.superpixels == Superpixels::kSlic
                                         ? filters::slic(image, {.count = options.regions})
                                         : filters::segment(image, {});
    filters::paint_means(image, regions, planes);
  }
  return filters::from_planar(planes, image.width, image.height);
}

/// Prepares one image. Threads: run() may be called from several threads.
class Preparation {
 public:
  Preparation(const PrepareOptions& options, const Shift& shift) : options_(options), shift_(shift) {}

  void run(const CutInput& source, Output& output) const {
    cv::Rect2d area;
    image::Image image = read(source, area);
    if (options_.remove_color_cast) add_shift(image, shift_);
    if (options_.superpixels != Superpixels::kNone) image = with_superpixels(image, options_);
    if (options_.tile_px[0] > 0) {
      put_tiles(source, image, area, output);
    } else {
      put(source.name, std::move(image), std::nullopt, output);
    }
  }

 private:
  /// area: set to the part of the stored image that the result shows.
  image::Image read(const CutInput& source, cv::Rect2d& area) const {
    const image::Info info = image::RowReader({.path = source.path}, {}).info();
    image::ReadOptions read;
    area = {0, 0, static_cast<double>(info.width), static_cast<double>(info.height)};
    if (options_.crop_px[0] > 0) {
      read.size = {.width = options_.crop_px[0], .height = options_.crop_px[1]};
      const double scale = std::min(area.width / read.size.width, area.height / read.size.height);
      const cv::Size2d seen(read.size.width * scale, read.size.height * scale);
      area = {(area.width - seen.width) / 2, (area.height - seen.height) / 2, seen.width, seen.height};
    } else if (std::max(info.width, info.height) > options_.long_side_px) {
      read.size.long_side = options_.long_side_px;
    }
    return image::read_image({.path = source.path}, read);
  }

  /// box: of a tile, in the stored image.
  void put(const std::string& name, image::Image image, std::optional<std::array<int, 4>> box, Output& output) const {
    std::optional<image::Image> smooth;
    if (options_.edge_smooth) smooth = filters::smooth_edges(image);
    output.put({.image = std::move(image), .name = name, .box = box, .operation = box ? "tile" : "prepare"});
    if (!smooth) return;
    output.put(
        {.image = std::move(*smooth),
         .name = "smooth/" + name,
         .box = box,
         .decisions = {{.step = "prepare",
                        .check = "edge-smooth",
                        .keep = false,
                        .note = "blurred contours of " + name + ", for the discriminator; no image of the style"}},
         .operation = "edge-smooth"});
  }

  void put_tiles(const CutInput& source, const image::Image& image, const cv::Rect2d& area, Output& output) const {
    const cv::Mat mat = as_mat(image);
    const auto [width, height] = options_.tile_px;
    const int dx = options_.stride_px[0] > 0 ? options_.stride_px[0] : width;
    const int dy = options_.stride_px[1] > 0 ? options_.stride_px[1] : height;
    if (image.width < width || image.height < height) output.leave_out("image smaller than a tile");
    for (int y = 0; y + height <= image.height; y += dy) {
      for (int x = 0; x + width <= image.width; x += dx) {
        const cv::Mat tile = mat(cv::Rect(x, y, width, height)).clone();
        cv::Mat grey;
        cv::Scalar mean, spread;
        cv::cvtColor(tile, grey, cv::COLOR_RGB2GRAY);
        cv::meanStdDev(grey, mean, spread);
        if (spread[0] <= options_.min_tile_contrast) {
          output.leave_out("tile with little contrast");
        } else {
          const double scale = area.width / image.width;
          const auto stored = [&](double px) { return static_cast<int>(std::lround(px * scale)); };
          put(fmt::format("{}_x{:04}_y{:04}", source.name, x, y), to_image(tile),
              {{stored(x) + static_cast<int>(area.x), stored(y) + static_cast<int>(area.y), stored(width),
                stored(height)}},
              output);
        }
      }
    }
  }

  const PrepareOptions& options_;
  const Shift shift_;
};

/// The options as .genga-done stores them. The words must not change, or older collections could not be continued.
std::string key_of(const PrepareOptions& options, const Shift& shift) {
  std::string key = "size as it is";
  if (options.long_side_px > 0) key = fmt::format("long side {} px", options.long_side_px);
  if (options.crop_px[0] > 0) key = fmt::format("size {}x{}", options.crop_px[0], options.crop_px[1]);
  if (options.tile_px[0] > 0) {
    key += fmt::format(", tiles {}x{} every {}x{} of contrast {}", options.tile_px[0], options.tile_px[1],
                       options.stride_px[0], options.stride_px[1], options.min_tile_contrast);
  }
  if (options.remove_color_cast) {
    key += fmt::format(", colour cast of these pictures {:+.2f} {:+.2f} {:+.2f}", shift[0], shift[1], shift[2]);
  }
  constexpr std::array kNames = {"", ", felzenszwalb", ", slic", ", structure"};
  key += kNames[static_cast<std::size_t>(options.superpixels)];
  if (options.superpixels == Superpixels::kSlic) key += fmt::format(" {}", options.regions);
  if (options.edge_smooth) key += ", edge-smooth";
  return key;
}

}  // namespace

CutReport prepare(const Paths& inputs, const PrepareOptions& options, const CutOptions& cut) {
  const CutInputs list = list_inputs(inputs, cut.output, image::looks_like_image, "image files");
  Shift shift{};
  if (options.remove_color_cast) shift = color_shift(list.files, cut.threads, cut.cancel);
  const Preparation preparation(options, shift);
  CutReport report = run_cut(list,
                             {.operation = "prepare",
                              .options = key_of(options, shift),
                              .run = [&](const CutInput& source, Output& output) { preparation.run(source, output); }},
                             cut);
  if (options.remove_color_cast) {
    report.notes.push_back(
        fmt::format("color cast of the set: red {:+.1f}, green {:+.1f}, blue {:+.1f} levels were added", shift[0],
                    shift[1], shift[2]));
  }
  return report;
}

}  // namespace genga::curate
