// Decisions that are the same for all frames.
#include "app_genga/video/clip_job.h"

#include <fmt/format.h>

#include <algorithm>

#include "app_genga/network_options.h"
#include "app_genga/output_files.h"
#include "genga/error.h"
#include "genga/sha256.h"

namespace genga::cli {
namespace {

// Of one session, whatever the machine has: tiles, whose borders round differently, must not depend on it.
constexpr std::int64_t kSessionMemory = std::int64_t{1} << 30;

std::vector<float> read_mask(const StylizeFlags& f, int width, int height) {
  if (f.mask.empty()) return {};
  std::vector<float> mask(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  image::MaskReader({f.mask}, width, height, f.feather_px).read(mask);
  return mask;
}

FrameStyle open_style(const VideoFlags& f, const video::ClipInfo& info) {
  const StylizeFlags& s = f.style;
  FrameStyle style{.model = open_models(s.styles, s.models).front(),
                   .stylize = stylize_options(s),
                   .mask = read_mask(s, info.width, info.height),
                   .compare = f.compare};
  check_takes_photos(style.model);
  if (style.stylize.stroke_scale == 0) {
    style.stylize.stroke_scale = stylize::auto_stroke_scale(style.model.model.card, info.width, info.height);
  }
  const std::int64_t wanted = style.stylize.memory_bytes;
  if (wanted == 0) style.stylize.memory_bytes = kSessionMemory;
  const int threads = s.threads > 0 ? s.threads : available_cores();
  const bool cpu = s.device == "cpu";
  style.sessions = f.sessions > 0 ? f.sessions : cpu ? sessions_for(info.width, info.height, threads, wanted) : 1;
  style.engine = {.threads = std::max(1, threads / style.sessions),
                  .device = s.device,
                  .precision = parse_precision(s.precision, s.device)};
  return style;
}

std::string style_digest(const weights::Model& model) {
  Sha256 hash;
  for (const auto& [name, tensor] : model.tensors) {
    hash.add(name);
    hash.add(tensor.bytes);
  }
  return hash.hex();
}

}  // namespace

ClipJob open_clip_job(const VideoFlags& f) {
  ClipJob job;
  job.clip = video::open_clip(f.input, clip_options(f));
  const video::ClipInfo& info = job.clip->info();
  job.style = open_style(f, info);
  job.width = f.compare ? compared_width(info.width) : info.width;
  job.height = info.height;
  return job;
}

video::EncodeSetup setup_of(const ClipJob& job, const VideoFlags& f, const std::filesystem::path& output) {
  return video::plan_encoding(f.input, job.clip->info(), clip_options(f), output, job.width, job.height, f.compare,
                              encode_options(f));
}

Json settings_of(const ClipJob& job, const VideoFlags& f, const video::EncodeSetup& setup) {
  const stylize::StylizeOptions& options = job.style.stylize;
  Json settings{{"genga", GENGA_VERSION},
                {"style", job.style.model.label},
                {"style_sha256", style_digest(job.style.model.model)},
                {"strength", options.strength},
                {"keep_color", options.keep_color},
                {"stroke_scale", options.stroke_scale},
                {"mask", f.style.mask.empty() ? "" : sha256_of_file(f.style.mask)},
                {"feather", f.style.mask.empty() ? 0 : f.style.feather_px},
                {"compare", f.compare},
                {"device", job.style.engine.device},
                {"precision", engine::name_of(job.style.engine.precision)},
                {"tile", options.tile_px},
                {"memory", options.memory_bytes},
                {"from", f.from},
                {"to", f.to},
                {"part", f.part_s},
                {"width", job.width},
                {"height", job.height},
                {"fit", f.style.size.empty() ? "" : f.style.fit},
                {"container", setup.container},
                {"encoder", setup.encoder},
                {"ffmpeg", setup.version},
                {"pix_fmt", setup.pixel_format},
                {"turned_back", setup.turned_back_degrees},
                {"preset", f.preset},
                {"crf", f.crf},
                {"bit_rate", f.bit_rate},
                {"encoder_options", f.encoder_options}};
  Json parts = Json::array();
  for (const video::ClipPart& part : job.clip->plan().parts) parts.push_back({part.begin_pts, part.n_frames});
  settings["parts"] = std::move(parts);
  return settings;
}

std::string credit_of(const ClipJob& job, const VideoFlags& f) {
  if (f.style.no_credit) return "";
  return credit_line("Stylised by Genga", job.style.model.model.card, settings_text(stylize_options(f.style)));
}

}  // namespace genga::cli
