// File descriptors and shared libraries.
#include "genga/system.h"

#include <dlfcn.h>
#include <unistd.h>

#include "genga/error.h"

namespace genga {

int FileDescriptor::close() {
  return fd_ < 0 ? 0 : ::close(std::exchange(fd_, -1));
}

void* load_symbol(const char* library, const char* symbol) {
  void* handle = ::dlopen(library, RTLD_NOW | RTLD_LOCAL);
  void* address = handle == nullptr ? nullptr : ::dlsym(handle, symbol);
  if (address == nullptr) fail(ErrorCode::kUnsupported, "{}", ::dlerror());
  return address;
}

}  // namespace genga
