// Read-only mappings of files.
#include "weights/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "genga/error.h"
#include "genga/system.h"

namespace genga::weights {
namespace {

[[noreturn]] void fail_errno(const std::filesystem::path& path, int error) {
  fail(error == ENOENT || error == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kIo, "file '{}': {}", path.string(),
       std::strerror(error));
}

}  // namespace

MappedFile map_file(const std::filesystem::path& path) {
  // Without O_NONBLOCK, opening a named pipe would wait for a writer instead of being refused below.
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) fail_errno(path, errno);
  struct stat info{};
  if (::fstat(file.get(), &info) != 0) fail_errno(path, errno);
  if (S_ISDIR(info.st_mode)) fail(ErrorCode::kIo, "file '{}': is a folder, expected a file", path.string());
  if (!S_ISREG(info.st_mode)) {
    fail(ErrorCode::kIo, "file '{}': is a pipe or device, expected a regular file; save it to disk first",
         path.string());
  }
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size == 0) return {};
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (address == MAP_FAILED) fail_errno(path, errno);
  std::shared_ptr<const void> owner(address, [size](const void* p) { ::munmap(const_cast<void*>(p), size); });
  return {{static_cast<const std::byte*>(address), size}, std::move(owner)};
}

}  // namespace genga::weights
