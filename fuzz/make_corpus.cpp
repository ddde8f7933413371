// Writes the seed files that Genga itself can write: make_corpus fuzz/corpus. Files that others added are left alone.
#include <fmt/format.h>

#include <cstdio>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/image.h"
#include "genga/onnx.h"
#include "genga/transform.h"
#include "parity/op_cases.h"

namespace {

using namespace genga;
namespace fs = std::filesystem;

void make_graphs(const fs::path& folder) {
  for (const parity::Case& c : parity::all_cases()) write_file(folder / (c.name + ".txt"), ir::to_text(c.graph));
  const std::string head = "x = Input(channels=3, height=0, width=0)\n";
  write_file(folder / "bad_unknown_op.txt", head + "y = Sharpen(x, radius=3)\nreturn y\n");
  write_file(folder / "bad_unknown_attribute.txt", head + "y = Affine(x, scale=1, offset=0, bias=2)\nreturn y\n");
  write_file(folder / "bad_missing_attribute.txt", head + "y = Affine(x, scale=1)\nreturn y\n");
  write_file(folder / "bad_repeated_name.txt", head + "x = Affine(x, scale=1, offset=0)\nreturn x\n");
  write_file(folder / "bad_unknown_source.txt", head + "y = Add(x, z)\nreturn y\n");
  write_file(folder / "bad_not_finite.txt", head + "y = Affine(x, scale=nan, offset=inf)\nreturn y\n");
  write_file(folder / "bad_huge_numbers.txt",
             head +
                 "y = Conv2d(x, out=1048576, kernel=1024, stride=1024, pad=1024 1024 1024 1024, pad_mode=zero, "
                 "groups=1, bias=true)\nreturn y\n");
  write_file(folder / "bad_no_return.txt", head);
  write_file(folder / "empty.txt", std::string_view());
}

/// A model small enough that a fuzzer's edits hit its header.
weights::Model small_model() {
  weights::Model model;
  ir::NodeId x = model.graph.add("x", ir::Input{.channels = 1});
  x = model.graph.add("conv", ir::Conv2d{.out = 1, .kernel = 1}, {x});
  model.graph.set_output(model.graph.add("in", ir::InstanceNorm{}, {x}));
  model.tensors = transform::random_weights(model.graph, 1);
  model.card.name = "small";
  model.extra["note"] = "seed";
  return model;
}

void write_bytes(const fs::path& path, std::span<const std::byte> bytes) {
  write_file(path, bytes);
}

/// Header of one tensor, with its length field.
std::string container(const std::string& json, std::size_t n_data) {
  std::string text;
  for (std::size_t i = 0; i < 8; ++i) text += static_cast<char>((json.size() >> (8 * i)) & 0xFFU);
  return text + json + std::string(n_data, '\1');
}

void make_models(const fs::path& folder) {
  weights::Model model = small_model();
  weights::write_model_file(folder / "small_f32.safetensors", model);
  for (auto& [name, tensor] : model.tensors) tensor = weights::to_f16(tensor);
  weights::write_model_file(folder / "small_f16.safetensors", model);

  const std::vector<std::byte> whole = read_file(folder / "small_f32.safetensors");
  write_bytes(folder / "bad_cut_in_header.safetensors", std::span(whole).first(whole.size() / 2));
  write_bytes(folder / "bad_cut_in_data.safetensors", std::span(whole).first(whole.size() - 1));
  std::vector<std::byte> changed = whole;
  changed.back() ^= std::byte{0x40};
  write_bytes(folder / "bad_checksum.safetensors", changed);

  write_file(folder / "foreign.safetensors",
             container(R"({"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 8));
  write_file(folder / "bad_dtype.safetensors",
             container(R"({"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}})", 4));
  write_file(folder / "bad_overlap.safetensors", container(R"({"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},)"
                                                           R"("b":{"dtype":"F16","shape":[2],"data_offsets":[2,6]}})",
                                                           6));
  write_file(folder / "bad_overflow.safetensors",
             container(R"({"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0));
  write_file(folder / "bad_repeated.safetensors", container(R"({"w":{"dtype":"F32","shape":[],"data_offsets":[0,4]},)"
                                                            R"("w":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})",
                                                            4));
  write_file(folder / "bad_depth.safetensors", container(std::string(2000, '['), 0));
  write_file(folder / "bad_length.safetensors", std::string(8, '\xFF'));
  write_file(folder / "empty_header.safetensors", container("{}", 0));
  write_file(folder / "empty.safetensors", std::string_view());
}

