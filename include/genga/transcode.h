// A video into a changed one: its frames with 16 bits a sample, cut into parts that are made one by one (on several
// machines, or again after a crash), and the file in which the parts and everything else of the source are joined.
//
// Usual calls:  auto reader = open_clip("a.mp4", {});
//               for each part p: reader->begin_part(p); auto writer = open_part("p.part", setup, w, h);
//                                while (auto frame = reader->next()) writer->write(changed(*frame)); writer->finish();
//               join_parts(setup, {"p.part", ...}, "b.mp4", {});
// A part's frames depend on the source and on the part alone, not on what was decoded before. Frames are upright.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "genga/image.h"

namespace genga::video {

/// Interleaved RGB or RGBA, gamma-coded as the source is.
struct DeepFrame {
  int width = 0, height = 0, channels = 3;
  std::vector<std::uint16_t> samples{};
  std::int64_t pts = 0;       // when it is shown, in ClipInfo::time_base
  std::int64_t duration = 0;  // 0: unknown
};

struct Ratio {
  int num = 0, den = 1;
  double value() const { return den == 0 ? 0 : static_cast<double>(num) / den; }
};

/// FFmpeg's numbers for how samples are to be read.
struct ColorTags {
  int range = 0, matrix = 2, primaries = 2, transfer = 2, chroma_location = 0;
};

struct ClipInfo {
  int width = 0, height = 0;  // of the frames handed out: upright
  int rotation_degrees = 0;   // clockwise turn that the file asks for
  int bits = 8;               // a sample, in the file
  bool alpha = false;
  bool interlaced = false;
  std::string hdr{};  // "PQ" or "HLG", which frames are mapped from to BT.709; else ""
  Ratio time_base{}, frame_rate{}, sample_aspect{0, 1};
  ColorTags color{};  // of the frames handed out
  double duration_s = 0;
  std::string format{}, codec{}, pixel_format{};
  int n_audio = 0, n_subtitles = 0;
};

/// Frames shown from begin_pts on and before end_pts. All can be decoded from the key packet on.
struct ClipPart {
  std::int64_t begin_pts = 0, end_pts = 0;
  std::int64_t key_pts = 0, key_dts = 0;
  std::int64_t n_frames = 0;  // as the packets say
};

struct ClipPlan {
  std::vector<ClipPart> parts;
  std::int64_t n_frames = 0;
  std::int64_t first_pts = 0, last_pts = 0;  // of the frames
  double seconds = 0;                        // from the first frame to the end of the last
};

struct ClipOptions {
  double start_s = 0;  // what is shown before is left out
  double end_s = std::numeric_limits<double>::infinity();
  double part_s = 10;        // a part is at least so long, but for the last
  image::TargetSize size{};  // Crop::attention is not possible
  std::string hwaccel{};     // a kind of device ("cuda", "vaapi"), "auto", or none
  int threads = 0;           // of the decoder; 0: cores
};

/// Threads: one at a time.
class ClipReader {
 public:
  virtual ~ClipReader() = default;
  virtual const ClipInfo& info() const = 0;
  /// Found by reading all packets once, in the first call. The same on every machine. Throws Error: kCorruptData if no
  /// frame lies between start and end.
  virtual const ClipPlan& plan() = 0;
  virtual void begin_part(const ClipPart& part) = 0;
  /// The next frame of the part; nothing at its end. Times grow from frame to frame.
  virtual std::optional<DeepFrame> next() = 0;
  /// What was found wrong since the last call; each a sentence without the file's name.
  virtual std::vector<std::string> take_notes() = 0;
};

/// Throws Error: kNotFound, kIo, kCorruptData, kUnsupported; kInvalidArgument (hwaccel).
std::unique_ptr<ClipReader> open_clip(const std::filesystem::path& path, const ClipOptions& options);

struct EncodeOptions {
  std::string codec{};         // FFmpeg's name of a codec or encoder; empty: by the container
  std::string preset{};        // empty: the encoder's
  std::string pixel_format{};  // empty: by source and encoder
  std::string bit_rate{};      // "2M"; empty: constant quality
  std::optional<double> crf{};
  std::vector<std::string> settings{};  // further options of the encoder, "key=value"
};

/// How frames are encoded, decided once for all parts. Equal arguments give equal setups.
struct EncodeSetup {
  std::filesystem::path source{};
  ClipInfo info{};          // of the source
  ClipOptions clip{};       // of the source
  std::string container{};  // FFmpeg's name of the output's format
  std::string encoder{};    // FFmpeg's name
  std::string version{};    // of FFmpeg
  std::string pixel_format{};
  int width = 0, height = 0;    // of the frames that will be given, upright
  int turned_back_degrees = 0;  // frames are turned so far counterclockwise, and the file keeps asking for its turn
  EncodeOptions options{};
  std::vector<std::string> notes{};  // what people should know; each a sentence without the file's name
};

/// output: chooses the container by its suffix. width, height: of the frames that will be written; upright: they shall
/// stay so, whatever turn the source asks for. Throws Error: kInvalidArgument, kUnsupported.
EncodeSetup plan_encoding(const std::filesystem::path& source, const ClipInfo& info, const ClipOptions& clip,
                          const std::filesystem::path& output, int width, int height, bool upright,
                          const EncodeOptions& options);

/// Threads: one at a time.
class PartWriter {
 public:
  virtual ~PartWriter() = default;
  /// Throws Error: kInvalidArgument (size), kIo.
  virtual void write(const DeepFrame& frame) = 0;
  /// The file appears when this returns; without it nothing is left.
  virtual void finish() = 0;
  virtual std::int64_t n_bytes() const = 0;  // encoded so far
};
std::unique_ptr<PartWriter> open_part(const std::filesystem::path& path, const EncodeSetup& setup);
/// Whether the file is a whole part.
bool is_whole_part(const std::filesystem::path& path);

struct JoinOptions {
  bool audio = true, subtitles = true;
  std::string comment{};  // stored in the container; empty: none
};

/// Writes `output`, which appears when this returns. Returns notes: what of the source is not in it or was converted.
/// Throws Error: kCorruptData (a part), kIo, kUnsupported.
std::vector<std::string> join_parts(const EncodeSetup& setup, std::span<const std::filesystem::path> parts,
                                    const std::filesystem::path& output, const JoinOptions& options);

}  // namespace genga::video
