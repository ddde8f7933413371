// Speed of single ops: the one-op rows of the parity table at a size that fills the caches' last level.
// Rows "<case>/plain" run without fusion, so that a pair shows what the fused plan gains.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "genga/engine.h"
#include "parity/op_cases.h"

namespace genga {
namespace {

constexpr std::int64_t kSide = 384;  // a multiple of every case's alignment

void run_case(benchmark::State& state, const parity::Case& row, bool plain) {
  const auto compiled = engine::compile(parity::case_model(row), {.plain = plain});
  const ir::Input& input = row.graph.input();
  const auto session =
      compiled->session(input.height > 0 ? input.height : kSide, input.width > 0 ? input.width : kSide);
  const std::vector<float> src = parity::case_input(session->input_shape(), row.seed).values;
  std::vector<float> dst(static_cast<std::size_t>(session->output_shape().size()));
  for (auto _ : state) {
    session->run(src, dst);
    benchmark::DoNotOptimize(dst.data());
  }
  const auto bytes = static_cast<double>(src.size() + dst.size()) * sizeof(float);
  state.counters["GB/s"] = benchmark::Counter(bytes * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
  const auto macs = static_cast<double>(ir::count_macs(compiled->graph(), session->input_shape()));
  if (macs > 0) {
    state.counters["GMAC/s"] = benchmark::Counter(macs * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
  }
}

}  // namespace
}  // namespace genga

int main(int argc, char** argv) {
  for (const auto& row : genga::parity::op_cases()) {
    for (const bool plain : {false, true}) {
      benchmark::RegisterBenchmark((row.name + (plain ? "/plain" : "")).c_str(),
                                   [&row, plain](benchmark::State& state) { genga::run_case(state, row, plain); })
          ->UseRealTime()
          ->Unit(benchmark::kMillisecond);
    }
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
