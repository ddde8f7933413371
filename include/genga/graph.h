// A network as data: the one description that training, inference, the reference interpreter and export all read.
//
// Build:   Graph g; auto x = g.add("x", Input{});
//          x = g.add("stem", Conv2d{.out = 32, .pad = {1,1,1,1}}, {x}); g.set_output(x);
//
// Ask:     infer_shapes(g, {1,3,256,256}), weight_specs(g), receptive_field(g), count_parameters(g), count_macs(g,
// shape)
//
// Store:   to_text(g) / parse_graph(text)
//
// A Graph is a value; const use from many threads is safe. It holds no weights.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "genga/ops.h"

namespace genga::ir {

/// Elements of one value or one weight: larger ones are refused, so that counts of bytes fit 63 bits.
inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 40;

/// Images, channels, rows, columns. size() may overflow for a shape that infer_shapes has not seen.
struct Shape {
  std::int64_t n = 1, c = 0, h = 0, w = 0;
  std::int64_t size() const { return n * c * h * w; }
  bool operator==(const Shape&) const = default;
};
std::string to_string(const Shape& shape);  // "[1,3,256,256]"

using NodeId = int;  // index into Graph::nodes(); sources always come before their users

struct Node {
  std::string name;  // unique; letters, digits, '_', '.', '-'
  Op op;
  std::vector<NodeId> src;
};

class Graph {
 public:
  /// Appends a node. Throws Error: kInvalidArgument (bad or repeated name, unknown source, wrong number of sources,
  /// an attribute out of range), naming the node.
  NodeId add(std::string name, Op op, std::vector<NodeId> src = {});
  void set_output(NodeId id);

  const std::vector<Node>& nodes() const { return nodes_; }
  const Node& node(NodeId id) const { return nodes_.at(static_cast<std::size_t>(id)); }
  NodeId output() const { return output_; }  // -1 until set
  const Input& input() const;                // node 0 is always the Input
  NodeId find(std::string_view name) const;  // -1 if absent

 private:
  std::vector<Node> nodes_;
  std::unordered_map<std::string, NodeId> by_name_;
  NodeId output_ = -1;
};

/// The nodes that `output` depends on (and the Input), in the same order under the same names; `output` is its output.
Graph subgraph(const Graph& graph, NodeId output);

bool same_graph(const Graph& a, const Graph& b);  // names, ops, attributes, edges
std::string_view type_name(const Op& op);         // "Conv2d"

/// Shape of every node for a given input, none above kMaxElements. Throws Error: kInvalidArgument, as
/// "Conv2d 'enc3': ...".
std::vector<Shape> infer_shapes(const Graph& graph, const Shape& input);
/// Whether infer_shapes(graph, input) would return. Throws nothing, for searches of a size that fits.
bool accepts(const Graph& graph, const Shape& input);

/// A named tensor the graph needs: `<node>.<suffix>`, e.g. "enc3.weight".
struct WeightSpec {
  std::string name;
  std::vector<std::int64_t> dims;
  bool trainable = true;  // false: running statistics
  std::int64_t size() const;
};
/// All weights in graph order, none above kMaxElements. Channel counts must not depend on the image's size: Linear
/// needs an Input of fixed size, or a GlobalPool before it. Throws Error: kInvalidArgument.
std::vector<WeightSpec> weight_specs(const Graph& graph);
std::vector<WeightSpec> weight_specs(const Node& node, const std::vector<Shape>& src);

std::int64_t count_parameters(const Graph& graph);                // trainable numbers only
std::int64_t count_macs(const Graph& graph, const Shape& input);  // multiply-adds of conv, linear, attention
/// A shape the graph accepts: the Input's own size where fixed, else the smallest side of at least 64 px that is a
/// multiple of receptive_field().multiple, doubled up to three times while the graph refuses it.
Shape probe_shape(const Graph& graph);

/// How far an output pixel looks. Where it is local: tiles whose origins and sides are multiples of `multiple`, given
/// `border_px` more input pixels on every side that is not the image's own, are exactly parts of the whole result.
struct ReceptiveField {
  bool local = true;           // false: an output pixel may depend on the whole image
  std::string global_because;  // "InstanceNorm 'in1' uses whole-image statistics"; empty if local
  int border_px = 0;           // input pixels on each side, a multiple of `multiple`
  int multiple = 1;            // in input pixels; the image's own sides must be multiples of it too
};
/// Dead nodes bind `multiple` (infer_shapes checks them), but not the rest. Throws Error: kInvalidArgument (sources at
/// different scales, a multiple above 65,536). Cost: one pass over the nodes; keep the result.
ReceptiveField receptive_field(const Graph& graph);

/// Text form: one node a line, "name = Type(src, ..., key=value, ...)", then "return name". docs/formats/model_file.md.
std::string to_text(const Graph& graph);
/// Throws Error: kCorruptData with the line number. Survives any bytes; at most kMaxNodes nodes.
Graph parse_graph(std::string_view text);
inline constexpr int kMaxNodes = 10000;

}  // namespace genga::ir
