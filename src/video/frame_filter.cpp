// Filter chains as libavfilter's text, and running them.
#include "video/frame_filter.h"

#include <fmt/format.h>

#include "genga/error.h"

namespace genga::video {
namespace {

constexpr const char* kDeinterlace = "bwdif=mode=send_frame:parity=auto:deint=interlaced";

// Linear light at 100 cd/m2 as 1, BT.709's primaries, bright parts rolled off, BT.709's curve.
std::string tone_map(const AVFrame& frame) {
  const auto or_2020 = [](int tag, const char* told, const char* usual) { return tag == 2 ? usual : told; };
  const char* matrix = or_2020(frame.colorspace, av_color_space_name(frame.colorspace), "bt2020nc");
  const char* primaries = or_2020(frame.color_primaries, av_color_primaries_name(frame.color_primaries), "bt2020");
  const AVPixFmtDescriptor* about = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  const bool rgb = about != nullptr && (about->flags & AV_PIX_FMT_FLAG_RGB) != 0;
  return fmt::format(
      "zscale=tin={}:pin={}{}:t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0,"
      "zscale=t=bt709:m=bt709:p=bt709:r=tv,format=yuv444p10le",
      av_color_transfer_name(frame.color_trc), primaries, rgb ? "" : fmt::format(":min={}", matrix));
}

}  // namespace

std::string hdr_of(const AVFrame& frame) {
  if (frame.color_trc == AVCOL_TRC_SMPTE2084) return "PQ";
  if (frame.color_trc == AVCOL_TRC_ARIB_STD_B67) return "HLG";
  return "";
}

std::string filters_for(const AVFrame& frame, bool interlaced) {
  std::string filters = interlaced ? kDeinterlace : "";
  if (!hdr_of(frame).empty()) filters += (filters.empty() ? "" : ",") + tone_map(frame);
  return filters;
}

void FrameFilter::make(const AVFrame& frame) {
  const auto must = [&](int code) {
    if (code >= 0) return;
    fail(ErrorCode::kUnsupported, "the installed FFmpeg cannot run the filters that this video needs ({}): {}",
         filters_, ffmpeg_message(code));
  };
  graph_.reset(avfilter_graph_alloc());
  if (!graph_) throw std::bad_alloc();
  graph_->nb_threads = 1;
  const AVRational aspect = frame.sample_aspect_ratio;
  const std::string text =
      fmt::format("video_size={}x{}:pix_fmt={}:time_base={}/{}:pixel_aspect={}/{}", frame.width, frame.height,
                  frame.format, time_base_.num, time_base_.den, aspect.num, std::max(aspect.den, 1));
  must(avfilter_graph_create_filter(&source_, avfilter_get_by_name("buffer"), "in", text.c_str(), nullptr,
                                    graph_.get()));
  must(avfilter_graph_create_filter(&sink_, avfilter_get_by_name("buffersink"), "out", nullptr, nullptr, graph_.get()));
  AVFilterInOut* outputs = avfilter_inout_alloc();
  AVFilterInOut* inputs = avfilter_inout_alloc();
  if (outputs == nullptr || inputs == nullptr) throw std::bad_alloc();
  *outputs = {.name = av_strdup("in"), .filter_ctx = source_, .pad_idx = 0, .next = nullptr};
  *inputs = {.name = av_strdup("out"), .filter_ctx = sink_, .pad_idx = 0, .next = nullptr};
  const int code = avfilter_graph_parse_ptr(graph_.get(), filters_.c_str(), &inputs, &outputs, nullptr);
  avfilter_inout_free(&inputs);
  avfilter_inout_free(&outputs);
  must(code);
  must(avfilter_graph_config(graph_.get(), nullptr));
  width_ = frame.width;
  height_ = frame.height;
  format_ = frame.format;
}

void FrameFilter::push(AVFrame* frame) {
  if (frame == nullptr && !graph_) return;
  if (frame != nullptr && (!graph_ || frame->width != width_ || frame->height != height_ || frame->format != format_)) {
    make(*frame);
  }
  const int code = av_buffersrc_add_frame_flags(source_, frame, 0);
  if (code < 0)
    fail(ErrorCode::kUnsupported, "the filters that this video needs refuse a frame: {}", ffmpeg_message(code));
}

bool FrameFilter::pull(AVFrame& frame) {
  if (!graph_ || av_buffersink_get_frame(sink_, &frame) < 0) return false;
  const AVRational out = av_buffersink_get_time_base(sink_);
  frame.pts = av_rescale_q(frame.pts, out, time_base_);
  return true;
}

}  // namespace genga::video
