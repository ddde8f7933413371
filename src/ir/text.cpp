// The graph's text form. Grammar and examples: docs/formats/model_file.md.
//
//   line   = name " = " type "(" [ item { ", " item } ] ")"        item = source name | key "=" value
//   last   = "return " name
// Attributes are written in the order of the op's visit(); a reader needs every one of them, so that a default changed
// in the source cannot change an old file's meaning.

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/graph.h"

namespace genga::ir {
namespace {

// stored: do not rename
constexpr std::array<std::string_view, 3> kPadModes = {"zero", "reflect", "replicate"};
constexpr std::array<std::string_view, 4> kActivations = {"relu", "leaky_relu", "tanh", "sigmoid"};
constexpr std::array<std::string_view, 4> kUpsampleModes = {"nearest", "asymmetric", "half_pixel", "align_corners"};
constexpr std::array<std::string_view, 2> kPools = {"max", "average"};

constexpr std::span<const std::string_view> names_of(PadMode) {
  return kPadModes;
}
constexpr std::span<const std::string_view> names_of(ActivationKind) {
  return kActivations;
}
constexpr std::span<const std::string_view> names_of(UpsampleMode) {
  return kUpsampleModes;
}
constexpr std::span<const std::string_view> names_of(PoolKind) {
  return kPools;
}

// ---- writing

std::string value_text(int value) {
  return std::to_string(value);
}
std::string value_text(bool value) {
  return value ? "true" : "false";
}
std::string value_text(const Pad& p) {
  return fmt::format("{} {} {} {}", p[0], p[1], p[2], p[3]);
}
std::string value_text(float value) {
  return fmt::format("{}", value);
}  // shortest form that reads back the same
template <class E>
  requires std::is_enum_v<E>
std::string value_text(E value) {
  return std::string(names_of(value)[static_cast<std::size_t>(value)]);
}

std::string node_text(const Graph& graph, const Node& node) {
  std::string items;
  const auto append = [&](const std::string& item) { items += (items.empty() ? "" : ", ") + item; };
  for (const NodeId id : node.src) append(graph.node(id).name);
  std::visit(
      [&](const auto& op) {
        std::decay_t<decltype(op)>::visit(
            op, [&](std::string_view key, const auto& value) { append(fmt::format("{}={}", key, value_text(value))); });
      },
      node.op);
  return fmt::format("{} = {}({})\n", node.name, type_name(node.op), items);
}

// ---- reading

[[noreturn]] void bad(const std::string& why) {
  throw Error(ErrorCode::kCorruptData, why);
}

std::string quoted(std::string_view text) {
  return fmt::format("'{}'", text.substr(0, 60));
}

template <class T>
T parse_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) bad(quoted(text) + " is not a number");
  if constexpr (std::is_floating_point_v<T>) {
    if (!std::isfinite(value)) bad(quoted(text) + " is not a finite number");
  }
  return value;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

/// Cuts `text` at the first separator and returns what came before it.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view head = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return head;
}

void parse_value(std::string_view text, int& value) {
  value = parse_number<int>(text);
}
void parse_value(std::string_view text, float& value) {
  value = parse_number<float>(text);
}
void parse_value(std::string_view text, bool& value) {
  if (text != "true" && text != "false") bad(quoted(text) + " is neither true nor false");
  value = text == "true";
}
void parse_value(std::string_view text, Pad& value) {
  for (int& side : value) side = parse_number<int>(take_until(text, ' '));
  if (!text.empty()) bad("a pad has four numbers: top left bottom right");
}
template <class E>
  requires std::is_enum_v<E>
void parse_value(std::string_view text, E& value) {
  const auto names = names_of(value);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == text) {
      value = static_cast<E>(i);
      return;
    }
  }
  bad(fmt::format("{} is not one of {}", quoted(text), fmt::join(names, ", ")));
}

struct Attribute {
  std::string_view key, value;
  bool used = false;
};

template <std::size_t I = 0>
Op default_op(std::string_view type) {
  if constexpr (I < std::variant_size_v<Op>) {
    using T = std::variant_alternative_t<I, Op>;
    return T::kType == type ? Op(T{}) : default_op<I + 1>(type);
  } else {
    std::vector<std::string> known;
    [&]<std::size_t... J>(std::index_sequence<J...>) {
      (known.emplace_back(std::variant_alternative_t<J, Op>::kType), ...);
    }(std::make_index_sequence<std::variant_size_v<Op>>());
    throw Error(ErrorCode::kUnsupported,
                fmt::format("op {} is unknown to this version of Genga{}", quoted(type), did_you_mean(type, known)));
  }
}

void set_attributes(Op& op, std::span<Attribute> attributes) {
  std::visit(
      [&](auto& o) {
        std::decay_t<decltype(o)>::visit(o, [&](std::string_view key, auto& value) {
          for (Attribute& a : attributes) {
            if (a.key == key && !a.used) {
              a.used = true;
              parse_value(a.value, value);
              return;
            }
          }
          bad(fmt::format("attribute '{}' is missing", key));
        });
      },
      op);
  for (const Attribute& a : attributes) {
    if (!a.used)
      throw Error(ErrorCode::kUnsupported, fmt::format("attribute {} is unknown or repeated", quoted(a.key)));
  }
}

void parse_node(Graph& graph, std::string_view line) {
  const std::string_view name = trimmed(take_until(line, '='));
  const std::string_view type = trimmed(take_until(line, '('));
  line = trimmed(line);
  if (line.empty() || line.back() != ')') bad("expected \"name = Type(...)\"");
  line.remove_suffix(1);
  Op op = default_op(type);
  std::vector<NodeId> src;
  std::vector<Attribute> attributes;
  while (!trimmed(line).empty()) {
    std::string_view item = trimmed(take_until(line, ','));
    if (item.find('=') != std::string_view::npos) {
      const std::string_view key = trimmed(take_until(item, '='));
      attributes.push_back({key, trimmed(item)});
      continue;
    }
    const NodeId id = graph.find(item);
    if (id < 0) bad(fmt::format("source {} is not defined above", quoted(item)));
    src.push_back(id);
  }
  set_attributes(op, attributes);
  graph.add(std::string(name), op, std::move(src));
}

void parse_line(Graph& graph, std::string_view line) {
  constexpr std::string_view kReturn = "return ";
  if (graph.output() >= 0) bad("nothing may follow the return line");
  if (!line.starts_with(kReturn)) return parse_node(graph, line);
  const std::string_view name = trimmed(line.substr(kReturn.size()));
  const NodeId id = graph.find(name);
  if (id < 0) bad(fmt::format("{} is not defined above", quoted(name)));
  graph.set_output(id);
}

}  // namespace

std::string to_text(const Graph& graph) {
  std::string text;
  for (const Node& node : graph.nodes()) text += node_text(graph, node);
  if (graph.output() >= 0) text += fmt::format("return {}\n", graph.node(graph.output()).name);
  return text;
}

Graph parse_graph(std::string_view text) {
  Graph graph;
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = trimmed(take_until(text, '\n'));
    if (line.empty()) continue;
    try {
      parse_line(graph, line);
    } catch (const Error& error) {
      const ErrorCode code =
          error.code() == ErrorCode::kUnsupported ? ErrorCode::kUnsupported : ErrorCode::kCorruptData;
      fail(code, "graph line {}: {}", number, error.what());
    }
  }
  if (graph.output() < 0) fail(ErrorCode::kCorruptData, "graph: the return line is missing");
  return graph;
}

}  // namespace genga::ir
