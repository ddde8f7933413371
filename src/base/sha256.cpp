// SHA-256 of bytes and files.
#include "genga/sha256.h"

#include <glib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "genga/error.h"

namespace genga {
namespace {

GChecksum* checksum_of(const std::unique_ptr<void, void (*)(void*)>& pointer) {
  return static_cast<GChecksum*>(pointer.get());
}

[[noreturn]] void refuse(const std::filesystem::path& path) {
  const int error = errno;
  fail(error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo, "'{}': cannot read: {}", path.string(),
       std::generic_category().message(error));
}

}  // namespace

Sha256::Sha256()
    : checksum_(g_checksum_new(G_CHECKSUM_SHA256), [](void* p) { g_checksum_free(static_cast<GChecksum*>(p)); }) {}

void Sha256::add(std::span<const std::byte> bytes) {
  constexpr std::size_t kMaxPiece = std::size_t{1} << 30;  // GLib takes a negative length for "a C string"
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(bytes.size(), kMaxPiece))) {
    g_checksum_update(checksum_of(checksum_), reinterpret_cast<const guchar*>(bytes.data()),
                      static_cast<gssize>(std::min(bytes.size(), kMaxPiece)));
  }
}

std::string Sha256::hex() {
  return g_checksum_get_string(checksum_of(checksum_));
}

std::string sha256_of(std::span<const std::byte> bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.hex();
}

std::string sha256_of_file(const std::filesystem::path& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (file == nullptr) refuse(path);
  Sha256 hash;
  std::array<std::byte, 1 << 16> block;
  while (const std::size_t n = std::fread(block.data(), 1, block.size(), file.get())) {
    hash.add(std::span(block).first(n));
  }
  if (std::ferror(file.get()) != 0) refuse(path);
  return hash.hex();
}

}  // namespace genga
