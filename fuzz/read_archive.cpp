// Any bytes give members with harmless names and no more than the limits allow, or an Error.
#include <sys/mman.h>
#include <unistd.h>

#include "fetch/formats/archive_reader.h"
#include "genga/error.h"
#include "genga/system.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace genga;
  constexpr fetch::ArchiveLimits kLimits{.max_member = 1 << 16, .max_ratio = 100, .always_allowed = 1 << 20};
  const FileDescriptor file(memfd_create("input", MFD_CLOEXEC));
  fuzz::require(write(file.get(), data, size) == static_cast<ssize_t>(size), "the input is there to be read");
  try {
    fetch::ArchiveReader reader("/proc/self/fd/" + std::to_string(file.get()), kLimits);
    fetch::ArchiveMember member;
    std::int64_t total = 0;
    while (reader.next(member, [](const std::string&) { return true; }, CancelToken{})) {
      total += static_cast<std::int64_t>(member.bytes.size());
      fuzz::require(static_cast<std::int64_t>(member.bytes.size()) <= kLimits.max_member, "a member is not too large");
      fuzz::require(!member.refused.empty() || fetch::why_unsafe(member.name).empty(), "a name does not lead outside");
    }
    fuzz::require(total <= kLimits.always_allowed + kLimits.max_ratio * static_cast<std::int64_t>(size),
                  "an archive does not unpack to far more than itself");
  } catch (const Error& error) {
    fuzz::require(error.code() == ErrorCode::kCorruptData || error.code() == ErrorCode::kOutOfMemory,
                  "bytes that are no archive are corrupt or a bomb");
  }
  return 0;
}
