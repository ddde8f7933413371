// What the cards of several models say together, where a model comes from others: a mix, or a training that goes on.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace genga::weights {

/// An SPDX expression that names each licence once, "CC-BY-4.0 AND CC0-1.0"; licences may be such expressions
/// themselves. Empty (unknown) if any is empty.
std::string all_licences(std::span<const std::string> licences);
/// The single licences of an expression, split at AND; "(MIT OR Apache-2.0)" stays one.
std::vector<std::string> licence_parts(const std::string& licence);
/// Appends what is not yet there word for word.
void add_new(std::vector<std::string>& list, const std::vector<std::string>& more);
/// Every credit once, separated by "; ". Empty ones are left out.
std::string all_credits(std::span<const std::string> credits);

}  // namespace genga::weights
