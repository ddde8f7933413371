#include "cli/precision_option.h"

#include "cli/checks.h"
#include "genga/error.h"

namespace genga::cli {

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

}  // namespace genga::cli
