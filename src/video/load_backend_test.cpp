// Tests of loading libgenga_video.so: errors cross its border, and files that are not that module are refused.
#include "video/load_backend.h"

#include <gtest/gtest.h>

#include <string>

#include "genga/error.h"

namespace genga::video {
namespace {

std::string refusal(const char* file) {
  try {
    load_backend(file);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    return error.what();
  }
  return "";
}

TEST(LoadBackend, ErrorsOfTheModuleAreErrorsOfTheProgram) {
  try {
    backend().open_source("/nowhere/video.mp4", {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_STREQ(error.what(), "video '/nowhere/video.mp4' does not exist");
  }
}

TEST(LoadBackend, SaysThatTheModuleIsMissing) {
  const std::string message = refusal("libgenga_no_such.so");
  EXPECT_EQ(message.find("videos need genga's module libgenga_no_such.so"), 0U) << message;
  EXPECT_NE(message.find("No such file"), std::string::npos) << message;
}

TEST(LoadBackend, RefusesALibraryThatIsNoModule) {
  const std::string message = refusal("libm.so.6");
  EXPECT_NE(message.find("genga_video_backend"), std::string::npos) << message;
}

}  // namespace
}  // namespace genga::video
