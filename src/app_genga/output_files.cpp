// Where output images may be written, and what is said in them.
#include "app_genga/output_files.h"

#include <algorithm>
#include <system_error>

#include "app_genga/inputs.h"
#include "genga/error.h"

namespace genga::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kStyle = ", style ", kSettings = "; with ";

}  // namespace

bool skip_output(const fs::path& path, const fs::path& input, const ExistingFiles& existing) {
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(path, ignored))) return false;  // a link that leads nowhere is there, too
  if (fs::is_directory(path, ignored)) {
    fail(ErrorCode::kIo, "output '{}' is a folder; choose another name", path.string());
  }
  if (fs::exists(path, ignored) && !fs::is_regular_file(path, ignored)) {
    // The rename at the end would replace the device itself.
    fail(ErrorCode::kIo, "output '{}' is a pipe or a device; to write into a pipe give -o -", path.string());
  }
  if (existing.skip) return true;
  if (!existing.overwrite) {
    fail(ErrorCode::kIo, "output '{}' exists; add --overwrite or --skip-existing", path.string());
  }
  if (input != kStdio && fs::equivalent(path, input, ignored)) {
    fail(ErrorCode::kIo, "output '{}' is the input itself; choose another name or folder", path.string());
  }
  return false;
}

void make_parent(const fs::path& path) {
  std::error_code ec;
  const fs::path parent = path.parent_path();
  if (!parent.empty()) fs::create_directories(parent, ec);
  if (ec) fail(ErrorCode::kIo, "cannot create folder '{}': {}", parent.string(), ec.message());
}

std::string credit_line(std::string_view made, const weights::ModelCard& card, std::string_view settings) {
  std::string line = fmt::format("{}{}{}", made, kStyle, card.name.empty() ? "unnamed" : card.name);
  if (!card.attribution.empty()) line += ": " + card.attribution;
  if (!card.licence.empty()) line += fmt::format(" ({})", card.licence);
  if (!settings.empty()) line += fmt::format("{}{}", kSettings, settings);
  return line;
}

Credit parse_credit(const std::string& line) {
  const auto cut = [](std::string& text, std::size_t at, std::size_t mark) {  // what is behind the mark
    if (at == std::string::npos) return std::string();
    std::string rest = text.substr(at + mark);
    text.resize(at);
    return rest;
  };
  Credit credit;
  credit.made = line;
  credit.settings = cut(credit.made, line.rfind(kSettings), kSettings.size());
  credit.style = cut(credit.made, credit.made.find(kStyle), kStyle.size());
  if (credit.style.ends_with(')')) {  // a licence may hold parentheses itself
    std::size_t open = credit.style.size();
    for (int depth = 0; open > 0;) {
      --open;
      depth += (credit.style[open] == ')') - (credit.style[open] == '(');
      if (depth == 0) break;
    }
    credit.licence = cut(credit.style, open, 1);
    if (!credit.licence.empty()) credit.licence.pop_back();
    while (credit.style.ends_with(' ')) credit.style.pop_back();
  }
  credit.attribution = cut(credit.style, credit.style.find(": "), 2);
  return credit;
}

}  // namespace genga::cli
