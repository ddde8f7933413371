// A library to be preloaded (LD_PRELOAD) that lets one call of the C library fail, so that tests see what a program
// does on a full or broken disk, on interrupted calls, and without memory. By environment:
//   GENGA_FAULT        CALL:ERROR:N: the N-th CALL (open, read, write, fsync, rename, unlink, allocate), counted from
//                      1, fails; ERROR is ENOSPC, EIO, EINTR or short (half of what was asked for is read or written)
//   GENGA_FAULT_FOLDER only calls on files below it count; allocations count from 256 KiB on, since GLib and ORC end
//                      the program themselves for want of less
//   GENGA_FAULT_FIRED  this file is made when the fault happens
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr std::size_t kLarge = 256 << 10;  // bytes

struct Fault {
  char call[16] = {};
  int error = 0;
  bool is_short = false;
  long n = 0;
  char folder[PATH_MAX] = {};
  const char* fired = nullptr;
};

int error_named(const char* name) {
  if (std::strcmp(name, "ENOSPC") == 0) return ENOSPC;
  if (std::strcmp(name, "EINTR") == 0) return EINTR;
  return EIO;
}

Fault read_environment() {
  Fault fault;
  char error[16] = {};
  const char* text = std::getenv("GENGA_FAULT");
  const char* folder = std::getenv("GENGA_FAULT_FOLDER");
  fault.fired = std::getenv("GENGA_FAULT_FIRED");
  if (text == nullptr || folder == nullptr ||
      std::sscanf(text, "%15[a-z]:%15[A-Za-z]:%ld", fault.call, error, &fault.n) != 3) {
    fault.n = 0;
    return fault;
  }
  std::strncpy(fault.folder, folder, sizeof fault.folder - 1);
  fault.is_short = std::strcmp(error, "short") == 0;
  fault.error = error_named(error);
  return fault;
}

const Fault& fault() {
  static const Fault value = read_environment();
  return value;
}

/// Whether this call is the one that is to fail.
bool fires(const char* call) {
  static std::atomic<long> count{0};
  if (fault().n == 0 || std::strcmp(call, fault().call) != 0) return false;
  if (++count != fault().n) return false;
  if (fault().fired != nullptr) {
    const long fd = syscall(SYS_openat, AT_FDCWD, fault().fired, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd >= 0) syscall(SYS_close, fd);
  }
  errno = fault().error;
  return true;
}

bool is_below(const char* path) {
  const std::size_t n = std::strlen(fault().folder);
  return n > 0 && std::strncmp(path, fault().folder, n) == 0;
}

