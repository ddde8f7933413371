// Any line gives an entry that survives being written, or an Error; any text is looked up among the licences.
#include "genga/dataset.h"
#include "genga/error.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace genga;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  dataset::find_licence(text);
  try {
    const std::string line = dataset::to_line(dataset::parse_line(text, "input"));
    fuzz::require(dataset::to_line(dataset::parse_line(line, "own line")) == line, "an entry survives its line");
  } catch (const Error& error) {
    fuzz::require(error.code() == ErrorCode::kCorruptData, "a line that is no entry is corrupt");
  }
  return 0;
}
