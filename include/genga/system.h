// Handles of the operating system that close themselves, writing to them, and modules that are loaded on demand.
#pragma once

#include <cstddef>
#include <utility>

namespace genga {

/// Owns a file descriptor. -1: none.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~FileDescriptor() { close(); }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  /// Closes now; afterwards there is none. Returns what close() returned (-1 with errno for an error that a write-back
  /// met), 0 if there was none.
  int close();

 private:
  int fd_ = -1;
};

/// Writes all of it: interrupted and short writes go on. False, with errno, if it cannot; a part may be written then.
bool write_all(int fd, const void* bytes, std::size_t n_bytes);

/// The function `symbol` of a shared library, by file name (searched for as the program's RUNPATH says: beside it in a
/// build tree, in ../lib/genga once installed) or path. The library stays until the process ends.
/// Throws Error: kUnsupported, with the loader's words.
void* load_symbol(const char* library, const char* symbol);

}  // namespace genga
