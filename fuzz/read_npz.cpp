// Any bytes give arrays that lie inside the file's limits, or an Error; also as a feature network. What begins as an
// array does (.npy) is put into an archive first: the checksum of an archive's entries stops most changes to arrays.
#include <zlib.h>

#include <vector>

#include "genga/error.h"
#include "genga/weights.h"
#include "require.h"

namespace {

using Bytes = std::span<const std::byte>;

void put(std::vector<std::byte>& file, std::uint64_t value, unsigned n_bytes) {
  for (unsigned i = 0; i < n_bytes; ++i, value >>= 8U) file.push_back(static_cast<std::byte>(value & 0xffU));
}

/// What a zip's local header and its directory both say of an entry "a" that is stored as it is.
void put_entry(std::vector<std::byte>& file, Bytes data) {
  constexpr std::uint64_t kVersion = 20, kNameBytes = 1;
  put(file, kVersion, 2);
  put(file, 0, 8);  // flags, method, time, date
  put(file, crc32(0, reinterpret_cast<const Bytef*>(data.data()), static_cast<uInt>(data.size())), 4);
  put(file, data.size(), 4);
  put(file, data.size(), 4);
  put(file, kNameBytes, 4);  // and no extra field
}

std::vector<std::byte> archive_of(Bytes data) {
  std::vector<std::byte> file;
  put(file, 0x04034b50, 4);
  put_entry(file, data);
  put(file, 'a', 1);
  file.insert(file.end(), data.begin(), data.end());
  const std::size_t directory = file.size();
  put(file, 0x02014b50, 4);
  put(file, 20, 2);
  put_entry(file, data);
  put(file, 0, 14);  // comment, disk, attributes, offset of the local header
  put(file, 'a', 1);
  const std::size_t directory_bytes = file.size() - directory;
  put(file, 0x06054b50, 4);
  put(file, 0, 4);
  put(file, 0x00010001, 4);  // one entry
  put(file, directory_bytes, 4);
  put(file, directory, 4);
  put(file, 0, 2);
  return file;
}

void read(Bytes file) {
  using namespace genga;
  try {
    const weights::TensorMap tensors = weights::read_npz(file);
    for (const auto& [name, tensor] : tensors) {
      fuzz::require(tensor.to_f32().size() == static_cast<std::size_t>(tensor.size()), "an array has its shape");
    }
    weights::recognize_features(tensors);
  } catch (const Error& error) {
    fuzz::require(error.code() == ErrorCode::kCorruptData || error.code() == ErrorCode::kUnsupported ||
                      error.code() == ErrorCode::kOutOfMemory,
                  "bytes that are no npz are corrupt, unsupported or too large");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  constexpr std::uint8_t kArray = 0x93;
  if (size > 0 && data[0] == kArray) {
    read(archive_of(bytes));
  } else {
    read(bytes);
  }
  return 0;
}
