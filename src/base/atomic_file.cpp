// Files that appear only when whole, and whole files to and from memory.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/system.h"

namespace genga {
namespace {

FileDescriptor open_file(const std::filesystem::path& path, int flags, mode_t mode = 0) {
  return FileDescriptor(::open(path.c_str(), flags | O_CLOEXEC, mode));
}

std::string system_text(int error) {
  return std::generic_category().message(error);
}

/// Makes an empty file for the content until it is whole. Empty if it cannot be made (errno). Beside the target, so
/// that the rename stays on one file system; hidden, so that folder scans pass it over; not made of the target's name,
/// which may be as long as a name may be. A name may be taken: by a process that was killed and had this one's number,
/// as in containers, where each is the first.
std::filesystem::path new_temporary(const std::filesystem::path& folder) {
  constexpr int kTries = 10000;
  static std::atomic<unsigned> counter{0};
  for (int i = 0; i < kTries; ++i) {
    const std::filesystem::path candidate = folder / fmt::format(".genga-{}-{}.part", ::getpid(), counter++);
    if (open_file(candidate, O_WRONLY | O_CREAT | O_EXCL, 0666)) return candidate;
    if (errno != EEXIST) break;
  }
  return {};
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)) {
  std::error_code ignored;  // what else is wrong with the path, open() says
  if (std::filesystem::is_directory(path_, ignored)) {
    fail(ErrorCode::kIo, "'{}': cannot write: it is a folder", path_.string());
  }
  struct stat there{};
  if (::lstat(path_.c_str(), &there) != 0 && errno != ENOENT) {  // else rename() would say it, after all the work
    fail(ErrorCode::kIo, "'{}': cannot write: {}", path_.string(), system_text(errno));
  }
  temporary_ = new_temporary(path_.parent_path());
  if (temporary_.empty()) fail(ErrorCode::kIo, "'{}': cannot write: {}", path_.string(), system_text(errno));
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, {})) {}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::commit() {
  FileDescriptor file = open_file(temporary_, O_RDONLY);
  if (!file || ::fsync(file.get()) != 0 || file.close() != 0 || ::rename(temporary_.c_str(), path_.c_str()) != 0) {
    fail(ErrorCode::kIo, "'{}': cannot write: {}", path_.string(), system_text(errno));
  }
  temporary_.clear();
}

std::vector<std::byte> read_file(const std::filesystem::path& path, std::int64_t max_bytes) {
  const FileDescriptor file = open_file(path, O_RDONLY);
  if (!file) {
    fail(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo, "'{}': cannot read: {}", path.string(),
         system_text(errno));
  }
  struct stat info{};
  if (::fstat(file.get(), &info) != 0 || S_ISDIR(info.st_mode)) {
    fail(ErrorCode::kIo, "'{}': cannot read: it is a folder", path.string());
  }
  if (info.st_size > max_bytes) {
    fail(ErrorCode::kOutOfMemory, "'{}': is {}, more than the limit of {}", path.string(), format_bytes(info.st_size),
         format_bytes(max_bytes));
  }
  std::vector<std::byte> bytes(static_cast<std::size_t>(std::max<std::int64_t>(info.st_size, 0)));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::read(file.get(), bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(ErrorCode::kIo, "'{}': cannot read: {}", path.string(), system_text(errno));
    if (n == 0) break;  // shrank while being read
    done += static_cast<std::size_t>(n);
  }
  bytes.resize(done);
  return bytes;
}

void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  AtomicFile target(path);
  {
    FileDescriptor file = open_file(target.temporary(), O_WRONLY | O_TRUNC);
    if (!file || !write_all(file.get(), bytes.data(), bytes.size()) || file.close() != 0)
      fail(ErrorCode::kIo, "'{}': cannot write: {}", path.string(), system_text(errno));
  }
  target.commit();
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  write_file(path, std::as_bytes(std::span(text.data(), text.size())));
}

}  // namespace genga
