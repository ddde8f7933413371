// Reads safetensors. By hand: the format is small, no C++ library in Debian has it, and hostile headers must be refused
// before they cost memory.
#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "genga/error.h"
#include "weights/file_kind.h"
#include "weights/mapped_file.h"
#include "weights/safetensors.h"

namespace genga::weights {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLengthBytes = 8;
constexpr int kMaxDepth = 3;  // {"name": {"shape": [
constexpr std::size_t kMaxEvents = 32 * kMaxTensors;
constexpr std::size_t kMaxRank = 8;

[[noreturn]] void corrupt(const std::string& why) {
  throw Error(ErrorCode::kCorruptData, why);
}

std::string in_quotes(std::string_view text) {
  return fmt::format("'{}'", text.substr(0, 100));
}

struct Entry {
  std::string name;
  Tensor tensor;  // without bytes
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// The JSON text of the header.
std::string_view header_text(std::span<const std::byte> bytes) {
  if (bytes.size() < kLengthBytes) {
    corrupt(fmt::format("not a safetensors file: it has {} bytes, expected at least {}", bytes.size(), kLengthBytes));
  }
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) length |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
  const std::uint64_t rest = bytes.size() - kLengthBytes;
  if (length > kMaxHeaderBytes) {
    corrupt(fmt::format("not a safetensors file: the header length is {} bytes, expected at most {}", length,
                        kMaxHeaderBytes));
  }
  if (length > rest) {
    corrupt(fmt::format("safetensors file is cut short: the header length is {} bytes, but {} follow", length, rest));
  }
  return {reinterpret_cast<const char*>(bytes.data()) + kLengthBytes, static_cast<std::size_t>(length)};
}

/// Watches the parser: depth, number of values and repeated keys, which the JSON library would let pass.
class Guard {
 public:
  bool operator()(int depth, Json::parse_event_t event, const Json& value) {
    if (++events_ > kMaxEvents) corrupt(fmt::format("header has more than {} values", kMaxEvents));
    switch (event) {
      case Json::parse_event_t::object_start:
        keys_.emplace_back();
        [[fallthrough]];
      case Json::parse_event_t::array_start:
        if (depth >= kMaxDepth) corrupt(fmt::format("header is nested more than {} deep", kMaxDepth));
        break;
      case Json::parse_event_t::object_end:
        keys_.pop_back();
        break;
      case Json::parse_event_t::key:
        if (!keys_.back().insert(value.get<std::string>()).second) {
          corrupt(fmt::format("header names {} twice", in_quotes(value.get<std::string>())));
        }
        break;
      default:
        break;
    }
    return true;
  }

 private:
  std::vector<std::set<std::string>> keys_;  // of the objects that are open
  std::size_t events_ = 0;
};

Json parse_header(std::string_view text) {
  try {
    Guard guard;
    Json header = Json::parse(
        text, [&](int depth, Json::parse_event_t event, const Json& value) { return guard(depth, event, value); });
    if (!header.is_object()) corrupt("header is not a JSON object");
    return header;
  } catch (const Json::parse_error& error) {
    corrupt(fmt::format("header is not valid JSON at byte {}", error.byte));
  } catch (const Json::exception&) {
    corrupt("header holds a number out of range");
  }
}

std::map<std::string, std::string> read_metadata(const Json& json) {
  if (!json.is_object()) corrupt("header's __metadata__ is not a JSON object");
  std::map<std::string, std::string> metadata;
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string()) corrupt(fmt::format("metadata {}: is not a string", in_quotes(key)));
    metadata.emplace(key, value.get<std::string>());
  }
  return metadata;
}

DType read_dtype(const std::string& name, const Json& json) {
  const auto found = json.find("dtype");
  if (found == json.end() || !found->is_string()) corrupt(fmt::format("tensor {}: has no dtype", in_quotes(name)));
  const auto& text = found->get_ref<const std::string&>();
  for (const DType dtype : {DType::kF32, DType::kF16}) {
    if (text == dtype_name(dtype)) return dtype;
  }
  fail(ErrorCode::kUnsupported, "tensor {}: is of type {}, expected F32 or F16; convert it before", in_quotes(name),
       in_quotes(text));
}

