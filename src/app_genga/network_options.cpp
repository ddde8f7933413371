// Device, precision and stroke scale as options take them.
#include "app_genga/network_options.h"

#include "cli/checks.h"
#include "genga/error.h"
#include "genga/transform.h"

namespace genga::cli {
namespace {

CLI::Validator device_text() {
  return accepts([](const std::string& text) {
    if (engine::is_device(text)) return;
    fail(ErrorCode::kInvalidArgument, "is '{}', expected auto, cpu, cuda, cuda:N or cpu-torch", text);
  });
}

}  // namespace

CLI::Option* add_device_option(CLI::App& app, std::string& device) {
  return app
      .add_option("--device", device, "cpu (default); cuda or cuda:N, a GPU; auto, a GPU if there is one; cpu-torch")
      ->type_name("DEVICE")
      ->check(device_text());
}

CLI::Option* add_precision_option(CLI::App& app, std::string& precision) {
  return app
      .add_option("--precision", precision,
                  "Numbers that convolutions multiply (default: f32 on CPUs, f16 on GPUs); auto: the fastest here")
      ->type_name("auto|f32|bf16|f16")
      ->check(one_of({"auto", "f32", "bf16", "f16"}));
}

engine::Precision parse_precision(std::string_view text, std::string_view device) {
  const auto usual = [&] { return engine::default_precision(device); };
  if (text.empty()) return usual();
  if (text == "auto") {
    const bool cpu = device != "cpu-torch" && usual() == engine::Precision::kF32;
    return cpu ? engine::best_precision() : usual();
  }
  for (const auto precision : {engine::Precision::kF32, engine::Precision::kBf16, engine::Precision::kF16}) {
    if (text == engine::name_of(precision)) return precision;
  }
  fail(ErrorCode::kInvalidArgument, "precision is '{}', expected auto, f32, bf16 or f16", text);
}

CLI::Validator stroke_scale_text(bool or_auto) {
  return accepts([=](const std::string& text) { parse_stroke_scale(text, or_auto); });
}

double parse_stroke_scale(std::string_view text, bool or_auto) {
  if (or_auto && text == "auto") return 0;
  const auto scale = parse_number<double>(text);
  if (scale && transform::is_stroke_scale(*scale)) return *scale;
  fail(ErrorCode::kInvalidArgument, "is '{}', expected {}{} to {} in steps of {}", text, or_auto ? "auto, or " : "",
       transform::kMinStrokeScale, transform::kMaxStrokeScale, transform::kStrokeScaleStep);
}

}  // namespace genga::cli
