// SHA-256, by GLib.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace genga {

/// Of bytes that come piece by piece. One thread at a time.
class Sha256 {
 public:
  Sha256();
  void add(std::span<const std::byte> bytes);
  void add(std::string_view text) { add(std::as_bytes(std::span(text))); }
  /// 64 lower-case hex digits. The object takes no more bytes after this.
  std::string hex();

 private:
  std::unique_ptr<void, void (*)(void*)> checksum_;  // GChecksum
};

std::string sha256_of(std::span<const std::byte> bytes);
/// Throws Error: kNotFound, kIo.
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace genga
