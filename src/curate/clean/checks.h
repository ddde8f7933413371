// Turns measures into decisions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "genga/clean.h"

namespace genga::curate {

inline constexpr std::string_view kStep = "clean";
inline constexpr std::string_view kNear = "near-duplicate";
/// Key of Entry::measures: equal for all images of a group of duplicates.
inline constexpr const char* kGroup = "duplicate_group";

/// The limit in force; none if the check is off.
std::optional<double> limit_of(const CleanOptions& options, const Check& check);
const Check& check_named(std::string_view name);

/// Throws Error: kInvalidArgument for a limit of no check or out of its range.
void require_valid(const CleanOptions& options);

/// Adds a decision for each check that the entry's measures fail, except for near duplicates.
void judge(dataset::Entry& entry, const CleanOptions& options);

}  // namespace genga::curate
