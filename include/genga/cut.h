// Making new collections: images out of videos, panels out of comic pages, faces out of images, and images made ready
// for training. Every result names the file it was cut out of and inherits its licence. Choosing among the images of a
// collection is in genga/clean.h.
//
// Usual call:  CutReport r = cut_panels(pages, {}, {.output = "panels"});
// Inputs: images, folders of them, collections (only the images that are kept there). A file that cannot be read is a
// problem of the report; the others are cut. Nothing is overwritten. A file whose content was cut before with the same
// options is passed over, so any call can be interrupted and repeated.
// Threads: functions may run side by side on different output folders. All images are upright, 8-bit sRGB.
// Throws Error: kInvalidArgument (options), kNotFound (an input), kBusy (another program writes the collection), kIo
// (the collection cannot be written).
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "genga/base.h"
#include "genga/error.h"

namespace genga::curate {

using Paths = std::vector<std::filesystem::path>;

struct CutOptions {
  std::filesystem::path output{};  // folder of the new collection; made if it is not there
  std::string format = "png";      // of the images, by name or suffix
  int quality = 0;                 // 1..100; 0: the format's default
  int threads = 0;                 // 0: cores
  const CancelToken* cancel = nullptr;
  /// One file after the other, never from two threads at a time. part: 0..1 of the current file.
  std::function<void(std::int64_t done, std::int64_t total, const std::string& file, double part)> progress{};
};

struct CutProblem {
  std::string file;
  Error error;
};

struct CutReport {
  std::int64_t sources = 0;                        // that were to be cut
  std::int64_t done_before = 0;                    // of them, by an earlier call
  std::int64_t empty = 0;                          // of them, cut now, with nothing in them
  std::int64_t not_kept = 0;                       // images of input collections that are not used there
  std::int64_t images = 0;                         // new ones
  std::map<std::string, std::int64_t> left_out{};  // how many parts were found and not taken, by reason in words
  std::map<std::string, double> measures{};        // totals that belong to one kind of cut: "scenes", "damaged packets"
  std::vector<std::string> notes{};                // sentences for people
  std::vector<CutProblem> problems{};
  bool cancelled = false;  // what was done until then is kept
};

// Comic pages --------------------------------------------------------------------------------------------------------

struct PanelOptions {
  bool right_to_left = false;  // order of reading: manga
  int min_side_px = 64;        // smaller panels are left out
  double min_area = 0.01;      // and those that cover less of the page
  bool keep_frames = false;    // the drawn line around a panel stays
};

/// Panels in order of reading: x, y, width, height. Gutters may be white, black or colored, and lean a little.
CutReport cut_panels(const Paths& inputs, const PanelOptions& options, const CutOptions& cut);

// Faces --------------------------------------------------------------------------------------------------------------

struct FaceOptions {
  /// A cascade of OpenCV (.xml: LBP or Haar), or a network (.onnx): YuNet of the year that the installed OpenCV runs
  /// (4.5.4 to 4.7: 2022, outputs loc, conf, iou; later: 2023, cls_8 to kps_32); or one of YOLO's family with one
  /// output and a square RGB input in 0..1, boxes as centre and size in input pixels, n classes: [1,4+n,N] (YOLOv8 and
  /// later), [1,20,N] (one class, five landmarks of x, y, visibility), [1,N,5+n] (YOLOv5), [1,N,16] (box, objectness,
  /// five landmarks of x, y, score: YOLOv5-face).
  std::filesystem::path model{};
  double min_score = 0.5;    // of networks, 0..1
  int min_neighbours = 5;    // of cascades: detections that must agree
  int min_side_px = 64;      // of the face as found
  double margin = 0.35;      // of the face's side, added on each side
  int size_px = 256;         // of the square crops; 0: as they are
  double min_sharpness = 0;  // standard deviation of the crop's Laplacian at 128 px, in levels; 0: all
  bool upright = true;       // faces that lean are turned
  int max_per_image = 32;    // the largest are taken
  std::string classes{};     // of a network with several: indices to take, "0,2"; empty: all
};

/// Square crops. Throws Error: kCorruptData, kUnsupported (the model).
CutReport cut_faces(const Paths& inputs, const FaceOptions& options, const CutOptions& cut);

// Videos --------------------------------------------------------------------------------------------------------------

/// What videos do not say about themselves.
struct Provenance {
  std::string licence{}, author{}, attribution{}, source{};
};

struct FrameOptions {
  int per_scene = 1;
  double start_s = 0, end_s = 0;  // 0: the video's end
  double every_s = 0;             // instead of scenes: one image so often
  int max_frames = 0;             // of each video, evenly spread; 0: all
  double scene_threshold = 3;     // how many times larger than around it a change must be
  double min_scene_s = 0.6;       // shorter scenes are left out
  bool keep_bars = false;         // black bars stay
  bool keep_text = false;         // credits and title screens are taken too
  int duplicate_bits = 6;         // of 64: images that differ in no more are alike; negative: all are taken
  int size_px = 0;                // long side; 0: as they are
  Provenance provenance{};
};

/// Sharp images without bars, one or more a scene. Inputs: videos and folders of videos.
CutReport cut_frames(const Paths& inputs, const FrameOptions& options, const CutOptions& cut);

// Images for training ----------------------------------------------------------------------------------------------

enum class Superpixels { kNone, kFelzenszwalb, kSlic, kStructure };

struct PrepareOptions {
  int long_side_px = 0;            // larger images are reduced; 0: as they are
  std::array<int, 2> crop_px{};    // width and height: filled and cropped; instead of long_side_px
  std::array<int, 2> tile_px{};    // width and height; 0: no tiles
  std::array<int, 2> stride_px{};  // 0: the tile's size
  double min_tile_contrast = 25;   // standard deviation of grey levels
  bool remove_color_cast = false;  // the set's mean color becomes grey (AnimeGANv2's data_mean)
  Superpixels superpixels = Superpixels::kNone;
  int regions = 200;         // of kSlic
  bool edge_smooth = false;  // also a copy with blurred contours of each, in smooth/ (not kept: a pair)
};

CutReport prepare(const Paths& inputs, const PrepareOptions& options, const CutOptions& cut);

}  // namespace genga::curate
