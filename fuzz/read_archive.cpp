// Any bytes give members with harmless names and no more than the limits allow, or an Error. The checksums of tar's
// headers are made right first, which would stop most changes to names and sizes.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <span>
#include <vector>

#include "fetch/formats/archive_reader.h"
#include "genga/error.h"
#include "genga/system.h"
#include "require.h"

namespace {

using namespace genga;

/// Of what looks like headers: an octal sum of their bytes, with spaces in the place of the sum.
std::vector<std::uint8_t> with_tar_checksums(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kBlock = 512, kSumAt = 148, kSumBytes = 8, kMagicAt = 257;
  std::vector<std::uint8_t> bytes(data, data + size);
  for (std::size_t at = 0; at + kBlock <= size; at += kBlock) {
    const std::span block(bytes.data() + at, kBlock);
    if (std::memcmp(&block[kMagicAt], "ustar", 5) != 0) continue;
    std::ranges::fill(block.subspan(kSumAt, kSumBytes), std::uint8_t{' '});
    const std::string sum = fmt::format("{:06o}", std::accumulate(block.begin(), block.end(), 0U));
    std::ranges::copy(sum, block.begin() + kSumAt);
    block[kSumAt + sum.size()] = 0;
  }
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr fetch::ArchiveLimits kLimits{.max_member = 1 << 16, .max_ratio = 100, .always_allowed = 1 << 20};
  const std::vector<std::uint8_t> bytes = with_tar_checksums(data, size);
  const FileDescriptor file(memfd_create("input", MFD_CLOEXEC));
  fuzz::require(write(file.get(), bytes.data(), size) == static_cast<ssize_t>(size), "the input is there to be read");
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
