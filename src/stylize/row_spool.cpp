#include "stylize/row_spool.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "genga/error.h"

namespace genga::stylize {
namespace {

[[noreturn]] void fail_system(const char* what) {
  fail(ErrorCode::kIo, "{} the temporary copy of the photo in {}: {}", what,
       std::filesystem::temp_directory_path().string(), std::strerror(errno));
}

void write_all(int file, const std::byte* data, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::write(file, data, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail_system("cannot write");
    data += n;
    size -= static_cast<std::size_t>(n);
  }
}

void read_all(int file, std::int64_t at, std::byte* data, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::pread(file, data, size, at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail_system("cannot read");
    data += n;
    at += n;
    size -= static_cast<std::size_t>(n);
  }
}

}  // namespace

RowSpool::RowSpool(const PhotoRows& photo) : shape_(photo) {
  shape_.read = [this](std::span<std::uint16_t> rows) { read(rows); };
  std::string name = (std::filesystem::temp_directory_path() / "genga_rows_XXXXXX").string();
  file_ = ::mkstemp(name.data());
  if (file_ < 0) fail_system("cannot make");
  ::unlink(name.c_str());
}

RowSpool::~RowSpool() {
  ::close(file_);
}

void RowSpool::append(std::span<const std::uint16_t> rows) {
  if (shape_.bits != 8) {
    write_all(file_, std::as_bytes(rows).data(), rows.size_bytes());
    return;
  }
  std::vector<std::byte> bytes(rows.size());
  std::transform(rows.begin(), rows.end(), bytes.begin(), [](std::uint16_t v) { return std::byte(v >> 8); });
  write_all(file_, bytes.data(), bytes.size());
}

PhotoRows RowSpool::rows() {
  read_at_ = 0;
  return shape_;
}

void RowSpool::read(std::span<std::uint16_t> rows) {
  if (shape_.bits != 8) {
    read_all(file_, read_at_, std::as_writable_bytes(rows).data(), rows.size_bytes());
    read_at_ += static_cast<std::int64_t>(rows.size_bytes());
    return;
  }
  std::vector<std::byte> bytes(rows.size());
  read_all(file_, read_at_, bytes.data(), bytes.size());
  read_at_ += static_cast<std::int64_t>(bytes.size());
  std::transform(bytes.begin(), bytes.end(), rows.begin(),
                 [](std::byte b) { return static_cast<std::uint16_t>(std::to_integer<int>(b) * 257); });
}

}  // namespace genga::stylize
