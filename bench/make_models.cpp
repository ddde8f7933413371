// Writes published networks with random weights, each as a model file and as ONNX, for comparisons with other runtimes.
// Usage: make_models FOLDER NAME...
#include <cstdio>

#include "genga/error.h"
#include "genga/models.h"
#include "genga/onnx.h"

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: make_models FOLDER NAME...\n", stderr);
    return 2;
  }
  try {
    const std::filesystem::path folder = argv[1];
    for (int i = 2; i < argc; ++i) {
      genga::weights::Model model;
      model.graph = genga::models::find_model(argv[i]).build();
      model.tensors = genga::weights::random_weights(model.graph, 1);
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
