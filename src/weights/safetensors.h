// The container of model files: 8-byte header length, JSON header, tensor data. Byte layout:
// docs/formats/model_file.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "genga/weights.h"

namespace genga::weights {

/// The reference implementation's limit; checked before anything is allocated.
inline constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;
/// Far above any real net; bounds the memory that a hostile header can ask for.
inline constexpr std::size_t kMaxTensors = 100'000;

std::string_view dtype_name(DType dtype);  // "F32"; stored
std::int64_t dtype_bytes(DType dtype);

/// Length field and JSON, padded with spaces so that the data starts at a multiple of 64 bytes. Tensors are laid out by
/// falling element size, then by name, so that every one is aligned.
/// Throws Error: kInvalidArgument (a tensor whose bytes do not match its dimensions; text that is not UTF-8).
std::string write_header(const TensorFile& file);

}  // namespace genga::weights
