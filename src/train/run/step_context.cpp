// Random numbers of a step, the same however many ranks share it.
#include "train/run/step_context.h"

#include <ATen/CPUGeneratorImpl.h>

#include <vector>

#include "genga/random.h"

namespace genga::train {
namespace {

std::vector<std::int64_t> times(at::IntArrayRef dims, int count) {
  std::vector<std::int64_t> all = dims.vec();
  all.front() *= count;
  return all;
}

}  // namespace

StepContext::StepContext(std::uint64_t seed, std::int64_t step, double rate, Ranks ranks)
    : step_(step),
      rate_(rate),
      ranks_(ranks),
      random_(at::detail::createCPUGenerator(Rng(seed, static_cast<std::uint64_t>(step)).next())) {}

at::Tensor StepContext::mine(const at::Tensor& all, std::int64_t n) const {
  return ranks_.count == 1 ? all : all.narrow(0, ranks_.rank * n, n);
}

at::Tensor StepContext::normal(at::IntArrayRef dims) {
  return mine(at::randn(times(dims, ranks_.count), random_), dims.front());
}

at::Tensor StepContext::uniform(at::IntArrayRef dims) {
  return mine(at::rand(times(dims, ranks_.count), random_), dims.front());
}

at::Tensor StepContext::integers(std::int64_t n, std::int64_t count) {
  return mine(at::randint(n, {count * ranks_.count}, random_, at::kLong), count);
}

double StepContext::chance() {
  return at::rand({1}, random_, at::kDouble).item<double>();
}

}  // namespace genga::train
