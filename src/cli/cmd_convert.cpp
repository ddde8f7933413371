// genga convert: a model file with other number sizes or other words on its card, as styles are made ready to share.
#include <fmt/ranges.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "genga/base.h"
#include "genga/error.h"
#include "genga/stylize.h"
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

using CardField = std::pair<const char*, std::string weights::ModelCard::*>;
constexpr std::array kCardFields{
    CardField{"name", &weights::ModelCard::name},       CardField{"title", &weights::ModelCard::title},
    CardField{"licence", &weights::ModelCard::licence}, CardField{"attribution", &weights::ModelCard::attribution},
    CardField{"data", &weights::ModelCard::data},       CardField{"recipe", &weights::ModelCard::recipe},
    CardField{"limits", &weights::ModelCard::limits}};

void set_word(weights::ModelCard& card, const std::string& word) {
  const std::string key = word.substr(0, word.find('='));
  std::vector<std::string> keys;
  for (const auto& [name, member] : kCardFields) {
    keys.emplace_back(name);
    if (key != name || key == word) continue;
    card.*member = word.substr(key.size() + 1);
    return;
  }
  fail(ErrorCode::kInvalidArgument, "--set '{}': expected KEY=TEXT with KEY one of {}{}", word, fmt::join(keys, ", "),
       did_you_mean(key, keys));
}

weights::Tensor with_precision(const weights::Tensor& tensor, bool half) {
  return half ? weights::to_f16(tensor) : weights::make_tensor(tensor.dims, tensor.to_f32());
}

int run(const Flags& flags) {
  if (std::filesystem::exists(flags.output) && !flags.overwrite) {
    fail(ErrorCode::kInvalidArgument, "'{}' exists already; give --overwrite to replace it", flags.output);
  }
  weights::Model model = stylize::open_style(flags.model);
  for (const std::string& word : flags.words) set_word(model.card, word);
  for (auto& [name, tensor] : model.tensors) tensor = with_precision(tensor, flags.precision == "f16");
  weights::write_model_file(flags.output, model);
  return 0;
}

}  // namespace

Command add_convert(CLI::App& program) {
  CLI::App* app = program.add_subcommand("convert", "Write a model with 16-bit weights or another card");
  auto flags = std::make_shared<Flags>();
  app->add_option("MODEL", flags->model, "Style name or model file")->required()->type_name("MODEL");
  app->add_option("-o,--output", flags->output, "Model file to write")->required()->type_name("FILE");
  app->add_option("--precision", flags->precision, "Number size of the weights (default f16, half the bytes)")
      ->type_name("f16|f32")
      ->check(CLI::IsMember({"f16", "f32"}));
  app->add_option("--set", flags->words, "Replace a line of the card: name, title, licence, attribution, data, ...")
      ->type_name("KEY=TEXT");
  app->add_flag("--overwrite", flags->overwrite, "Replace the output if it exists");
  app->footer(
      "Examples:\n  genga convert runs/mine/model.safetensors -o mine.safetensors\n"
      "  genga convert mine.safetensors -o ink.safetensors --set name=ink --set licence=CC0-1.0");
  return {app, [flags] { return run(*flags); }};
}

}  // namespace genga::cli
