// Speed of one step of the method genga after its warm-up, without the painting of its filter target, which is measured
// alone and subtracted. Prints the seconds of each step; bench/train_step.sh compares them with PyTorch's.
//
// Usage: train_step_bench [--batch 4] [--crop 128] [--width 32] [--discriminator-width 16] [--steps 10] [--threads 1]
//                         [--precision f32] [--cpu-clock 0]
// --cpu-clock 1: processor time of all threads, for a machine that does other things too.
#include <ATen/Parallel.h>
#include <fmt/core.h>

#include <cstdlib>
#include <ctime>
#include <map>
#include <string>

#include "train/filter_target/filter_target.h"
#include "train/methods/methods.h"

namespace genga::train {
namespace {

using Options = std::map<std::string, int>;

double now(bool processor_time) {
  timespec time{};
  clock_gettime(processor_time ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

at::Tensor random_images(int n, int side) {
  return (at::rand({n, 3, side, side}) * 2 - 1).contiguous(at::MemoryFormat::ChannelsLast);
}

void run(const Options& options, const std::string& precision) {
  RunConfig config = compose("method = 'genga'", "bench", {});
  config.batch = options.at("batch");
  config.crop = options.at("crop");
  for (const char* name : {"width", "discriminator_width"}) {
    config.options[name] = std::int64_t{options.at(flag_of(name).substr(2))};
  }
  config.device = "cpu";
  config.precision = precision;
  at::set_num_threads(options.at("threads"));
  at::set_num_interop_threads(1);
  at::globalContext().setFlushDenormal(true);

  const std::unique_ptr<Method> method = genga_method().make(config);
  const auto filter_target = read_options<FilterTargetOptions>(config);
  Images batch;
  batch.photo = random_images(config.batch, config.crop + 2 * kTargetMargin);
  batch.style = random_images(config.batch, config.crop);
  batch.style_smooth = random_images(config.batch, config.crop);
  const bool processor_time = options.at("cpu-clock") != 0;
  for (int i = 0; i < options.at("steps") + 2; ++i) {  // two to warm up
    const double begin = now(processor_time);
    paint((batch.photo + 1) / 2, filter_target);
    const double painted = now(processor_time);
    StepContext context(1, config.warmup + i);
    method->step(batch, context);
    const double end = now(processor_time);
    if (i < 2) continue;
    fmt::print("{:.6f}\n", (end - painted) - (painted - begin));
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace genga::train

int main(int argc, char** argv) {
  genga::train::Options options{{"batch", 4},  {"crop", 128},    {"width", 32}, {"discriminator-width", 16},
                                {"steps", 10}, {"cpu-clock", 0}, {"threads", 1}};
  std::string precision = "f32";
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = std::string(argv[i]).substr(2);
    if (name == "precision") {
      precision = argv[i + 1];
    } else if (options.contains(name)) {
      options[name] = std::atoi(argv[i + 1]);
    } else {
      fmt::print(stderr, "train_step_bench: unknown option '{}'; see the top of bench/train_step.cpp\n", argv[i]);
      return 2;
    }
  }
  genga::train::run(options, precision);
  return 0;
}
