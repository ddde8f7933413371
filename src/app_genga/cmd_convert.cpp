// genga convert: a model file with weights of another precision, with other texts on its card, or as ONNX; published
// feature weights as a model file.
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app_genga/commands.h"
#include "app_genga/trained_run.h"
#include "cli/checks.h"
#include "cli/terminal.h"
#include "genga/base.h"
#include "genga/error.h"
#include "genga/graph.h"
#include "genga/models.h"
#include "genga/onnx.h"
#include "genga/overloaded.h"
#include "genga/stylize.h"
#include "genga/text.h"
#include "genga/weights.h"

namespace genga::cli {
namespace {

struct Flags {
  std::string model;
  std::string output;
  std::string precision = "f16";
  std::vector<std::string> words;  // key=text
  bool overwrite = false;
};

using CardField = std::pair<const char*, std::variant<std::string weights::ModelCard::*, int weights::ModelCard::*>>;
constexpr std::array kCardFields{
    CardField{"name", &weights::ModelCard::name},       CardField{"title", &weights::ModelCard::title},
    CardField{"licence", &weights::ModelCard::licence}, CardField{"attribution", &weights::ModelCard::attribution},
    CardField{"data", &weights::ModelCard::data},       CardField{"recipe", &weights::ModelCard::recipe},
    CardField{"limits", &weights::ModelCard::limits},   CardField{"sized_for", &weights::ModelCard::sized_for}};

int parse_pixels(const std::string& key, const std::string& text) {
  int pixels = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pixels);
  if (error == std::errc() && end == text.data() + text.size() && pixels >= 0) return pixels;
  fail(ErrorCode::kInvalidArgument, "--set {}: is '{}', expected a number of pixels, or 0 for images of any size", key,
       text);
}

void set_word(weights::ModelCard& card, const std::string& word) {
  const std::string key = word.substr(0, word.find('='));
  std::vector<std::string> keys;
  for (const auto& [name, member] : kCardFields) {
    keys.emplace_back(name);
    if (key != name || key == word) continue;
    const std::string value = word.substr(key.size() + 1);
    std::visit(overloaded{[&](std::string weights::ModelCard::* text) { card.*text = value; },
                          [&](int weights::ModelCard::* pixels) { card.*pixels = parse_pixels(key, value); }},
               member);
    return;
  }
  fail(ErrorCode::kInvalidArgument, "--set '{}': expected KEY=TEXT with KEY one of {}{}", word, fmt::join(keys, ", "),
       did_you_mean(key, keys));
}

bool has_suffix(const std::string& name, std::string_view suffix) {
  return to_lower(name).ends_with(suffix);
}

/// Throws Error: kInvalidArgument for what would be a model file under the name of something else.
void check_output_name(const std::string& name) {
  const std::vector<std::string> known{".safetensors", ".onnx"};
  const std::string suffix = to_lower(std::filesystem::path(name).extension().string());
  if (std::ranges::find(known, suffix) != known.end()) return;
  fail(ErrorCode::kInvalidArgument, "output '{}' has {}, expected .safetensors (a model file) or .onnx{}", name,
       suffix.empty() ? "no suffix" : fmt::format("the suffix '{}'", suffix), did_you_mean(suffix, known));
}

/// What another program must know of the file, which takes any size that its engine cannot refuse.
void say_sides(const std::string& output, const weights::Model& model) {
  const int multiple = ir::receptive_field(model.graph).multiple;
  if (model.graph.input().height > 0 || multiple == 1) return;
  say(fmt::format("'{}' takes images whose sides are multiples of {} (sides_multiple_of in its metadata); pad others",
                  output, multiple));
}

/// Feature weights as they were published: NumPy's .npz, or safetensors that no Genga wrote.
bool is_published(const std::string& name) {
  if (has_suffix(name, ".npz")) return true;
  return has_suffix(name, ".safetensors") && !weights::read_tensor_file(name).metadata.contains("genga.version");
}

/// A model, also of published feature weights (VGG-19, SqueezeNet): then with the network and its preprocessing.
weights::Model open_source(const std::string& name) {
  if (!is_published(name)) return stylize::open_style(name);
  const weights::TensorMap tensors =
      has_suffix(name, ".npz") ? weights::read_npz_file(name) : weights::read_tensor_file(name).tensors;
  try {
    return weights::import_features(tensors, models::find_model(weights::recognize_features(tensors)).build());
  } catch (const Error& error) {
    throw error.with_context("'" + name + "'");
  }
}

weights::Tensor with_precision(const weights::Tensor& tensor, bool half) {
  return half ? weights::to_f16(tensor) : weights::make_tensor(tensor.dims, tensor.to_f32());
}

int run(const Flags& flags) {
  check_output_name(flags.output);
  if (std::filesystem::exists(flags.output) && !flags.overwrite) {
    fail(ErrorCode::kInvalidArgument, "'{}' exists already; give --overwrite to replace it", flags.output);
  }
  weights::Model model = open_source(model_file_of(flags.model));
  for (const std::string& word : flags.words) set_word(model.card, word);
  if (has_suffix(flags.output, ".onnx")) {
    onnx::write_onnx_file(flags.output, model);
    say_sides(flags.output, model);
    return 0;
  }
  for (auto& [name, tensor] : model.tensors) tensor = with_precision(tensor, flags.precision == "f16");
  weights::write_model_file(flags.output, model);
  return 0;
}

}  // namespace

Command add_convert(CLI::App& program) {
  CLI::App* app = program.add_subcommand("convert", "Write a model with 16-bit weights, another card, or as ONNX");
  auto flags = std::make_shared<Flags>();
  app->add_option("MODEL", flags->model, "Style name, model file, run's folder; feature weights as published (.npz)")
      ->required()
      ->type_name("MODEL");
  app->add_option("-o,--output", flags->output,
                  "NAME.safetensors: a model file; NAME.onnx: for other programs, with 32-bit weights, sides in "
                  "multiples of what it says")
      ->required()
      ->type_name("FILE");
  app->add_option("--precision", flags->precision, "Precision of the weights (default f16, half the size)")
      ->type_name("f16|f32")
      ->check(one_of({"f16", "f32"}));
  app->add_option("--set", flags->words, "Replace a line of the card: name, title, licence, attribution, data, ...")
      ->type_name("KEY=TEXT");
  app->add_flag("--overwrite", flags->overwrite, "Replace the output if it exists");
  app->footer(R"(Examples:
  genga convert runs/mine/model.safetensors -o mine.safetensors
  genga convert mine.safetensors -o ink.safetensors --set name=ink
  genga convert mine.safetensors -o sized.safetensors --set sized_for=1400
  genga convert pepper -o pepper.onnx                     # for ONNX Runtime
  genga convert squeezenet.npz -o squeezenet.safetensors  # a feature network)");
  return {app, [flags] { return run(*flags); }};
}

}  // namespace genga::cli
