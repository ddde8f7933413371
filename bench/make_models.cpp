// Writes published networks with random weights, each as a model file and as ONNX, for comparisons with other runtimes.
// `guided_filter` is no network but what an edge-preserving filter alone does to a photo: what styles must be better
// than.
//
// Usage: make_models FOLDER NAME...
#include <cstdio>
#include <string_view>

#include "genga/error.h"
#include "genga/models.h"
#include "genga/onnx.h"
#include "genga/transform.h"

namespace {

/// He et al. 2010; radius and eps as for a strong smoothing of a photo in [-1,1], twice.
genga::ir::Graph guided_filter() {
  genga::ir::Graph graph;
  genga::ir::NodeId x = graph.add("x", genga::ir::Input{});
  for (const char* name : {"first", "second"}) {
    x = graph.add(name, genga::ir::GuidedFilter{.radius = 4, .eps = 0.04F}, {x, x});
  }
  graph.set_output(x);
  return graph;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: make_models FOLDER NAME...\n", stderr);
    return 2;
  }
  try {
    const std::filesystem::path folder = argv[1];
    for (int i = 2; i < argc; ++i) {
      genga::weights::Model model;
      const std::string_view name = argv[i];
      model.graph = name == "guided_filter" ? guided_filter() : genga::models::find_model(name).build();
      model.tensors = genga::transform::random_weights(model.graph, 1);
      model.card.name = model.card.architecture = argv[i];
      genga::weights::write_model_file(folder / fmt::format("{}.safetensors", argv[i]), model);
      genga::onnx::write_onnx_file(folder / fmt::format("{}.onnx", argv[i]), model);
    }
  } catch (const genga::Error& error) {
    std::fputs(fmt::format("make_models: {}\n", error.what()).c_str(), stderr);
    return 1;
  }
  return 0;
}
