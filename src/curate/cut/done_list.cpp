// Reads .genga-done and appends to it, so that a line which was cut short is never taken for a whole one.
#include "curate/cut/done_list.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "genga/error.h"
#include "genga/system.h"

namespace genga::curate {

DoneList::DoneList(const std::filesystem::path& folder) : path_(folder / ".genga-done") {
  std::ifstream file(path_, std::ios::binary);
  for (std::string line;
       std::getline(file, line) && !file.eof();) {  // at the end of the file without a line end: cut short
    size_ += std::ssize(line) + 1;
    const auto first = line.find('\t');
    const auto second = first == line.npos ? line.npos : line.find('\t', first + 1);
    if (second == line.npos) continue;
    done_[{line.substr(0, first), line.substr(first + 1, second - first - 1)}] = line.substr(second + 1);
  }
}

const std::string* DoneList::options_of(const std::string& operation, const std::string& sha256) const {
  const auto it = done_.find({operation, sha256});
  return it == done_.end() ? nullptr : &it->second;
}

void DoneList::add(const std::string& operation, const std::string& sha256, const std::string& options) {
  const std::string line = operation + "\t" + sha256 + "\t" + options + "\n";
  FileDescriptor file(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  // A crash or a full disk may have left the beginning of a line. It is cut off first: with a line end behind it, it
  // would be read as a file that was cut with other options.
  // What only partly fits, the next call cuts off.
  const bool written = file && ::ftruncate(file.get(), size_) == 0 && write_all(file.get(), line.data(), line.size());
  const int write_error = errno;
  if (!written) fail(ErrorCode::kIo, "'{}': cannot write: {}", path_.string(), std::strerror(write_error));
  if (file.close() != 0) fail(ErrorCode::kIo, "'{}': cannot write: {}", path_.string(), std::strerror(errno));
  size_ += std::ssize(line);
  done_[{operation, sha256}] = options;
}

}  // namespace genga::curate
