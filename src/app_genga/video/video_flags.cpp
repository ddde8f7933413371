// The options of genga video, as CLI11 is told them.
#include "app_genga/video/video_flags.h"

#include <cmath>

#include "app_genga/image_options.h"
#include "app_genga/inputs.h"
#include "app_genga/labelled_model.h"
#include "cli/checks.h"
#include "genga/base.h"
#include "genga/error.h"

namespace genga::cli {
namespace {

void add_input_options(CLI::App& app, VideoFlags& f) {
  app.add_option("-i,--input,INPUT", f.input, "Video")->type_name("FILE")->group("Input");
  app.add_option("--from", f.from, "Begin there: seconds, M:S or H:M:S (also -ss)")
      ->type_name("TIME")
      ->check(accepts([](const std::string& text) { parse_time(text); }))
      ->group("Input");
  app.add_option("--to", f.to, "End there (also -to)")
      ->type_name("TIME")
      ->check(accepts([](const std::string& text) { parse_time(text); }))
      ->group("Input");
  app.add_option("--hwaccel", f.hwaccel,
                 "Decode on a graphics card: auto, or FFmpeg's name of its kind (cuda, vaapi, ...)")
      ->type_name("KIND")
      ->group("Input");
  add_size_options(app, f.style.size, f.style.fit, "Resize the frames first: WIDTHxHEIGHT, or the long side in pixels",
                   "Input");
}

void add_output_options(CLI::App& app, VideoFlags& f) {
  app.add_option("-o,--output", f.output, "Video; with --preview an image")->type_name("FILE")->group("Output");
  app.add_flag("--compare", f.compare, "Show the source at the left and its result at the right")->group("Output");
  app.add_flag("--no-audio", f.no_audio, "Leave the sound out (also -an)")->group("Output");
  app.add_flag("--no-subtitles", f.no_subtitles, "Leave the subtitles out (also -sn)")->group("Output");
  app.add_flag("--no-credit", f.style.no_credit, "Leave out the style's name and attribution")->group("Output");
  add_existing_options(app, f.style);
}

void add_encoder_options(CLI::App& app, VideoFlags& f) {
  app.add_option("--codec", f.codec,
                 "Codec or encoder of the images, as FFmpeg names it (default: h264; vp9 for .webm; also -c:v)")
      ->type_name("CODEC")
      ->group("Encoder");
  app.add_option("--crf", f.crf, "Constant quality, lower is better (default for H.264: 18; also -crf)")
      ->type_name("0..63")
      ->check(number_in(0, 63))
      ->group("Encoder");
  app.add_option("--bit-rate", f.bit_rate, "Bits a second instead of constant quality, as 2M (also -b:v)")
      ->type_name("BITS")
      ->check(count_text())
      ->group("Encoder");
  app.add_option("--preset", f.preset, "The encoder's preset (also -preset)")->type_name("NAME")->group("Encoder");
  app.add_option("--pix-fmt", f.pixel_format,
                 "Pixel format (default: yuv420p; with 10 bits where source and encoder have them; also -pix_fmt)")
      ->type_name("NAME")
      ->group("Encoder");
  app.add_option("-e,--encoder-option", f.encoder_options, "A further option of the encoder; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false)
      ->group("Encoder");
}

void add_run_options(CLI::App& app, VideoFlags& f) {
  auto* preview =
      app.add_option("--preview", f.preview, "Only an image of N frames from beginning to end, in the style")
          ->type_name("N")
          ->check(integer_in(1, 100))
          ->group("Run");
  app.add_flag("--dry-run", f.dry_run, "Only say how long it will take and how large the result will be")
      ->excludes(preview)
      ->group("Run");
  app.add_flag("--resume", f.resume, "Go on where an earlier run was ended")->group("Run");
  auto* segment = app.add_option("--segment", f.segment,
                                 "Only the K-th of N shares, on one of N machines; auto[/N]: as the cluster says")
                      ->type_name("K/N|auto")
                      ->check(accepts([](const std::string& text) { parse_shard(text); }))
                      ->group("Run");
  app.add_flag("--join", f.join, "Only put together what --segment has made")->excludes(segment)->group("Run");
  app.add_option("--part", f.part_s, "Seconds of video after which work is kept for --resume (default 10)")
      ->type_name("S")
      ->check(number_in(0.1, 3600))
      ->group("Run");
  app.add_option("--sessions", f.sessions, "Frames under way at once (default: by their size and the cores)")
      ->type_name("N")
      ->check(integer_in(1, 256))
      ->group("Run");
}

}  // namespace

void add_video_options(CLI::App& app, VideoFlags& flags) {
  add_input_options(app, flags);
  add_style_options(app, flags.style);
  // A video has one result.
  app.get_option("--style")->description("Built-in style, or a mix: NAME:WEIGHT,NAME:WEIGHT");
  app.get_option("--model")->description("Model file or a run's folder");
  add_output_options(app, flags);
  add_encoder_options(app, flags);
  add_run_options(app, flags);
  add_work_options(app, flags.style);
}

std::map<std::string, std::string> ffmpeg_spellings() {
  return {{"-an", "--no-audio"},   {"-sn", "--no-subtitles"}, {"-ss", "--from"},        {"-to", "--to"},
          {"-c:v", "--codec"},     {"-vcodec", "--codec"},    {"-crf", "--crf"},        {"-b:v", "--bit-rate"},
          {"-preset", "--preset"}, {"-pix_fmt", "--pix-fmt"}, {"-hwaccel", "--hwaccel"}};
}

double parse_time(const std::string& text) {
  double seconds = 0;
  std::string_view rest = text;
  for (int n = 0; n < 3; ++n) {
    const auto colon = rest.find(':');
    const auto number = parse_number<double>(rest.substr(0, colon));
    if (!number || !std::isfinite(*number) || *number < 0 || (n > 0 && *number >= 60)) break;
    seconds = seconds * 60 + *number;
    if (colon == std::string_view::npos) return seconds;
    rest.remove_prefix(colon + 1);
  }
  fail(ErrorCode::kInvalidArgument, "is '{}', expected seconds, M:S or H:M:S", text);
}

void check_flags(const VideoFlags& f) {
  if (f.input.empty()) fail(ErrorCode::kInvalidArgument, "no input given: name a video");
  if (f.output.empty() && !f.dry_run) fail(ErrorCode::kInvalidArgument, "no output given: add -o FILE");
  if (f.input == kStdio || f.output == kStdio) {
    fail(ErrorCode::kInvalidArgument, "genga video reads and writes files, no pipes ('-')");
  }
  if (!f.to.empty() && !f.from.empty() && parse_time(f.to) <= parse_time(f.from)) {
    fail(ErrorCode::kInvalidArgument, "--to {} is not after --from {}", f.to, f.from);
  }
  if (f.style.styles.size() + f.style.models.size() > 1 && !(is_mix(f.style.styles) && f.style.models.empty())) {
    fail(ErrorCode::kInvalidArgument, "genga video takes one style or one mix (pepper:0.6,mika:0.4)");
  }
}

video::ClipOptions clip_options(const VideoFlags& f) {
  video::ClipOptions options;
  if (!f.from.empty()) options.start_s = parse_time(f.from);
  if (!f.to.empty()) options.end_s = parse_time(f.to);
  options.part_s = f.part_s;
  if (!f.style.size.empty()) options.size = parse_size(f.style.size);
  options.size.fit = parse_fit(f.style.fit);
  options.hwaccel = f.hwaccel;
  options.threads = f.style.threads;
  return options;
}

video::EncodeOptions encode_options(const VideoFlags& f) {
  video::EncodeOptions options{
      .codec = f.codec, .preset = f.preset, .pixel_format = f.pixel_format, .settings = f.encoder_options};
  if (!f.bit_rate.empty()) options.bit_rate = std::to_string(parse_count(f.bit_rate));
  if (f.crf >= 0) options.crf = f.crf;
  return options;
}

}  // namespace genga::cli