/// Of every format that this libvips writes: small, with a credit in the metadata; whole and cut short.
void make_images(const fs::path& folder) {
  image::init(1);
  image::Image picture{.width = 9, .height = 7, .rgb = std::vector<std::uint8_t>(9 * 7 * 3)};
  for (std::size_t i = 0; i < picture.rgb.size(); ++i) picture.rgb[i] = static_cast<std::uint8_t>(i * 37);
  for (const image::Format& format : image::formats()) {
    if (!format.can_write) continue;
    const std::string suffix(format.suffixes.front());
    const std::vector<std::byte> bytes =
        image::encode(picture, {.format = std::string(format.name), .comment = "style: seed"});
    write_bytes(folder / ("whole" + suffix), bytes);
    write_bytes(folder / ("cut" + suffix), std::span(bytes).first(bytes.size() * 2 / 3));
  }
}

/// For the reader of JPEGs' damage.
void make_damaged(const fs::path& folder) {
  image::Image picture{.width = 40, .height = 24, .rgb = std::vector<std::uint8_t>(40 * 24 * 3)};
  for (std::size_t i = 0; i < picture.rgb.size(); ++i) picture.rgb[i] = static_cast<std::uint8_t>(i * i);
  const std::vector<std::byte> bytes = image::encode(picture, {.format = "jpeg", .metadata = false});
  const std::string jpeg = "5" + std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  write_file(folder / "5_whole.part", jpeg);
  write_file(folder / "5_cut.part", std::string_view(jpeg).substr(0, jpeg.size() * 2 / 3));
  write_file(folder / "5_flipped.part",
             jpeg.substr(0, jpeg.size() / 2 + 100) + "~~" + jpeg.substr(jpeg.size() / 2 + 102));
}

/// As ONNX; empty if it is not read back: most exported operators are not imported.
std::string importable(const ir::Graph& graph) {
  weights::Model model;
  model.graph = graph;
  model.tensors = transform::random_weights(graph, 1);
  model.card.name = "seed";
  try {
    std::string bytes = onnx::export_model(model);
    onnx::import_model(std::as_bytes(std::span(bytes)), "seed");
    return bytes;
  } catch (const Error&) {
    return {};
  }
}

void make_networks(const fs::path& folder) {
  const std::string bytes = onnx::export_model(small_model());
  write_file(folder / "small.onnx", bytes);
  write_file(folder / "bad_cut.onnx", std::string_view(bytes).substr(0, bytes.size() / 2));
  for (const parity::Case& c : parity::all_cases()) {
    constexpr std::size_t kMaxBytes = 4096;
    if (const std::string one = importable(c.graph); !one.empty() && one.size() < kMaxBytes) {
      write_file(folder / (c.name + ".onnx"), one);
    }
  }
}

}  // namespace

int main(int n_args, char** args) {
  if (n_args != 2) {
    fmt::print(stderr, "usage: make_corpus FOLDER\n");
    return 2;
  }
  try {
    for (const char* target : {"parse_graph", "read_model", "read_image", "read_metadata", "import_onnx"})
      fs::create_directories(fs::path(args[1]) / target);
    make_graphs(fs::path(args[1]) / "parse_graph");
    make_models(fs::path(args[1]) / "read_model");
    make_images(fs::path(args[1]) / "read_image");
    make_damaged(fs::path(args[1]) / "read_metadata");
    make_networks(fs::path(args[1]) / "import_onnx");
  } catch (const std::exception& error) {
    fmt::print(stderr, "make_corpus: {}\n", error.what());
    return 1;
  }
  return 0;
}
