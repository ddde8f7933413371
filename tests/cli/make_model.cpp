// Writes the model files that tests/cli runs genga with: make_model FOLDER
#include <cstdio>
#include <exception>
#include <filesystem>

#include "genga/models.h"
#include "genga/transform.h"
#include "genga/weights.h"

namespace {

using namespace genga;

void write(const std::filesystem::path& folder, const std::string& name, ir::Graph graph, std::uint64_t seed,
           const std::string& architecture = "genga_lite") {
  weights::Model model;
  model.tensors = transform::random_weights(graph, seed);
  model.graph = std::move(graph);
  model.card.name = name;
  model.card.title = "Random weights for tests";
  model.card.architecture = architecture;
  model.card.licence = "CC0-1.0";
  model.card.attribution = "Nobody in particular";
  weights::write_model_file(folder / (name + ".safetensors"), model);
}

/// A few layers around a whole-image norm.
ir::Graph with_norm() {
  ir::Graph g;
  auto x = g.add("x", ir::Input{});
  x = g.add("enc", ir::Conv2d{.out = 8, .pad = {1, 1, 1, 1}}, {x});
  x = g.add("norm", ir::InstanceNorm{}, {x});
  x = g.add("act", ir::Activation{}, {x});
  x = g.add("dec", ir::Conv2d{.out = 3, .pad = {1, 1, 1, 1}}, {x});
  g.set_output(g.add("out", ir::Activation{.kind = ir::ActivationKind::kTanh}, {x}));
  return g;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 2) throw std::runtime_error("usage: make_model FOLDER");
    write(argv[1], "tiny", models::genga_lite({.width = 8}), 1);
    write(argv[1], "other", models::genga_lite({.width = 8}), 2);
    write(argv[1], "global", with_norm(), 3);
    write(argv[1], "noise", models::dcgan_generator({.width = 4, .latent = 12}), 4, "dcgan_generator");
    const models::DeliganOptions mixture{.width = 4, .latent = 12, .components = 5};
    write(argv[1], "mixture", models::deligan_generator(mixture), 5, "deligan_generator");
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make_model: %s\n", error.what());
    return 1;
  }
}