bool is_ours(int directory, const char* path) {
  if (fault().n == 0) return false;
  if (path[0] == '/') return is_below(path);
  char name[64], place[2 * PATH_MAX];
  std::snprintf(name, sizeof name, directory == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", directory);
  const long n = syscall(SYS_readlinkat, AT_FDCWD, name, place, PATH_MAX);
  if (n < 0) return false;
  std::snprintf(place + n, sizeof place - static_cast<std::size_t>(n), "/%s", path);
  return is_below(place);
}

bool is_ours(int fd) {
  if (fault().n == 0) return false;
  char name[64], place[PATH_MAX];
  std::snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  const long n = syscall(SYS_readlinkat, AT_FDCWD, name, place, sizeof place - 1);
  if (n < 0) return false;
  place[n] = '\0';
  return is_below(place);
}

template <class Function>
Function* real(Function*, const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}
#define REAL(function) static auto* const next = real(&function, #function)

/// Bytes to read or write instead of n; -1 with errno: the call fails.
ssize_t allowed(const char* call, int fd, std::size_t n) {
  if (!is_ours(fd) || !fires(call)) return static_cast<ssize_t>(n);
  if (!fault().is_short) return -1;
  return static_cast<ssize_t>(n > 1 ? n / 2 : n);
}

mode_t mode_of(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

extern "C" {

int openat(int directory, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  if (is_ours(directory, path) && fires("open")) return -1;
  return static_cast<int>(syscall(SYS_openat, directory, path, flags, mode));
}
int openat64(int directory, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return openat(directory, path, flags, mode);
}
int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return openat(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return openat(AT_FDCWD, path, flags, mode);
}
FILE* fopen(const char* path, const char* mode) {
  REAL(fopen);
  if (is_ours(AT_FDCWD, path) && fires("open")) return nullptr;
  return next(path, mode);
}
FILE* fopen64(const char* path, const char* mode) {
  REAL(fopen64);
  if (is_ours(AT_FDCWD, path) && fires("open")) return nullptr;
  return next(path, mode);
}

ssize_t read(int fd, void* bytes, size_t n) {
  const ssize_t want = allowed("read", fd, n);
  return want < 0 ? want : syscall(SYS_read, fd, bytes, want);
}
ssize_t pread64(int fd, void* bytes, size_t n, off64_t offset) {
  const ssize_t want = allowed("read", fd, n);
  return want < 0 ? want : syscall(SYS_pread64, fd, bytes, want, offset);
}
ssize_t pread(int fd, void* bytes, size_t n, off_t offset) {
  return pread64(fd, bytes, n, offset);
}
ssize_t write(int fd, const void* bytes, size_t n) {
  const ssize_t want = allowed("write", fd, n);
  return want < 0 ? want : syscall(SYS_write, fd, bytes, want);
}
ssize_t pwrite64(int fd, const void* bytes, size_t n, off64_t offset) {
  const ssize_t want = allowed("write", fd, n);
  return want < 0 ? want : syscall(SYS_pwrite64, fd, bytes, want, offset);
}
ssize_t pwrite(int fd, const void* bytes, size_t n, off_t offset) {
  return pwrite64(fd, bytes, n, offset);
}
ssize_t writev(int fd, const iovec* parts, int n) {
  if (n > 0 && allowed("write", fd, 2) < 2)
    return fault().is_short ? write(fd, parts[0].iov_base, parts[0].iov_len) : -1;
  return syscall(SYS_writev, fd, parts, n);
}

int fsync(int fd) {
  if (is_ours(fd) && fires("fsync")) return -1;
  return static_cast<int>(syscall(SYS_fsync, fd));
}
int fdatasync(int fd) {
  if (is_ours(fd) && fires("fsync")) return -1;
  return static_cast<int>(syscall(SYS_fdatasync, fd));
}
int renameat(int from_directory, const char* from, int to_directory, const char* to) {
  if (is_ours(to_directory, to) && fires("rename")) return -1;
  return static_cast<int>(syscall(SYS_renameat2, from_directory, from, to_directory, to, 0));
}
int rename(const char* from, const char* to) noexcept {
  return renameat(AT_FDCWD, from, AT_FDCWD, to);
}
int unlinkat(int directory, const char* path, int flags) noexcept {
  if (is_ours(directory, path) && fires("unlink")) return -1;
  return static_cast<int>(syscall(SYS_unlinkat, directory, path, flags));
}
int unlink(const char* path) noexcept {
  return unlinkat(AT_FDCWD, path, 0);
}

// What libraries allocate while they are loaded, LibTorch's above all, nobody could report.
static bool has_begun = false;
int __libc_start_main(int (*program)(int, char**, char**), int n, char** arguments, void (*init)(), void (*fini)(),
                      void (*loader_fini)(), void* stack_end) {
  REAL(__libc_start_main);
  has_begun = true;
  return next(program, n, arguments, init, fini, loader_fini, stack_end);
}

// glibc's own allocators under names that need no lookup: dlsym() allocates.
void* __libc_malloc(size_t n);
void* __libc_calloc(size_t count, size_t n);
void* __libc_realloc(void* bytes, size_t n);
void* __libc_memalign(size_t alignment, size_t n);

static bool no_memory(size_t n) {
  if (n < kLarge || !has_begun || !fires("allocate")) return false;
  errno = ENOMEM;
  return true;
}
void* malloc(size_t n) noexcept {
  return no_memory(n) ? nullptr : __libc_malloc(n);
}
void* calloc(size_t count, size_t n) noexcept {
  return no_memory(count * n) ? nullptr : __libc_calloc(count, n);
}
void* realloc(void* bytes, size_t n) noexcept {
  return no_memory(n) ? nullptr : __libc_realloc(bytes, n);
}
void* aligned_alloc(size_t alignment, size_t n) noexcept {
  return no_memory(n) ? nullptr : __libc_memalign(alignment, n);
}
void* memalign(size_t alignment, size_t n) noexcept {
  return no_memory(n) ? nullptr : __libc_memalign(alignment, n);
}
int posix_memalign(void** bytes, size_t alignment, size_t n) noexcept {
  if (no_memory(n)) return ENOMEM;
  *bytes = __libc_memalign(alignment, n);
  return *bytes == nullptr ? ENOMEM : 0;
}

}  // extern "C"
