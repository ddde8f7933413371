// NumPy's .npz: a zip archive of .npy arrays. Sources: PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12, 4.3.16; NumPy's
// numpy/lib/format.py. Sizes come from the archive's directory and are checked before anything is allocated.
#include <fmt/core.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <regex>

#include "genga/error.h"
#include "genga/weights.h"
#include "weights/mapped_file.h"

namespace genga::weights {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint32_t kLocalMark = 0x04034b50, kEntryMark = 0x02014b50, kEndMark = 0x06054b50;
constexpr std::size_t kLocalBytes = 30, kEntryBytes = 46, kEndBytes = 22;
constexpr std::size_t kMaxComment = 65535;
constexpr std::uint64_t kMaxDeflateRatio = 1032;  // deflate cannot do better
constexpr std::size_t kNpyPreamble = 10;          // mark, version, header length
constexpr std::size_t kMaxHeader = 1000;          // NumPy writes some 120; std::regex recurses by character
constexpr std::size_t kMaxRank = 8;

[[noreturn]] void corrupt(const std::string& why) {
  throw Error(ErrorCode::kCorruptData, ".npz: " + why);
}

Bytes part(Bytes bytes, std::uint64_t begin, std::uint64_t size) {
  if (begin > bytes.size() || size > bytes.size() - begin) corrupt("the archive is cut short");
  return bytes.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(size));
}

std::uint32_t number(Bytes bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  const Bytes digits = part(bytes, at, size);
  for (std::size_t i = 0; i < size; ++i) value |= static_cast<std::uint32_t>(digits[i]) << (8 * i);
  return value;
}

std::string text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The end record lies at the very end, before a comment of unknown length.
Bytes end_record(Bytes file) {
  for (std::size_t back = kEndBytes; back <= std::min(file.size(), kEndBytes + kMaxComment); ++back) {
    const Bytes record = file.subspan(file.size() - back);
    if (number(record, 0, 4) == kEndMark) return record;
  }
  corrupt("not a zip archive, or cut short");
}

std::vector<std::byte> inflated(Bytes packed, std::uint64_t size, const std::string& name) {
  if (size > packed.size() * kMaxDeflateRatio + kMaxDeflateRatio)
    corrupt(fmt::format("'{}' claims {} bytes", name, size));
  std::vector<std::byte> plain(static_cast<std::size_t>(size));
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) fail(ErrorCode::kOutOfMemory, ".npz: not enough memory to unpack");
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));  // zlib's old signature
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  const int result = inflate(&stream, Z_FINISH);
  const bool whole = result == Z_STREAM_END && stream.avail_out == 0;
  inflateEnd(&stream);
  if (!whole) corrupt(fmt::format("'{}' does not unpack to the {} bytes it claims", name, size));
  return plain;
}

/// entry: its record in the archive's directory.
std::vector<std::byte> contents(Bytes file, Bytes entry, const std::string& name) {
  const std::uint32_t method = number(entry, 10, 2), packed_size = number(entry, 20, 4), size = number(entry, 24, 4);
  const std::uint32_t offset = number(entry, 42, 4);
  if (packed_size == 0xFFFFFFFF || size == 0xFFFFFFFF || offset == 0xFFFFFFFF) {
    fail(ErrorCode::kUnsupported, ".npz: '{}' is larger than 4 GiB", name);
  }
  const Bytes local = part(file, offset, kLocalBytes);
  if (number(local, 0, 4) != kLocalMark) corrupt(fmt::format("'{}' is not where the directory says", name));
  const std::uint64_t begin = std::uint64_t{offset} + kLocalBytes + number(local, 26, 2) + number(local, 28, 2);
  const Bytes packed = part(file, begin, packed_size);
  std::vector<std::byte> plain;
  if (method == 0 && packed_size == size) {
    plain.assign(packed.begin(), packed.end());
  } else if (method == Z_DEFLATED) {
    plain = inflated(packed, size, name);
  } else {
    fail(ErrorCode::kUnsupported, ".npz: '{}' is packed by method {}, expected 0 or 8", name, method);
  }
  if (crc32(0, reinterpret_cast<const Bytef*>(plain.data()), static_cast<uInt>(plain.size())) != number(entry, 16, 4)) {
    corrupt(fmt::format("'{}' has a wrong checksum", name));
  }
  return plain;
}

