// File descriptors and shared libraries.
#include "genga/system.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cerrno>

#include "genga/error.h"

namespace genga {

int FileDescriptor::close() {
  return fd_ < 0 ? 0 : ::close(std::exchange(fd_, -1));
}

bool write_all(int fd, const void* bytes, std::size_t n_bytes) {
  const auto* from = static_cast<const std::byte*>(bytes);
  while (n_bytes > 0) {
    const ssize_t n = ::write(fd, from, n_bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    from += n;
    n_bytes -= static_cast<std::size_t>(n);
  }
  return true;
}

void* load_symbol(const char* library, const char* symbol) {
  void* handle = ::dlopen(library, RTLD_NOW | RTLD_LOCAL);
  void* address = handle == nullptr ? nullptr : ::dlsym(handle, symbol);
  if (address == nullptr) fail(ErrorCode::kUnsupported, "{}", ::dlerror());
  return address;
}

}  // namespace genga
