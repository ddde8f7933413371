// What commands that write images share: rules for files that exist, the credit they carry, the exit status of many.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "genga/error.h"
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

/// "Stylised by Genga, style pepper: attribution (licence)"; made: "Stylised by Genga".
std::string credit_line(std::string_view made, const weights::ModelCard& card);

/// 0 all well, 130 interrupted, 3 some failed; 1 all failed, or the error's own status if there was only one item.
int batch_status(std::size_t n_items, std::span<const Error> errors);

}  // namespace genga::cli
