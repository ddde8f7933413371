// Speed of whole networks: random weights, one image per iteration, sessions made outside the clock.
// Counters: GMAC/s counts the multiply-adds of the network as written, so that Winograd may exceed the machine's peak.
#include <benchmark/benchmark.h>

#include <string>
#include <utility>
#include <vector>

#include "genga/base.h"
#include "genga/engine.h"
#include "genga/models.h"
#include "genga/transform.h"

namespace genga {
namespace {

weights::Model random_model(const std::string& name) {
  weights::Model model;
  model.graph = models::find_model(name).build();
  model.tensors = transform::random_weights(model.graph, 1);
  return model;
}

std::vector<float> test_image(std::int64_t size) {
  std::vector<float> values(static_cast<std::size_t>(size));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i * 7919 % 256) / 127.5F - 1;
  return values;
}

void run_network(benchmark::State& state, const std::string& name) {
  const std::int64_t height = state.range(0);
  const std::int64_t width = state.range(1);
  const auto threads = static_cast<int>(state.range(2));
  const auto compiled = engine::compile(random_model(name), {.threads = threads});
  const auto session = compiled->session(height, width);
  const std::vector<float> src = test_image(session->input_shape().size());
  std::vector<float> dst(static_cast<std::size_t>(session->output_shape().size()));
  for (auto _ : state) {
    session->run(src, dst);
    benchmark::DoNotOptimize(dst.data());
  }
  const auto macs = static_cast<double>(ir::count_macs(compiled->graph(), session->input_shape()));
  state.counters["GMAC/s"] = benchmark::Counter(macs * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["MAC/px"] = macs / static_cast<double>(height * width);
  state.counters["arena_MiB"] = static_cast<double>(session->arena_bytes()) / (1 << 20);
}

void sizes_and_threads(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"h", "w", "threads"})->Unit(benchmark::kMillisecond)->UseRealTime();
  for (const auto& [h, w] : {std::pair{256, 256}, std::pair{512, 512}, std::pair{1080, 1920}}) {
    bench->Args({h, w, 1});
    if (available_cores() > 1) bench->Args({h, w, available_cores()});
  }
}

BENCHMARK_CAPTURE(run_network, genga_lite, "genga_lite")->Apply(sizes_and_threads);
BENCHMARK_CAPTURE(run_network, animegan_v2, "animegan_v2")->Apply(sizes_and_threads);
BENCHMARK_CAPTURE(run_network, whitebox, "whitebox")->Apply(sizes_and_threads);
BENCHMARK_CAPTURE(run_network, cartoongan, "cartoongan")->Apply(sizes_and_threads);

/// What a stylizer pays for a tile size it has not seen.
void make_session(benchmark::State& state) {
  const auto compiled = engine::compile(random_model("genga_lite"), {});
  const auto first = compiled->session(512, 512);  // weights are packed now
  std::int64_t side = 512;
  for (auto _ : state) {
    side = side == 1024 ? 512 : side + 8;
    benchmark::DoNotOptimize(compiled->session(side, side));
  }
}
BENCHMARK(make_session)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace genga
