// SHA-256 of files, by GLib.
#include <glib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "genga/dataset.h"
#include "genga/error.h"

namespace genga::dataset {
namespace {

using Checksum = std::unique_ptr<GChecksum, decltype(&g_checksum_free)>;

Checksum new_checksum() {
  return {g_checksum_new(G_CHECKSUM_SHA256), &g_checksum_free};
}

}  // namespace

std::string sha256_of(std::span<const std::byte> bytes) {
  const Checksum checksum = new_checksum();
  constexpr std::size_t kMaxAtOnce = std::size_t{1} << 30;  // a negative length would mean "a C string" to GLib
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(bytes.size(), kMaxAtOnce))) {
    g_checksum_update(checksum.get(), reinterpret_cast<const guchar*>(bytes.data()),
                      static_cast<gssize>(std::min(bytes.size(), kMaxAtOnce)));
  }
  return g_checksum_get_string(checksum.get());
}

std::string sha256_of_file(const std::filesystem::path& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (file == nullptr) {
    fail(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo, "'{}': cannot read: {}", path.string(),
         std::strerror(errno));
  }
  const Checksum checksum = new_checksum();
  std::array<guchar, 1 << 16> block;
  while (const std::size_t n = std::fread(block.data(), 1, block.size(), file.get())) {
    g_checksum_update(checksum.get(), block.data(), static_cast<gssize>(n));
  }
  if (std::ferror(file.get()) != 0) {
    fail(ErrorCode::kIo, "'{}': cannot read: {}", path.string(), std::strerror(errno));
  }
  return g_checksum_get_string(checksum.get());
}

}  // namespace genga::dataset
