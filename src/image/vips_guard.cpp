// libvips' error text as genga::Error, and its rules for operations that fail.
#include "image/vips_guard.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace genga::image {
namespace {

constexpr std::size_t kMaxReasonLines = 2;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string line(text.substr(0, end));
    if (!line.empty() && std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(std::move(line));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool mentions(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

ErrorCode code_of(std::string_view reason, ErrorCode fallback) {
  for (std::string_view sign : {"No space left", "Disk quota", "File too large", "Permission denied", "Input/output"}) {
    if (mentions(reason, sign)) return ErrorCode::kIo;
  }
  for (std::string_view sign : {"out of memory", "Cannot allocate", "Insufficient memory"}) {
    if (mentions(reason, sign)) return ErrorCode::kOutOfMemory;
  }
  return fallback;
}

}  // namespace

std::string take_vips_error() {
  const std::unique_ptr<char, decltype(&g_free)> text(vips_error_buffer_copy(), &g_free);
  std::vector<std::string> lines = lines_of(text ? text.get() : "");
  if (lines.empty()) return "unknown reason";
  // The first line is the cause; the system's words ("unix error") come next.
  std::stable_partition(lines.begin() + 1, lines.end(),
                        [](const std::string& line) { return line.starts_with("unix error"); });
  std::string reason = lines.front();
  for (std::size_t i = 1; i < std::min(lines.size(), kMaxReasonLines); ++i) reason += "; " + lines[i];
  std::replace_if(reason.begin(), reason.end(), [](unsigned char c) { return std::iscntrl(c) != 0; }, ' ');
  return reason;
}

void fail_vips(ErrorCode fallback, std::string_view what) {
  const std::string reason = take_vips_error();
  fail(code_of(reason, fallback), "{} ({})", what, reason);
}

void build(OperationPtr& operation, ErrorCode fallback, std::string_view what) {
  VipsOperation* raw = operation.release();
  const int failed = vips_cache_operation_buildp(&raw);
  operation.reset(raw);
  if (failed != 0) {
    vips_object_unref_outputs(VIPS_OBJECT(raw));
    fail_vips(fallback, what);
  }
}

}  // namespace genga::image
