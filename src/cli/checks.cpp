#include "cli/checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <optional>
#include <vector>

#include "cli/sample_plan.h"
#include "genga/base.h"
#include "genga/engine.h"
#include "genga/error.h"
#include "genga/transform.h"
#include "genga/weights.h"

namespace genga::cli {
namespace {

constexpr int kMaxSide = 1'000'000;

template <typename Number>
std::optional<Number> parse_whole(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A validator that passes what `parse` does not throw on.
template <typename Parse>
CLI::Validator accepts(Parse parse) {
  return CLI::Validator(
      [parse](std::string& text) {
        try {
          parse(text);
          return std::string();
        } catch (const Error& error) {
          return std::string(error.what());
        }
      },
      "");
}

}  // namespace

CLI::Validator number_in(double low, double high) {
  return accepts([=](const std::string& text) {
    const auto value = parse_whole<double>(text);
    if (value && *value >= low && *value <= high) return;
    fail(ErrorCode::kInvalidArgument, "is '{}', expected a number from {} to {}", text, low, high);
  });
}

CLI::Validator integer_in(std::int64_t low, std::int64_t high) {
  return accepts([=](const std::string& text) {
    const auto value = parse_whole<std::int64_t>(text);
    if (value && *value >= low && *value <= high) return;
    fail(ErrorCode::kInvalidArgument, "is '{}', expected a whole number from {} to {}", text, low, high);
  });
}

CLI::Validator one_of(std::initializer_list<std::string_view> words) {
  const std::vector<std::string> known(words.begin(), words.end());
  return accepts([=](const std::string& text) {
    if (std::find(known.begin(), known.end(), text) != known.end()) return;
    fail(ErrorCode::kInvalidArgument, "is '{}', expected one of {}{}", text, fmt::join(known, ", "),
         did_you_mean(text, known));
  });
}

CLI::Validator size_text() {
  return accepts([](const std::string& text) { parse_size(text); });
}

CLI::Validator memory_text() {
  return accepts([](const std::string& text) {
    if (parse_bytes(text) <= 0) fail(ErrorCode::kInvalidArgument, "is '{}', expected more than nothing", text);
  });
}

CLI::Validator count_text() {
  return accepts([](const std::string& text) { parse_count(text); });
}

CLI::Validator seeds_text() {
  return accepts([](const std::string& text) { parse_seeds(text); });
}

CLI::Validator grid_text() {
  return accepts([](const std::string& text) { parse_grid(text); });
}

CLI::Validator stroke_scale_text(bool or_auto) {
  return accepts([=](const std::string& text) { parse_stroke_scale(text, or_auto); });
}

CLI::Validator device_text() {
  return accepts([](const std::string& text) {
    if (engine::is_device(text)) return;
    fail(ErrorCode::kInvalidArgument, "is '{}', expected auto, cpu, cuda, cuda:N or cpu-torch", text);
  });
}

const image::Format* wanted_format(const std::string& name, std::string_view option) {
  const image::Format* format = image::find_format(name);
  std::vector<std::string> writable;
  for (const auto& known : image::formats()) {
    if (known.can_write) writable.emplace_back(known.name);
  }
  if (format == nullptr || !format->can_write) {
    fail(ErrorCode::kInvalidArgument, "{} '{}' is no format that can be written{}; there are: {}", option, name,
         did_you_mean(name, writable), fmt::join(writable, ", "));
  }
  return format;
}

void add_size_options(CLI::App& app, std::string& size, std::string& fit, const std::string& help,
                      const std::string& group) {
  auto* option = app.add_option("--size", size, help)->type_name("WxH|N")->check(size_text())->group(group);
  app.add_option("--fit", fit, "How WxH is met: fill and crop, fit inside, or distort (default cover)")
      ->type_name("cover|contain|stretch")
      ->check(one_of({"cover", "contain", "stretch"}))
      ->needs(option)
      ->group(group);
}

CLI::Option* add_device_option(CLI::App& app, std::string& device) {
  return app
      .add_option("--device", device, "cpu (default); cuda or cuda:N, a GPU; auto, a GPU if there is one; cpu-torch")
      ->type_name("DEVICE")
      ->check(device_text());
}

image::Fit parse_fit(std::string_view text) {
  if (text == "contain") return image::Fit::kContain;
  return text == "stretch" ? image::Fit::kStretch : image::Fit::kCover;
}

image::TargetSize parse_size(std::string_view text) {
  const auto side = [](std::string_view part) {
    const auto value = parse_whole<int>(part);
    return value && *value >= 1 && *value <= kMaxSide ? *value : 0;
  };
  image::TargetSize size;
  const auto cross = text.find_first_of("xX");
  if (cross == std::string_view::npos) {
    size.long_side = side(text);
  } else {
    size.width = side(text.substr(0, cross));
    size.height = side(text.substr(cross + 1));
    if (size.height == 0) size.width = 0;
  }
  if (!size.wanted()) {
    fail(ErrorCode::kInvalidArgument,
         "is '{}', expected WIDTHxHEIGHT or the long side in pixels, like 1920x1080 or 1024", text);
  }
  return size;
}

std::int64_t parse_count(std::string_view text) {
  std::int64_t factor = 1;
  std::string_view digits = text;
  for (const auto& [letter, value] : {std::pair{'K', 1000LL}, {'M', 1'000'000LL}, {'G', 1'000'000'000LL}}) {
    if (text.empty() || (text.back() & ~0x20) != letter) continue;
    factor = value;
    digits.remove_suffix(1);
  }
  const auto count = parse_whole<double>(digits);
  if (!count || !(*count > 0) || *count * static_cast<double>(factor) > 1e15) {
    fail(ErrorCode::kInvalidArgument, "is '{}', expected a number of pixels like 500000000 or 500M", text);
  }
  return static_cast<std::int64_t>(*count * static_cast<double>(factor));
}

double parse_stroke_scale(std::string_view text, bool or_auto) {
  if (or_auto && text == "auto") return 0;
  const auto scale = parse_whole<double>(text);
  if (scale && transform::is_stroke_scale(*scale)) return *scale;
  fail(ErrorCode::kInvalidArgument, "is '{}', expected {}{} or a whole number from 1 to {}", text,
       or_auto ? "auto, " : "", transform::kSmallStrokeScale, transform::kMaxStrokeScale);
}

}  // namespace genga::cli
