// A training method: its networks, and what one step does to them. The trainer knows nothing else about it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "genga/train.h"
#include "genga/weights.h"
#include "torchnet/aten.h"

namespace genga::train {

/// One batch as tensors: RGB in [-1,1], style [N,3,crop,crop], photo with photo_margin more on every side.
struct Pictures {
  at::Tensor photo, style, style_smooth;
};

bool all_finite(const Terms& terms);

struct NetworkRow {
  std::string name;
  const ir::Graph* graph;
};

class Method {
 public:
  virtual ~Method() = default;
  /// Step number `step` (from 0). rate: factor for the learning rates, below 1 after a rollback.
  /// Terms that are not finite mean that the state is spoilt.
  virtual Terms step(const Pictures& batch, std::int64_t step, double rate) = 0;

  /// Everything the next step depends on besides the batch.
  virtual weights::TensorMap state() const = 0;
  virtual void set_state(const weights::TensorMap& state) = 0;

  /// The result so far, as a model without its card's words (the averaged generator).
  virtual weights::Model result() = 0;
  /// The result's picture of a photo [1,3,H,W] in [-1,1], any size; without gradient.
  virtual at::Tensor stylise(const at::Tensor& photo) = 0;

  virtual std::vector<NetworkRow> networks() const = 0;
};

struct MethodRow {
  std::string_view name;
  std::string_view summary;
  int photo_margin;  // pixels around a photo crop that the method asks for
  std::unique_ptr<Method> (*make)(const RunConfig& config);
};
std::span<const MethodRow> methods();
/// The row of a name. Throws Error: kNotFound with the nearest name.
const MethodRow& find_method(std::string_view name);

}  // namespace genga::train
