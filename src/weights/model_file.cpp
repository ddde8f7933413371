// Model files: what the metadata of a safetensors file must hold to be a model. docs/formats/model_file.md.
#include <fmt/ranges.h>

#include <charconv>

#include "genga/error.h"
#include "genga/sha256.h"
#include "weights/mapped_file.h"
#include "weights/model_card.h"
#include "weights/safetensors.h"

namespace genga::weights {
namespace {

// stored: do not rename
constexpr const char* kVersionKey = "genga.version";
constexpr const char* kGraphKey = "genga.graph";
constexpr const char* kCardKey = "genga.card";
constexpr const char* kHashKey = "genga.sha256";
constexpr std::string_view kReservedPrefix = "genga.";

constexpr int kVersion = 1;  // raised when old readers would misread; a new op alone needs no raise, it has a new name

/// Takes a value out of the metadata, so that the rest is the model's `extra`.
std::string take(std::map<std::string, std::string>& metadata, const char* key) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) {
    fail(ErrorCode::kUnsupported,
         "a safetensors file, but not a Genga model: its metadata has no '{}'; use a file written by genga-train", key);
  }
  std::string value = std::move(found->second);
  metadata.erase(found);
  return value;
}

void check_version(const std::string& text) {
  int version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size() || version < 1) {
    fail(ErrorCode::kCorruptData, "metadata '{}': is '{}', expected a number of 1 or more", kVersionKey,
         text.substr(0, 20));
  }
  if (version > kVersion) {
    fail(ErrorCode::kUnsupported, "model file is of version {}, this Genga reads up to {}; update Genga", version,
         kVersion);
  }
}

/// Of names, types, dimensions and bytes in name order: what docs/formats/model_file.md calls genga.sha256.
std::string hash_tensors(const TensorMap& tensors) {
  Sha256 sha;
  for (const auto& [name, tensor] : tensors) {
    sha.add(fmt::format("{}\n{}\n{}\n", name, dtype_name(tensor.dtype), fmt::join(tensor.dims, ",")));
    sha.add(tensor.bytes);
  }
  return sha.hex();
}

void expect_hash(const std::string& stored, const std::string& actual) {
  if (stored == actual) return;
  fail(ErrorCode::kCorruptData,
       "tensor data does not match its checksum: sha256 is {}, the file says {}; fetch it anew", actual.substr(0, 12),
       stored.substr(0, 12));
}

/// A graph that cannot be laid out is the file's fault here, not the caller's.
void check_consistent(const ir::Graph& graph, const TensorMap& tensors) {
  try {
    check_tensors(graph, tensors);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kInvalidArgument) throw Error(ErrorCode::kCorruptData, error.what());
    throw;
  }
}

}  // namespace

Model read_model(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, bool check_hash) {
  TensorFile file = read_tensors(bytes, std::move(owner));
  check_version(take(file.metadata, kVersionKey));
  Model model;
  model.graph = ir::parse_graph(take(file.metadata, kGraphKey));
  model.card = parse_card(take(file.metadata, kCardKey));
  check_consistent(model.graph, file.tensors);
  model.sha256 = take(file.metadata, kHashKey);
  if (check_hash) expect_hash(model.sha256, hash_tensors(file.tensors));
  model.tensors = std::move(file.tensors);
  model.extra = std::move(file.metadata);
  return model;
}

Model read_model_file(const std::filesystem::path& path) {
  MappedFile mapped = map_file(path);
  try {
    return read_model(mapped.bytes, std::move(mapped.owner));
  } catch (const Error& error) {
    throw error.with_context(fmt::format("model file '{}'", path.string()));
  }
}

void write_model_file(const std::filesystem::path& path, const Model& model) {
  try {
    check_tensors(model.graph, model.tensors);
  } catch (const Error& error) {
    throw Error(ErrorCode::kInvalidArgument, error.what()).with_context(fmt::format("model file '{}'", path.string()));
  }
  TensorFile file{.tensors = model.tensors, .metadata = model.extra};
  for (const auto& [key, value] : model.extra) {
    if (key.starts_with(kReservedPrefix)) {
      fail(ErrorCode::kInvalidArgument, "model file '{}': extra metadata '{}' uses the reserved prefix '{}'; rename it",
           path.string(), key, kReservedPrefix);
    }
  }
  file.metadata[kVersionKey] = std::to_string(kVersion);
  file.metadata[kGraphKey] = ir::to_text(model.graph);
  file.metadata[kCardKey] = card_to_json(model.card);
  file.metadata[kHashKey] = hash_tensors(model.tensors);
  write_tensor_file(path, file);
}

}  // namespace genga::weights
