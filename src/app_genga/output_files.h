// What commands that write images share: rules for files that exist, the credit they carry.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "genga/weights.h"

namespace genga::cli {

struct ExistingFiles {
  bool skip = false;       // --skip-existing
  bool overwrite = false;  // --overwrite
};

/// True if the output is to be skipped. input: the file it is made of; empty or "-": none. Throws Error: kIo if it may
/// not be written.
bool skip_output(const std::filesystem::path& path, const std::filesystem::path& input, const ExistingFiles& existing);

/// Creates the folder that `path` lies in. Throws Error: kIo.
void make_parent(const std::filesystem::path& path);

/// "Stylised by Genga, style pepper: attribution (licence); strength 0.5"; made: "Stylised by Genga".
std::string credit_line(std::string_view made, const weights::ModelCard& card, std::string_view settings = {});

/// What a credit line says.
struct Credit {
  std::string made, style, attribution, licence, settings;
};
Credit parse_credit(const std::string& line);

}  // namespace genga::cli
