// Tests of styles by name and of the styles that are compiled in.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "genga/error.h"
#include "genga/stylize.h"
#include "stylize/embedded.h"
#include "stylize/test_nets.h"

namespace genga::stylize {
namespace {

Error error_of(const std::string& name) {
  try {
    open_style(name);
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "'" << name << "' was opened";
  return Error(ErrorCode::kInternal, "");
}

TEST(OpenStyle, EveryEmbeddedStyleOpensAndIsAligned) {
  for (const EmbeddedStyle& style : embedded_styles()) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(style.bytes.data()) % 64, 0U) << style.name;
    const weights::Model model = open_style(std::string(style.name));
    EXPECT_EQ(model.card.name, style.name);
    EXPECT_NO_THROW(weights::read_model(style.bytes, nullptr)) << style.name;  // its hash, which opening believes
    const bool takes_photos = model.graph.input().height == 0;  // else it makes images from noise: module sample
    if (takes_photos) {
      EXPECT_NO_THROW(Stylizer{model}) << style.name;
    } else {
      EXPECT_THROW(Stylizer{model}, Error) << style.name;
    }
  }
}

TEST(OpenStyle, TheEmptyNameIsTheDefaultStyle) {
  if (embedded_styles().empty()) {
    EXPECT_EQ(error_of("").code(), ErrorCode::kNotFound);
    return;
  }
  EXPECT_EQ(open_style("").sha256, open_style(std::string(default_style_name())).sha256);
}

TEST(OpenStyle, UnknownNamesAreNotFound) {
  const Error error = error_of("no_such_style");
  EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  EXPECT_NE(std::string(error.what()).find("no_such_style"), std::string::npos);
  EXPECT_EQ(error_of("no/such/file.safetensors").code(), ErrorCode::kNotFound);
}

TEST(OpenStyle, NamesNoFileSystemHasAreNotFound) {
  EXPECT_EQ(error_of(std::string(5000, 'x')).code(), ErrorCode::kNotFound);
}

TEST(OpenStyle, NearMissesAreNamed) {
  if (embedded_styles().empty()) GTEST_SKIP() << "this build embeds no styles";
  const std::string name(embedded_styles().front().name);
  EXPECT_NE(std::string(error_of(name + "x").what()).find("did you mean '" + name), std::string::npos);
}

TEST(OpenStyle, AModelFileOpensByItsPath) {
  const auto path = std::filesystem::temp_directory_path() / fmt::format("genga_style_{}.safetensors", ::getpid());
  weights::write_model_file(path, small_net());
  EXPECT_EQ(open_style(path.string()).card.name, "small");
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace genga::stylize
