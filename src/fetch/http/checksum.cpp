// MD5 and SHA-1 by GLib. SHA-256, by which the manifest knows files, is in genga/sha256.h.
#include "fetch/http/checksum.h"

#include <glib.h>

#include <memory>

namespace genga::fetch {
namespace {

std::string checksum(GChecksumType type, std::span<const std::byte> bytes) {
  const std::unique_ptr<char, decltype(&g_free)> hex(
      g_compute_checksum_for_data(type, reinterpret_cast<const guchar*>(bytes.data()), bytes.size()), &g_free);
  return hex.get();
}

}  // namespace

std::string md5_of(std::span<const std::byte> bytes) {
  return checksum(G_CHECKSUM_MD5, bytes);
}

std::string sha1_of(std::span<const std::byte> bytes) {
  return checksum(G_CHECKSUM_SHA1, bytes);
}

}  // namespace genga::fetch
