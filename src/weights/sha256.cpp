#include "weights/sha256.h"

#include <fmt/ranges.h>
#include <glib.h>

#include <algorithm>

#include "weights/safetensors.h"

namespace genga::weights {

Sha256::Sha256()
    : checksum_(g_checksum_new(G_CHECKSUM_SHA256), [](void* p) { g_checksum_free(static_cast<GChecksum*>(p)); }) {}

void Sha256::add(std::span<const std::byte> bytes) {
  constexpr std::size_t kMaxAtOnce = std::size_t{1} << 30;  // a negative length would mean "a C string" to GLib
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(bytes.size(), kMaxAtOnce));
    g_checksum_update(static_cast<GChecksum*>(checksum_.get()), reinterpret_cast<const guchar*>(part.data()),
                      static_cast<gssize>(part.size()));
    bytes = bytes.subspan(part.size());
  }
}

std::string Sha256::hex() {
  return g_checksum_get_string(static_cast<GChecksum*>(checksum_.get()));
}

std::string hash_tensors(const TensorMap& tensors) {
  Sha256 sha;
  for (const auto& [name, tensor] : tensors) {
    sha.add(fmt::format("{}\n{}\n{}\n", name, dtype_name(tensor.dtype), fmt::join(tensor.dims, ",")));
    sha.add(tensor.bytes);
  }
  return sha.hex();
}

}  // namespace genga::weights
