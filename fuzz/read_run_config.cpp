// Any text gives a run's config that survives being written and is checked, or an Error.
#include "genga/error.h"
#include "genga/train.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace genga;
  try {
    const train::RunConfig config = train::compose({reinterpret_cast<const char*>(data), size}, "input", {});
    const std::string written = train::to_toml(config);
    train::RunConfig again;
    train::apply_toml(again, written, "own");
    fuzz::require(train::to_toml(again) == written, "a config survives being written");
    train::check(config);
  } catch (const Error& error) {
    fuzz::require(error.code() == ErrorCode::kInvalidArgument || error.code() == ErrorCode::kNotFound,
                  "a text that is no config is the user's mistake");
  }
  return 0;
}
