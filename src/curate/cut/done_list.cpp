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
  std::ifstream file(path_);
  for (std::string line; std::getline(file, line) && !file.eof();) {  // without a line end: cut short by a crash
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
  // The line end in front closes what a crash may have left open.
  const std::string line = "\n" + operation + "\t" + sha256 + "\t" + options + "\n";
  const FileDescriptor file(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  const off_t end = file ? ::lseek(file.get(), 0, SEEK_END) : -1;
  const ssize_t n = file ? ::write(file.get(), line.data(), line.size()) : -1;
  const bool written = n == static_cast<ssize_t>(line.size());
  const int why = n < 0 ? errno : ENOSPC;
  // The part of a line would later be read as one with other options.
  if (n > 0 && !written) [[maybe_unused]]
    const int ignored = ::ftruncate(file.get(), end);
  if (!written) fail(ErrorCode::kIo, "'{}': cannot write: {}", path_.string(), std::strerror(why));
  done_[{operation, sha256}] = options;
}

}  // namespace genga::curate
