// Inference: on CPUs with oneDNN, elsewhere with LibTorch, which a module brings when it is asked for.
// Phases are types: Model -> CompiledModel (any size) -> Session (one size, one thread).
//
// Usual calls:  auto compiled = engine::compile(model, {.threads = 4});
//               auto session = compiled->session(h, w);  session->run(src, dst);
// Does not: read files, know images, cut tiles.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "genga/weights.h"

namespace genga::engine {

/// Numbers that convolutions multiply. Sums, norms and what lies between layers are f32 in any case.
enum class Precision { kF32, kBf16, kF16 };
/// "f32", "bf16", "f16".
std::string_view name_of(Precision precision);
/// Whether this machine multiplies such numbers faster than f32 (and ONEDNN_MAX_CPU_ISA lets it); true for f32.
bool has_precision(Precision precision);
/// The fastest whose images the eye cannot tell apart from those of f32 (docs/performance.md, "Below f32"). Below f32
/// a tile equals the whole image within the rounding of its numbers only.
Precision best_precision();

struct EngineOptions {
  int threads = 0;     // 0: all available cores
  bool plain = false;  // true: no fusion, one primitive per op (for comparison; also GENGA_ENGINE=plain)
  // "cpu": this program's own engine. On LibTorch (libgenga_torch.so): "cuda", "cuda:1"; "auto": a GPU if there is one,
  // else "cpu"; "cpu-torch", for comparison.
  std::string device = "cpu";
  Precision precision = Precision::kF32;  // of "cpu"; compile() throws kUnsupported if has_precision() says no
};

/// Whether EngineOptions::device may be that.
bool is_device(std::string_view text);
/// What suits a device when nobody chose: f16 on GPUs, f32 on CPUs. Throws as compile() does for one that is not there.
Precision default_precision(std::string_view device);

/// What one step of a plan costs.
struct StepCost {
  std::string step;       // its line of describe(), without the number
  double seconds = 0;     // one run
  std::int64_t macs = 0;  // multiply-adds of its convolution, counted directly (Winograd does fewer); 0: it has none
};

class Session {
 public:
  virtual ~Session() = default;
  virtual ir::Shape input_shape() const = 0;  // [1,C,H,W]
  virtual ir::Shape output_shape() const = 0;
  virtual std::int64_t arena_bytes() const = 0;  // memory this session holds, weights not counted

  /// Runs the network on one image.
  /// src: input_shape() f32 planar; dst: output_shape() f32 planar; ranges as the model's PixelFormat.
  /// Requires: src and dst do not overlap, or are the same where CompiledModel::in_place(). Threads: one thread at a
  /// time per Session. Cost: no large allocation.
  virtual void run(std::span<const float> src, std::span<float> dst) = 0;
  /// Same, and records what whole-image norms saw.
  virtual void run(std::span<const float> src, std::span<float> dst, weights::NormStatistics* statistics) = 0;
  /// Same as run(src, dst), and says where the time went: the steps in order of execution. Empty where the device does
  /// not tell.
  virtual std::vector<StepCost> profile(std::span<const float> src, std::span<float> dst) {
    run(src, dst);
    return {};
  }

  /// run(src, dst) in two halves, for devices that copy one image while they compute another. start() returns once src
  /// may change, wait() once dst of the oldest run that is under way is filled. At most max_started() runs are under
  /// way. On CPUs start() does all.
  virtual void start(std::span<const float> src, std::span<float> dst) { run(src, dst); }
  virtual void wait() {}
  virtual int max_started() const { return 1; }
};

/// session_bytes() of a size that only tiles can serve, whatever the memory; small enough to be added to.
inline constexpr std::int64_t kNoSession = std::int64_t{1} << 62;

class CompiledModel {
 public:
  virtual ~CompiledModel() = default;
  virtual const ir::Graph& graph() const = 0;
  virtual ir::ReceptiveField receptive_field() const = 0;
  /// Plans memory for one image size. Throws Error: kInvalidArgument (size), kOutOfMemory.
  virtual std::unique_ptr<Session> session(std::int64_t height, std::int64_t width) const = 0;
  /// What arena_bytes() of such a session would be, without allocating it; kNoSession if it is too large for any.
  virtual std::int64_t session_bytes(std::int64_t height, std::int64_t width) const = 0;
  /// Whether src and dst of a session's run() may be the same memory: no step reads the input once the output is begun.
  /// Only where max_started() is 1.
  virtual bool in_place() const { return false; }
  /// Bytes that sessions may take where they do not live in this machine's memory; none: they do.
  virtual std::optional<std::int64_t> device_memory() const { return std::nullopt; }
  virtual std::string device() const { return "cpu"; }  // for people: "cuda:0 in f16"
  /// The fused plan, one line a step, for `genga inspect --plan` and tests.
  virtual std::string describe(std::int64_t height, std::int64_t width) const = 0;
};

/// Fuses, packs weights. Immutable and thread-safe. Throws Error: kUnsupported (also a device that is not there).
std::shared_ptr<const CompiledModel> compile(const weights::Model& model, const EngineOptions& options = {});

/// f32 multiply-adds a second that this machine reaches in registers, the limit of direct convolution.
/// threads: 0: all available cores. Cost: about 0.1 s of full load.
double measure_peak_macs(int threads);

}  // namespace genga::engine