/// A list of whole numbers of 0 to 2^63-1.
std::vector<std::int64_t> read_numbers(const std::string& name, const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_array()) corrupt(fmt::format("tensor {}: has no {}", in_quotes(name), key));
  if (found->size() > kMaxRank) {
    corrupt(fmt::format("tensor {}: {} has {} numbers, expected at most {}", in_quotes(name), key, found->size(),
                        kMaxRank));
  }
  std::vector<std::int64_t> numbers;
  for (const Json& value : *found) {
    if (!value.is_number_unsigned() ||
        value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      corrupt(fmt::format("tensor {}: {} holds something else than whole numbers", in_quotes(name), key));
    }
    numbers.push_back(value.get<std::int64_t>());
  }
  return numbers;
}

std::optional<std::int64_t> checked_bytes(const Tensor& tensor) {
  std::int64_t size = dtype_bytes(tensor.dtype);
  for (const std::int64_t dim : tensor.dims) {
    if (__builtin_mul_overflow(size, dim, &size)) return std::nullopt;
  }
  return size;
}

Entry read_entry(const std::string& name, const Json& json) {
  if (!json.is_object()) corrupt(fmt::format("tensor {}: is not described by a JSON object", in_quotes(name)));
  Entry entry{.name = name, .tensor = {}};
  entry.tensor.dtype = read_dtype(name, json);
  entry.tensor.dims = read_numbers(name, json, "shape");
  const std::vector<std::int64_t> offsets = read_numbers(name, json, "data_offsets");
  if (json.size() != 3) corrupt(fmt::format("tensor {}: has more than dtype, shape and data_offsets", in_quotes(name)));
  if (offsets.size() != 2 || offsets[0] > offsets[1]) {
    corrupt(fmt::format("tensor {}: data_offsets are not a begin and an end", in_quotes(name)));
  }
  entry.begin = static_cast<std::uint64_t>(offsets[0]);
  entry.end = static_cast<std::uint64_t>(offsets[1]);
  const std::optional<std::int64_t> expected = checked_bytes(entry.tensor);
  if (!expected || offsets[1] - offsets[0] != *expected) {
    corrupt(fmt::format("tensor {}: data_offsets span {} bytes, expected {} for its shape", in_quotes(name),
                        offsets[1] - offsets[0], expected ? std::to_string(*expected) : "more than there are"));
  }
  return entry;
}

/// Tensors must follow one another without gap or overlap and fill the file, as the format demands.
void check_layout(std::vector<Entry>& entries, std::uint64_t data_bytes) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  std::uint64_t position = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != position) {
      corrupt(fmt::format("tensor {}: data begins at byte {}, expected {}; tensors must follow one another",
                          in_quotes(entry.name), entry.begin, position));
    }
    if (entry.end > data_bytes) {
      corrupt(fmt::format("tensor {}: data ends at byte {}, but the file has {}; it is cut short",
                          in_quotes(entry.name), entry.end, data_bytes));
    }
    position = entry.end;
  }
  if (position != data_bytes) {
    corrupt(fmt::format("safetensors file has {} bytes of data, expected {}", data_bytes, position));
  }
}

}  // namespace

TensorFile read_tensors(std::span<const std::byte> bytes, std::shared_ptr<const void> owner) {
  refuse_other_kinds(bytes);
  const std::string_view text = header_text(bytes);
  const auto data = bytes.subspan(kLengthBytes + text.size());
  const Json header = parse_header(text);
  TensorFile file;
  std::vector<Entry> entries;
  for (const auto& [name, json] : header.items()) {
    if (name == "__metadata__") {
      file.metadata = read_metadata(json);
      continue;
    }
    if (entries.size() >= kMaxTensors) corrupt(fmt::format("header names more than {} tensors", kMaxTensors));
    entries.push_back(read_entry(name, json));
  }
  check_layout(entries, data.size());
  for (Entry& entry : entries) {
    entry.tensor.bytes = data.subspan(entry.begin, entry.end - entry.begin);
    entry.tensor.owner = owner;
    file.tensors.emplace(std::move(entry.name), std::move(entry.tensor));
  }
  return file;
}

TensorFile read_tensor_file(const std::filesystem::path& path) {
  MappedFile mapped = map_file(path);
  try {
    return read_tensors(mapped.bytes, std::move(mapped.owner));
  } catch (const Error& error) {
    throw error.with_context(fmt::format("file '{}'", path.string()));
  }
}

}  // namespace genga::weights
