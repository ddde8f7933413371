// Any text gives a graph that survives its own text form and every question asked of untrusted graphs, or an Error.
#include "genga/error.h"
#include "genga/graph.h"
#include "require.h"

namespace {

/// Each question by itself: that one is refused must not hide the others.
template <class Question>
void ask(Question question) {
  try {
    question();
  } catch (const genga::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace genga;
  ir::Graph graph;
  try {
    graph = ir::parse_graph({reinterpret_cast<const char*>(data), size});
  } catch (const Error& error) {
    fuzz::require(error.code() == ErrorCode::kCorruptData || error.code() == ErrorCode::kUnsupported,
                  "a text that is no graph is corrupt or unsupported");
    return 0;
  }
  fuzz::require(ir::same_graph(graph, ir::parse_graph(ir::to_text(graph))), "a graph survives its text form");
  ask([&] { ir::receptive_field(graph); });
  ask([&] { ir::infer_shapes(graph, ir::probe_shape(graph)); });
  ask([&] { ir::weight_specs(graph); });
  return 0;
}
