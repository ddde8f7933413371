// A training method: its networks, and what one step does to them. The trainer knows nothing else about it.
//
// Adding a method: methods/<name>.cpp (derive from GanMethod; optim/training_state.h has networks and optimizers,
// config/options.h says how options are declared), its MethodRow's function in methods/methods.h and method.cpp, its
// published values in configs/methods/<name>.toml.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "genga/train.h"
#include "genga/weights.h"
#include "torchnet/aten.h"
#include "train/config/options.h"
#include "train/run/step_context.h"

namespace genga::train {

/// One batch as tensors [N,3,crop,crop], RGB in [-1,1]; undefined where the method does not need them. photo has
/// photo_margin pixels more on every side.
struct Images {
  at::Tensor photo, style, style_smooth;
  at::Tensor photo_segments;  // the photo (without margin) with every superpixel in its mean color
  at::Tensor target;          // what Method::prepare made of the photo (without margin)
};

bool all_finite(const Terms& terms);

class World;  // distributed/world.h

struct NetworkRow {
  std::string name;
  const ir::Graph* graph;
};

class Method {
 public:
  virtual ~Method() = default;
  /// How many batches study() wants to see before the first step, on the processor; 0: none.
  virtual int study_batches() const { return 0; }
  /// Sees batches of a new run's images, and sets constants by them, which are then part of state(). Returns what it
  /// found, for people. Throws Error.
  virtual std::string study(std::span<const Images> /*batches*/) { return {}; }
  /// What a step needs of a batch besides, made ahead on another thread while step(), set_state() and others run, so it
  /// reads neither networks nor optimizers. It must be a function of the batch alone; step() makes it itself where it
  /// is missing.
  virtual void prepare(Images& /*batch*/) const {}
  /// One step. Terms that are not finite mean that the state is spoilt.
  virtual Terms step(const Images& batch, StepContext& context) = 0;

  /// What it does at a step, for people: "warm-up", "adversarial"; empty if it does the same all the time.
  virtual std::string_view phase(std::int64_t step) const = 0;

  /// Everything the next step depends on besides the batch.
  virtual weights::TensorMap state() const = 0;
  virtual void set_state(const weights::TensorMap& state) = 0;
  /// Each step then uses the mean gradients of all ranks. The world must live longer.
  virtual void average_over(World& world) = 0;
  /// Starts from another style's weights. Throws Error: kInvalidArgument if they do not fit.
  virtual void init_from(const weights::Model& model) = 0;

  /// The result so far, as a model without its card's words.
  virtual weights::Model result() = 0;
  /// The result's image of a photo [1,3,H,W] in [-1,1], any size; without gradient. Photo methods only.
  virtual at::Tensor stylise(const at::Tensor& photo) = 0;
  /// n images from noise, [n,3,H,W] in [-1,1], the same for the same seed; without gradient. Noise methods only.
  virtual at::Tensor sample(std::int64_t n, std::uint64_t seed) = 0;

  virtual std::vector<NetworkRow> networks() const = 0;
  /// The last step's gradients by weight, "generator/stem.weight"; for histograms.
  virtual void each_gradient(const std::function<void(const std::string&, const at::Tensor&)>& visit) const = 0;
};

/// What a batch must hold.
struct Needs {
  bool photo = true;
  int photo_margin = 0;  // pixels around a photo crop that the method asks for
  bool style = true;
  bool style_smooth = false;
  bool photo_segments = false;
};

struct MethodRow {
  std::string_view name;
  std::string_view summary;
  std::string_view source_text;  // paper or repository
  Needs needs{};                 // needs.photo: from photos, otherwise from noise
  int crop_multiple = 4;         // sides of a training crop must be multiples of this
  std::vector<Field> options{};  // its own: option_fields<Options>(); no others may be set
  /// Throws Error: kInvalidArgument where options do not go together: check_own<Options>.
  void (*check)(const RunConfig& config) = nullptr;
  std::unique_ptr<Method> (*make)(const RunConfig& config) = nullptr;
};
template <class Options>
void check_own(const RunConfig& config) {
  read_options<Options>(config);
}

std::span<const MethodRow> methods();
/// The row of a name. Throws Error: kNotFound with the nearest name.
const MethodRow& find_method(std::string_view name);
/// Whether a field concerns a method: options of others do not.
bool reads(const MethodRow& method, const Field& field);
/// Throws Error: kInvalidArgument if an option is set that this method does not have (to another value than its
/// default, which config.toml of earlier versions states for all), or options do not go together.
void check_options(const RunConfig& config, const MethodRow& method);

}  // namespace genga::train
