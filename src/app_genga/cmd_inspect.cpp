// genga inspect: what a model file says about itself and what its network costs.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "app_genga/commands.h"
#include "app_genga/output_files.h"
#include "app_genga/trained_run.h"
#include "cli/checks.h"
#include "cli/json_output.h"
#include "cli/terminal.h"
#include "genga/base.h"
#include "genga/engine.h"
#include "genga/graph.h"
#include "genga/image.h"
#include "genga/sample.h"
#include "genga/stylize.h"
#include "genga/weights.h"

namespace genga::cli {
namespace {

struct Flags {
  std::string model;
  std::string size = "512";
  bool plan = false;
  bool text = false;
  bool json = false;
};

constexpr const char* kSchema = "genga.inspect.1";

struct Summary {
  ir::Shape input;
  ir::ReceptiveField receptive_field;
  std::int64_t n_parameters = 0;
  std::int64_t macs = 0;
  std::int64_t weight_bytes = 0;
  bool half = false;
  ir::Shape output;
  std::optional<sample::LatentSize> latent;  // makes images from noise

  /// Of the image: the source's, or what noise becomes.
  ir::Shape image() const { return latent ? output : input; }
  double macs_per_pixel() const { return static_cast<double>(macs) / static_cast<double>(image().h * image().w); }
};

/// The size to count at: the network's own where it is fixed, else the wanted one, rounded up to what the net accepts.
ir::Shape input_shape(const ir::Graph& graph, const image::TargetSize& size, int multiple) {
  const auto& input = graph.input();
  if (input.height > 0) return ir::probe_shape(graph);
  const auto up = [&](std::int64_t side) { return (side + multiple - 1) / multiple * multiple; };
  const int width = size.long_side > 0 ? size.long_side : size.width;
  const int height = size.long_side > 0 ? size.long_side : size.height;
  return {1, input.channels, up(height), up(width)};
}

Summary summarize(const weights::Model& model, const image::TargetSize& size) {
  Summary s;
  s.receptive_field = ir::receptive_field(model.graph);
  s.input = input_shape(model.graph, size, s.receptive_field.multiple);
  s.n_parameters = ir::count_parameters(model.graph);
  s.macs = ir::count_macs(model.graph, s.input);
  s.output = ir::infer_shapes(model.graph, s.input).at(static_cast<std::size_t>(model.graph.output()));
  s.latent = sample::latent_size(model.graph);
  for (const auto& [name, tensor] : model.tensors) {
    s.weight_bytes += static_cast<std::int64_t>(tensor.bytes.size());
    s.half = s.half || tensor.dtype == weights::DType::kF16;
  }
  return s;
}

std::string receptive_field_text(const ir::ReceptiveField& receptive_field) {
  if (!receptive_field.local) return "whole image: " + receptive_field.global_because;
  return fmt::format("{} px on each side, sizes in multiples of {}", receptive_field.border_px,
                     receptive_field.multiple);
}

/// "name    value" in lines, without those that have no value.
std::string lines(std::initializer_list<std::pair<std::string_view, std::string>> rows) {
  std::string text;
  for (const auto& [name, value] : rows) {
    if (!value.empty()) text += fmt::format("{:<17}{}\n", name, printable(value));
  }
  return text;
}

std::string card_text(const weights::Model& model) {
  const auto& card = model.card;
  const std::string pixels =
      fmt::format("{}, {:g}..{:g} in, {:g}..{:g} out", card.pixels.order == weights::ChannelOrder::kRgb ? "RGB" : "BGR",
                  card.pixels.input_low, card.pixels.input_high, card.pixels.output_low, card.pixels.output_high);
  return lines({{"name", card.name},
                {"title", card.title},
                {"architecture", card.architecture},
                {"licence", card.licence.empty() ? "unknown" : card.licence},
                {"attribution", card.attribution},
                {"data", card.data},
                {"recipe", card.recipe},
                {"limits", card.limits},
                {"sized for", card.sized_for > 0 ? fmt::format("images of {} px", card.sized_for) : ""},
                {"pixels", pixels},
                {"sha256", model.sha256}});
}

std::string summary_text(const Summary& s) {
  return fmt::format("{:<17}{}, {} of weights{}\n{:<17}{:.1f} k per pixel, {:.2f} G at {}x{}\n{:<17}{}\n", "parameters",
                     s.n_parameters, format_bytes(s.weight_bytes), s.half ? " (16 bit)" : "", "multiply-adds",
                     s.macs_per_pixel() / 1e3, static_cast<double>(s.macs) / 1e9, s.image().w, s.image().h,
                     "receptive field", receptive_field_text(s.receptive_field));
}

/// What the network takes instead of an image, and the components of its mixture: how far their middles lie from the
/// middle of all noise, and how wide they are. Empty for networks that take images.
std::string noise_text(const weights::Model& model, const Summary& s) {
  if (!s.latent) return "";
  std::string text = fmt::format("{:<17}{} normal numbers", "noise", s.latent->normal);
  if (s.latent->components == 0) return text + "\n";
  text += fmt::format(", components 0 to {}\n", s.latent->components - 1);
  for (const auto& node : model.graph.nodes()) {
    if (!std::holds_alternative<ir::GaussianMixture>(node.op)) continue;
    const auto mean = model.tensors.at(node.name + ".mean").to_f32();
    const auto deviation = model.tensors.at(node.name + ".deviation").to_f32();
    const std::size_t dims = mean.size() / static_cast<std::size_t>(s.latent->components);
    text += fmt::format("\n{:>9}  {:>12}  {:>9}\n", "component", "mean, length", "deviation");
    for (std::size_t k = 0; k * dims < mean.size(); ++k) {
      double squares = 0, widths = 0;
      for (std::size_t i = k * dims; i < (k + 1) * dims; ++i) {
        squares += static_cast<double>(mean[i]) * mean[i];
        widths += std::abs(deviation[i]);
      }
      text += fmt::format("{:>9}  {:>12.3f}  {:>9.3f}\n", k, std::sqrt(squares), widths / static_cast<double>(dims));
    }
  }
  return text;
}

std::string layer_table(const ir::Graph& graph, const ir::Shape& input) {
  const auto shapes = ir::infer_shapes(graph, input);
  std::map<std::string, std::int64_t> n_weights;  // by node
  for (const auto& spec : ir::weight_specs(graph)) n_weights[spec.name.substr(0, spec.name.rfind('.'))] += spec.size();
  std::size_t width = 4;
  for (const auto& node : graph.nodes()) width = std::max(width, node.name.size());
  std::string text = fmt::format("\n{:<{}}  {:<16}{:<24}{:>10}\n", "node", width, "type", "shape", "weights");
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const auto& node = graph.nodes()[i];
    const auto count = n_weights.find(node.name);
    text += fmt::format("{:<{}}  {:<16}{:<24}{:>10}\n", node.name, width, ir::type_name(node.op),
                        ir::to_string(shapes[i]), count == n_weights.end() ? "" : std::to_string(count->second));
  }
  return text;
}

Json json_of(const weights::Model& model, const Summary& s) {
  const auto& card = model.card;
  return {{"schema", kSchema},
          {"name", card.name},
          {"title", card.title},
          {"architecture", card.architecture},
          {"licence", card.licence},
          {"attribution", card.attribution},
          {"data", card.data},
          {"recipe", card.recipe},
          {"limits", card.limits},
          {"sized_for", card.sized_for},
          {"sha256", model.sha256},
          {"parameters", s.n_parameters},
          {"weight_bytes", s.weight_bytes},
          {"width", s.image().w},
          {"height", s.image().h},
          {"macs", s.macs},
          {"macs_per_pixel", s.macs_per_pixel()},
          {"local", s.receptive_field.local},
          {"global_because", s.receptive_field.global_because},
          {"border_px", s.receptive_field.border_px},
          {"multiple", s.receptive_field.multiple},
          {"noise", s.latent ? Json{{"normal", s.latent->normal}, {"components", s.latent->components}} : Json()},
          {"nodes", model.graph.nodes().size()},
          {"graph", ir::to_text(model.graph)}};
}

/// An image that Genga made: by which style, whose it is, with which settings.
int show_credit(const Flags& flags) {
  image::init();
  const std::string line = image::read_credit({flags.model});
  if (line.empty()) {
    fail(ErrorCode::kNotFound,
         "image '{}' carries no credit of Genga: it was made by something else, or with --no-credit", flags.model);
  }
  const Credit credit = parse_credit(line);
  if (flags.json) {
    print_json({{"schema", kSchema},
                {"made", credit.made},
                {"style", credit.style},
                {"attribution", credit.attribution},
                {"licence", credit.licence},
                {"settings", credit.settings}});
    return 0;
  }
  write_stdout(lines({{"image", flags.model},
                      {"made", credit.made},
                      {"style", credit.style},
                      {"attribution", credit.attribution},
                      {"licence", credit.licence},
                      {"settings", credit.settings}}));
  return 0;
}

int run(const Flags& flags) {
  std::error_code ignored;
  if (image::looks_like_image(flags.model) && std::filesystem::is_regular_file(flags.model, ignored)) {
    return show_credit(flags);
  }
  const std::string file = model_file_of(flags.model);
  if (file != flags.model && !flags.json && !flags.text && !flags.plan) write_stdout(lines({{"file", file}}));
  const auto model = stylize::open_style(file);
  const auto summary = summarize(model, parse_size(flags.size));
  if (flags.json) {
    print_json(json_of(model, summary));
  } else if (flags.text) {
    write_stdout(ir::to_text(model.graph));
  } else if (flags.plan) {
    write_stdout(engine::compile(model)->describe(summary.input.h, summary.input.w));
  } else {
    write_stdout(card_text(model) + summary_text(summary) + noise_text(model, summary) +
                 layer_table(model.graph, summary.input));
  }
  return 0;
}

}  // namespace

Command add_inspect(CLI::App& program) {
  CLI::App* app = program.add_subcommand("inspect", "Show a model's card and network, an image's credit");
  auto flags = std::make_shared<Flags>();
  app->add_option("MODEL", flags->model,
                  "Style name, model file, folder of a training run, or an image that Genga made")
      ->required()
      ->type_name("MODEL");
  app->add_option("--size", flags->size, "Image size to count at (default 512)")
      ->type_name("WxH|N")
      ->check(size_text());
  auto* plan = app->add_flag("--plan", flags->plan, "Print the engine's fused steps at that size");
  auto* text = app->add_flag("--text", flags->text, "Print the graph's text only");
  auto* json = app->add_flag("--json", flags->json, "Print one JSON document");
  plan->excludes(text)->excludes(json);
  text->excludes(json);
  app->footer("Examples:\n  genga inspect pepper\n  genga inspect run/model.safetensors --size 1920x1080 --plan");
  return {app, [flags] { return with_json_errors(flags->json, kSchema, [&] { return run(*flags); }); }};
}

}  // namespace genga::cli
