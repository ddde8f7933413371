// SHA-256 by GLib, which libvips brings along anyway.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "genga/weights.h"

namespace genga::weights {

class Sha256 {
 public:
  Sha256();
  void add(std::span<const std::byte> bytes);
  void add(std::string_view text) { add(std::as_bytes(std::span(text))); }
  /// 64 hex digits. The object takes no more bytes after this.
  std::string hex();

 private:
  std::unique_ptr<void, void (*)(void*)> checksum_;  // GChecksum
};

/// Of names, types, dimensions and bytes in name order: what docs/formats/model_file.md calls genga.sha256.
std::string hash_tensors(const TensorMap& tensors);

}  // namespace genga::weights