std::vector<std::int64_t> dimensions(const std::string& shape, const std::string& name) {
  static const std::regex kNumber("[0-9]{1,10}");
  std::vector<std::int64_t> dims;
  for (std::sregex_iterator it(shape.begin(), shape.end(), kNumber), end; it != end; ++it) {
    if (dims.size() == kMaxRank) corrupt(fmt::format("'{}' has more than {} dimensions", name, kMaxRank));
    dims.push_back(std::stoll(it->str()));
  }
  return dims;
}

std::uint64_t product(const std::vector<std::int64_t>& dims, std::uint64_t limit, const std::string& name) {
  std::uint64_t n = 1;
  for (const std::int64_t dim : dims) {
    const auto factor = static_cast<std::uint64_t>(dim);
    if (factor != 0 && n > limit / factor)
      corrupt(fmt::format("'{}' has a shape of more numbers than its bytes hold", name));
    n *= factor;
  }
  return n;
}

/// The .npy header is a Python dictionary as NumPy writes it, always in this order.
Tensor parse_npy(std::vector<std::byte> bytes, const std::string& name) {
  static const std::regex kHeader(
      R"(\{'descr': '([^']*)', 'fortran_order': (True|False), 'shape': \(([0-9, ]*)\), \}\s*)");
  const bool marked = bytes.size() >= kNpyPreamble && std::memcmp(bytes.data(), "\x93NUMPY\x01", 7) == 0;
  if (!marked) fail(ErrorCode::kUnsupported, ".npz: '{}' is not a NumPy array of format 1", name);
  const std::size_t length = number(bytes, 8, 2);
  if (length > kMaxHeader) corrupt(fmt::format("'{}' has a header of {} bytes", name, length));
  const std::string header = text(part(bytes, kNpyPreamble, length));
  std::smatch match;
  if (!std::regex_match(header, match, kHeader)) corrupt(fmt::format("'{}' has no readable header", name));
  const std::string type = match[1];
  if ((type != "<f4" && type != "<f2") || match[2] == "True") {
    fail(ErrorCode::kUnsupported, ".npz: '{}' holds {}{}, expected <f4 or <f2 in C order", name, type,
         match[2] == "True" ? " in Fortran order" : "");
  }
  Tensor tensor;
  tensor.dtype = type == "<f4" ? DType::kF32 : DType::kF16;
  tensor.dims = dimensions(match[3], name);
  const std::uint64_t n_bytes = product(tensor.dims, bytes.size(), name) * (type == "<f4" ? 4 : 2);
  if (kNpyPreamble + length + n_bytes != bytes.size()) {
    corrupt(fmt::format("'{}' has {} bytes of numbers, its shape ({}) needs {}", name,
                        bytes.size() - kNpyPreamble - length, match[3].str(), n_bytes));
  }
  const auto owner = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  tensor.bytes = Bytes(*owner).subspan(kNpyPreamble + length);
  tensor.owner = owner;
  return tensor;
}

}  // namespace

TensorMap read_npz(std::span<const std::byte> file) {
  const Bytes end = end_record(file);
  const std::uint32_t n_entries = number(end, 10, 2);
  std::uint64_t at = number(end, 16, 4);
  TensorMap tensors;
  for (std::uint32_t i = 0; i < n_entries; ++i) {
    const Bytes entry = part(file, at, kEntryBytes);
    if (number(entry, 0, 4) != kEntryMark) corrupt("the archive's directory is broken");
    const std::uint32_t name_size = number(entry, 28, 2);
    std::string name = text(part(file, at + kEntryBytes, name_size));
    at += kEntryBytes + name_size + number(entry, 30, 2) + number(entry, 32, 2);
    Tensor tensor = parse_npy(contents(file, entry, name), name);
    if (name.ends_with(".npy")) name.resize(name.size() - 4);
    if (!tensors.emplace(name, std::move(tensor)).second) corrupt(fmt::format("'{}' is there twice", name));
  }
  return tensors;
}

TensorMap read_npz_file(const std::filesystem::path& path) {
  try {
    return read_npz(map_file(path).bytes);
  } catch (const Error& error) {
    const bool named = error.code() == ErrorCode::kNotFound || error.code() == ErrorCode::kIo;
    if (named) throw;
    throw error.with_context("'" + path.string() + "'");
  }
}

}  // namespace genga::weights
