// NumPy's .npz: a zip archive, which libzip reads, of .npy arrays, which are read here (numpy/lib/format.py). Sizes
// come from the archive's directory and are checked before anything is allocated.
#include <fmt/core.h>
#include <zip.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <regex>

#include "genga/error.h"
#include "genga/weights.h"
#include "weights/mapped_file.h"

namespace genga::weights {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint64_t kMaxDeflateRatio = 1032;  // deflate cannot do better
constexpr std::size_t kNpyPreamble = 10;          // mark, version, header length
constexpr std::size_t kMaxHeader = 1000;          // NumPy writes some 120; std::regex recurses by character
constexpr std::size_t kMaxRank = 8;

[[noreturn]] void corrupt(const std::string& why) {
  throw Error(ErrorCode::kCorruptData, ".npz: " + why);
}

using Archive = std::unique_ptr<zip_t, decltype(&zip_discard)>;

Archive open_archive(Bytes file) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(file.data(), file.size(), 0, &error);
  Archive archive(source == nullptr || file.empty() ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error),
                  &zip_discard);
  const bool no_memory = zip_error_code_zip(&error) == ZIP_ER_MEMORY;
  zip_error_fini(&error);
  if (archive != nullptr) return archive;
  zip_source_free(source);  // null is allowed
  if (no_memory) fail(ErrorCode::kOutOfMemory, ".npz: not enough memory to open the archive");
  corrupt("not a zip archive, or cut short");
}

/// What the archive's directory says of one entry, checked to be possible in a file of that many bytes.
zip_stat_t describe(zip_t* archive, zip_uint64_t index, std::size_t file_bytes) {
  constexpr zip_uint64_t kNeeded = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
  zip_stat_t entry;
  if (zip_stat_index(archive, index, ZIP_FL_ENC_RAW, &entry) != 0 || (entry.valid & kNeeded) != kNeeded) {
    corrupt("the archive's directory is broken");
  }
  if (entry.comp_method != ZIP_CM_STORE && entry.comp_method != ZIP_CM_DEFLATE) {
    fail(ErrorCode::kUnsupported, ".npz: '{}' is packed by method {}, expected 0 or 8", entry.name, entry.comp_method);
  }
  const std::uint64_t ratio = entry.comp_method == ZIP_CM_STORE ? 1 : kMaxDeflateRatio;
  if (entry.comp_size > file_bytes || entry.size > (entry.comp_size + 1) * ratio) {
    corrupt(fmt::format("'{}' claims {} bytes", entry.name, entry.size));
  }
  return entry;
}

/// libzip compares the checksum when it has read to the end.
std::vector<std::byte> contents(zip_t* archive, const zip_stat_t& entry) {
  std::vector<std::byte> plain(static_cast<std::size_t>(entry.size));
  const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(zip_fopen_index(archive, entry.index, 0), &zip_fclose);
  std::size_t done = 0;
  while (file != nullptr && done < plain.size()) {
    const zip_int64_t n = zip_fread(file.get(), plain.data() + done, plain.size() - done);
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  std::byte beyond{};
  if (file == nullptr || done != plain.size() || zip_fread(file.get(), &beyond, 1) != 0) {
    corrupt(fmt::format("'{}' does not unpack to the {} bytes it claims", entry.name, entry.size));
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
  const auto length = static_cast<std::size_t>(bytes[8]) + 256 * static_cast<std::size_t>(bytes[9]);
  if (length > kMaxHeader) corrupt(fmt::format("'{}' has a header of {} bytes", name, length));
  if (length > bytes.size() - kNpyPreamble) corrupt(fmt::format("'{}' is cut short", name));
  const std::string header(reinterpret_cast<const char*>(bytes.data()) + kNpyPreamble, length);
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
  const Archive archive = open_archive(file);
  TensorMap tensors;
  const zip_int64_t n_entries = zip_get_num_entries(archive.get(), 0);
  for (zip_int64_t i = 0; i < n_entries; ++i) {
    const zip_stat_t entry = describe(archive.get(), static_cast<zip_uint64_t>(i), file.size());
    std::string name = entry.name;
    Tensor tensor = parse_npy(contents(archive.get(), entry), name);
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
