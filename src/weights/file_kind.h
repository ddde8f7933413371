// What a file is that is no model file: others' formats, and what a failed download leaves.
#pragma once

#include <cstddef>
#include <span>

namespace genga::weights {

/// Throws Error: kUnsupported or kCorruptData, saying what the bytes are and what to do, if they are known to be
/// something else than safetensors. Nothing for what is not known.
void refuse_other_kinds(std::span<const std::byte> bytes);

}  // namespace genga::weights
