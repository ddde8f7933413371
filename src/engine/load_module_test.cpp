// Names of devices, and what is said when a module cannot be loaded.
#include "engine/load_module.h"

#include <gtest/gtest.h>

#include <string>

#include "genga/error.h"

namespace genga::engine {
namespace {

std::string refusal(const char* file) {
  try {
    load_module(file, "cuda");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    return error.what();
  }
  return "";
}

TEST(LoadModule, SaysThatTheModuleIsMissingAndWhatToDo) {
  const std::string message = refusal("libgenga_no_such.so");
  EXPECT_EQ(message.find("device 'cuda' needs Genga's module libgenga_no_such.so and LibTorch"), 0U) << message;
  EXPECT_NE(message.find("No such file"), std::string::npos) << message;
  EXPECT_NE(message.find("or use --device cpu"), std::string::npos) << message;
}

TEST(LoadModule, RefusesALibraryThatIsNoModule) {
  const std::string message = refusal("libm.so.6");
  EXPECT_NE(message.find("genga_torch_engine"), std::string::npos) << message;
}

TEST(Device, NamesAreKnown) {
  for (const char* name : {"auto", "cpu", "cuda", "cuda:0", "cuda:15", "cpu-torch"})
    EXPECT_TRUE(is_device(name)) << name;
  for (const char* name : {"", "gpu", "CUDA", "cuda:", "cuda:x", "cuda:-1", "cuda:100", "cpu:0", "cuda0"}) {
    EXPECT_FALSE(is_device(name)) << name;
  }
}

TEST(Device, TheProgramServesTheCpuItself) {
  EXPECT_EQ(module_for("cpu"), nullptr);
}

TEST(Device, CpusComputeInF32UnlessAsked) {
  EXPECT_EQ(default_precision("cpu"), Precision::kF32);
  EXPECT_EQ(default_precision("cpu-torch"), Precision::kF32);
}

TEST(Device, AnotherNameIsRefused) {
  try {
    module_for("gpu");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    EXPECT_STREQ(error.what(), "device 'gpu': auto, cpu, cuda, cuda:N or cpu-torch was expected");
  }
}

}  // namespace
}  // namespace genga::engine
