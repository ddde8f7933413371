// RowSpool: a photo's rows in an unnamed temporary file.
#include "stylize/row_spool.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "genga/error.h"

namespace genga::stylize {
namespace {

/// $TMPDIR or /var/tmp; not /tmp, which may be memory. mkostemp() finds out whether it exists.
std::string temporary_folder() {
  const char* chosen = std::getenv("TMPDIR");
  return chosen != nullptr && *chosen != '\0' ? chosen : "/var/tmp";
}

[[noreturn]] void fail_system(const char* what, int error) {
  fail(ErrorCode::kIo, "{} the temporary copy of the photo in '{}': {}; set TMPDIR to a folder with room", what,
       temporary_folder(), std::strerror(error));
}

void read_all(int file, std::int64_t at, std::byte* data, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::pread(file, data, size, at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail_system("cannot read", n < 0 ? errno : EIO);
    data += n;
    at += n;
    size -= static_cast<std::size_t>(n);
  }
}

}  // namespace

RowSpool::RowSpool(const PhotoRows& photo) : shape_(photo) {
  shape_.read = [this](std::span<std::uint16_t> rows) { read(rows); };
  std::string name = temporary_folder() + "/genga_rows_XXXXXX";
  file_ = FileDescriptor(::mkostemp(name.data(), O_CLOEXEC));
  if (!file_) fail_system("cannot make", errno);
  ::unlink(name.c_str());
}

void RowSpool::append(std::span<const std::uint16_t> rows) {
  std::vector<std::byte> narrow;
  std::span<const std::byte> bytes = std::as_bytes(rows);
  if (shape_.bits == 8) {
    narrow.resize(rows.size());
    std::transform(rows.begin(), rows.end(), narrow.begin(), [](std::uint16_t v) { return std::byte(v >> 8); });
    bytes = narrow;
  }
  if (!write_all(file_.get(), bytes.data(), bytes.size())) fail_system("cannot write", errno);
}

PhotoRows RowSpool::rows() {
  read_at_ = 0;
  return shape_;
}

void RowSpool::read(std::span<std::uint16_t> rows) {
  if (shape_.bits != 8) {
    read_all(file_.get(), read_at_, std::as_writable_bytes(rows).data(), rows.size_bytes());
    read_at_ += static_cast<std::int64_t>(rows.size_bytes());
    return;
  }
  std::vector<std::byte> bytes(rows.size());
  read_all(file_.get(), read_at_, bytes.data(), bytes.size());
  read_at_ += static_cast<std::int64_t>(bytes.size());
  std::transform(bytes.begin(), bytes.end(), rows.begin(),
                 [](std::byte b) { return static_cast<std::uint16_t>(std::to_integer<int>(b) * 257); });
}

}  // namespace genga::stylize
