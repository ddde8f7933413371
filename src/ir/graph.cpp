// Building graphs, cutting a part out of one, comparing two. What they mean is asked in shapes.cpp and
// receptive_field.cpp.

#include "genga/graph.h"

#include <algorithm>

#include "genga/error.h"
#include "genga/overloaded.h"
#include "ir/op_rules.h"

namespace genga::ir {
namespace {

bool valid_name(std::string_view name) {
  return !name.empty() && name.size() <= 100 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
  });
}

/// Compares attributes through visit(), so that a new attribute cannot be forgotten.
template <class T>
bool same_attributes(const T& a, const T& b) {
  std::vector<double> left;
  std::vector<double> right;
  const auto collect = [](std::vector<double>& values) {
    return overloaded{
        [&](std::string_view, const Pad& pad) { values.insert(values.end(), pad.begin(), pad.end()); },
        [&](std::string_view, const auto& value) { values.push_back(static_cast<double>(value)); },
    };
  };
  T::visit(a, collect(left));
  T::visit(b, collect(right));
  return left == right;
}

}  // namespace

std::string to_string(const Shape& s) {
  return fmt::format("[{},{},{},{}]", s.n, s.c, s.h, s.w);
}

std::string_view type_name(const Op& op) {
  return std::visit([](const auto& o) { return o.kType; }, op);
}

NodeId Graph::add(std::string name, Op op, std::vector<NodeId> src) {
  const auto complain = [&](const std::string& why) {
    fail(ErrorCode::kInvalidArgument, "{} '{}': {}", type_name(op), name.substr(0, 100), why);
  };
  if (!valid_name(name)) complain("names consist of 1 to 100 letters, digits, '_', '.' and '-'");
  if (find(name) >= 0) complain("the name is taken already");
  if (std::holds_alternative<Input>(op) != nodes_.empty()) complain("a graph has one Input, and it comes first");
  if (nodes_.size() >= kMaxNodes) complain(fmt::format("a graph has at most {} nodes", kMaxNodes));
  const Arity wanted = arity(op);
  const auto n_src = static_cast<int>(src.size());
  if (n_src < wanted.minimum || n_src > wanted.maximum) {
    complain(fmt::format("has {} sources, expected {}", n_src,
                         wanted.minimum == wanted.maximum ? fmt::format("{}", wanted.minimum)
                                                          : fmt::format("{} to {}", wanted.minimum, wanted.maximum)));
  }
  for (const NodeId id : src) {
    if (id < 0 || id >= static_cast<NodeId>(nodes_.size())) complain(fmt::format("source {} does not exist", id));
  }
  try {
    check_attributes(op);
  } catch (const Error& error) {
    complain(error.what());
  }
  const auto id = static_cast<NodeId>(nodes_.size());
  by_name_.emplace(name, id);
  nodes_.push_back({std::move(name), op, std::move(src)});
  return id;
}

void Graph::set_output(NodeId id) {
  if (id < 0 || id >= static_cast<NodeId>(nodes_.size())) {
    fail(ErrorCode::kInvalidArgument, "output node {} does not exist", id);
  }
  output_ = id;
}

const Input& Graph::input() const {
  if (nodes_.empty()) fail(ErrorCode::kInvalidArgument, "the graph is empty");
  return std::get<Input>(nodes_.front().op);
}

NodeId Graph::find(std::string_view name) const {
  const auto it = by_name_.find(std::string(name));
  return it == by_name_.end() ? -1 : it->second;
}

std::vector<bool> live_nodes(const Graph& graph, NodeId output) {
  std::vector<bool> live(graph.nodes().size(), false);
  live.at(static_cast<std::size_t>(output)) = true;
  for (std::size_t i = live.size(); i-- > 0;) {
    if (!live[i]) continue;
    for (const NodeId id : graph.nodes()[i].src) live[static_cast<std::size_t>(id)] = true;
  }
  return live;
}

Graph subgraph(const Graph& graph, NodeId output) {
  if (output < 0 || output >= static_cast<NodeId>(graph.nodes().size())) {
    fail(ErrorCode::kInvalidArgument, "output node {} does not exist", output);
  }
  const std::vector<bool> live = live_nodes(graph, output);
  Graph part;
  std::vector<NodeId> ids(live.size(), -1);
  for (std::size_t i = 0; i < live.size(); ++i) {
    if (!live[i] && i != 0) continue;
    const Node& node = graph.nodes()[i];
    std::vector<NodeId> src;
    for (const NodeId id : node.src) src.push_back(ids[static_cast<std::size_t>(id)]);
    ids[i] = part.add(node.name, node.op, std::move(src));
  }
  part.set_output(ids[static_cast<std::size_t>(output)]);
  return part;
}

bool same_graph(const Graph& a, const Graph& b) {
  return a.output() == b.output() &&
         std::equal(a.nodes().begin(), a.nodes().end(), b.nodes().begin(), b.nodes().end(),
                    [](const Node& x, const Node& y) {
                      return x.name == y.name && x.src == y.src && x.op.index() == y.op.index() &&
                             std::visit(
                                 [&](const auto& op) {
                                   return same_attributes(op, std::get<std::decay_t<decltype(op)>>(y.op));
                                 },
                                 x.op);
                    });
}

}  // namespace genga::ir
