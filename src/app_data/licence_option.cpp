// From a licence as people write it to the id that manifests hold.
#include "app_data/licence_option.h"

#include <fmt/format.h>

#include <vector>

#include "cli/terminal.h"
#include "genga/base.h"
#include "genga/dataset.h"

namespace genga::cli {

std::string known_licence(const std::string& typed, bool warn) {
  if (typed.empty()) return {};
  if (const dataset::Licence* known = dataset::find_licence(typed)) return std::string(known->id);
  std::vector<std::string> ids;
  for (const dataset::Licence& licence : dataset::licences()) ids.emplace_back(licence.id);
  if (warn) {
    say(fmt::format("'{}' is stored as it is and counts as unknown: it is no licence of genga data licences --list{}",
                    typed, did_you_mean(typed, ids)));
  }
  return typed;
}

}  // namespace genga::cli
