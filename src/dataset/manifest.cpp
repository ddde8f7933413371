// Manifests as files: reading, saving, appending under a lock. What a line holds is in manifest_line.cpp.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "genga/base.h"
#include "genga/dataset.h"
#include "genga/error.h"
#include "genga/image.h"
#include "genga/sha256.h"
#include "genga/system.h"

namespace genga::dataset {
namespace fs = std::filesystem;
namespace {

fs::path manifest_path(const fs::path& folder) {
  return folder / kManifestName;
}

/// One writer at a time per collection. A file of its own, because the manifest itself is replaced.
class Lock {
 public:
  explicit Lock(const fs::path& folder) {
    const fs::path path = folder / ".manifest.lock";
    fd_ = FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (!fd_) fail(ErrorCode::kIo, "'{}': cannot write here: {}", folder.string(), std::strerror(errno));
    if (::flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) {
      fail(ErrorCode::kBusy, "'{}': another genga data command is writing this collection; wait until it has ended",
           folder.string());
    }
  }

 private:
  FileDescriptor fd_;
};

void require_folder(const fs::path& folder) {
  std::error_code ignored;
  if (fs::is_directory(folder, ignored)) return;
  fail(ErrorCode::kNotFound, "'{}': {}; give the folder that holds the images", folder.string(),
       fs::exists(folder, ignored) ? "is no folder" : "does not exist");
}

/// Whether a last line without a line end was written to its end.
bool is_whole(std::string_view line) {
  return nlohmann::json::accept(line);
}

/// Changes whenever the file does: which file, how long, when written.
std::string version_of(const fs::path& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return {};
  return fmt::format("{}-{}-{}.{}", info.st_ino, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
}

}  // namespace

bool Entry::kept() const {
  bool keep = true;
  for (const Decision& decision : decisions) {
    if (decision.step != "hand") keep &= decision.keep;
  }
  for (const Decision& decision : decisions) {
    if (decision.step == "hand") keep = decision.keep;
  }
  return keep;
}

const Entry* Manifest::find(std::string_view file) const {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.file == file; });
  return found == entries.end() ? nullptr : &*found;
}

Entry* Manifest::find(std::string_view file) {
  return const_cast<Entry*>(std::as_const(*this).find(file));
}

bool has_manifest(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(manifest_path(folder), ignored);
}

Manifest read_manifest(const fs::path& folder) {
  const fs::path path = manifest_path(folder);
  if (!has_manifest(folder)) {
    require_folder(folder);
    fail(ErrorCode::kNotFound, "'{}': has no {}; make one with genga data manifest {}", folder.string(), kManifestName,
         folder.string());
  }
  Manifest manifest{.folder = folder, .entries = {}, .version = version_of(path)};
  const std::vector<std::byte> bytes = read_file(path);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::unordered_map<std::string, std::size_t> index;
  std::size_t begin = 0;
  for (std::int64_t number = 1; begin < text.size(); ++number) {
    const std::size_t end = text.find('\n', begin);
    const std::string_view line = text.substr(begin, end == text.npos ? end : end - begin);
    // Cut short while it was written: as if that image had not arrived. Whole: an editor wrote no last line end.
    if (end == text.npos && !is_whole(line)) break;
    begin = end == text.npos ? text.size() : end + 1;
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    Entry entry = parse_line(line, fmt::format("'{}' line {}", path.string(), number));
    const auto [at, is_new] = index.try_emplace(entry.file, manifest.entries.size());
    if (is_new) {
      manifest.entries.push_back(std::move(entry));
    } else {
      manifest.entries[at->second] = std::move(entry);
    }
  }
  return manifest;
}

Manifest read_manifest_if_any(const fs::path& folder) {
  require_folder(folder);
  return has_manifest(folder) ? read_manifest(folder) : Manifest{.folder = folder, .entries = {}, .version = {}};
}

void save_manifest(Manifest& manifest) {
  const Lock lock(manifest.folder);
  const fs::path path = manifest_path(manifest.folder);
  if (version_of(path) != manifest.version) {
    fail(ErrorCode::kBusy, "'{}': was changed by another program meanwhile; run the command again", path.string());
  }
  std::string text;
  for (const Entry& entry : manifest.entries) text += to_line(entry) + '\n';
  write_file(path, text);
  manifest.version = version_of(path);
}

struct ManifestWriter::Impl {
  explicit Impl(const fs::path& folder) : path(manifest_path(folder)), lock(folder) {
    fd = FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (!fd) fail(ErrorCode::kIo, "'{}': cannot write: {}", path.string(), std::strerror(errno));
    size = ::lseek(fd.get(), 0, SEEK_END);
    end_last_line();
  }

  /// A crash may have left half a line, which the next one would be glued to. A whole one only lacks its end.
  void end_last_line() {
    std::string line;
    char last = '\n';
    off_t end = size;
    while (end > 0 && ::pread(fd.get(), &last, 1, end - 1) == 1 && last != '\n') {
      line += last;
      --end;
    }
    std::reverse(line.begin(), line.end());
    if (line.find_first_not_of(" \t\r") == line.npos || !is_whole(line)) {
      if (end != size && ::ftruncate(fd.get(), end) != 0) fail_to_write();
      size = end;
    } else {
      append("\n");
    }
  }

  void append(std::string_view text) {
    std::size_t done = 0;
    while (done < text.size()) {
      const ssize_t n = ::pwrite(fd.get(), text.data() + done, text.size() - done, size + static_cast<off_t>(done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        const int why = errno;
        [[maybe_unused]] const int ignored = ::ftruncate(fd.get(), size);  // a full disk: no half line stays
        errno = why;
        fail_to_write();
      }
      done += static_cast<std::size_t>(n);
    }
    if (::fdatasync(fd.get()) != 0) fail_to_write();
    size += static_cast<off_t>(text.size());
  }

  [[noreturn]] void fail_to_write() const {
    fail(ErrorCode::kIo, "'{}': cannot write: {}", path.string(), std::strerror(errno));
  }

  fs::path path;
  Lock lock;
  FileDescriptor fd;
  off_t size = 0;
};

ManifestWriter::ManifestWriter(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) fail(ErrorCode::kIo, "'{}': cannot make this folder: {}", folder.string(), error.message());
  impl_ = std::make_unique<Impl>(folder);
}
ManifestWriter::ManifestWriter(ManifestWriter&&) noexcept = default;
ManifestWriter::~ManifestWriter() = default;

void ManifestWriter::append(const Entry& entry) {
  impl_->append(to_line(entry) + '\n');
}

Entry describe_file(const fs::path& folder, const fs::path& file) {
  const fs::path relative = file.lexically_relative(folder);
  if (relative.empty() || *relative.begin() == "..") {
    fail(ErrorCode::kInvalidArgument, "'{}': is not inside '{}'", file.string(), folder.string());
  }
  Entry entry;
  entry.file = relative.generic_string();
  to_line(entry);  // throws if the name cannot be stored
  const image::RowReader reader(image::EncodedImage{.path = file}, {});
  entry.width = reader.info().width;
  entry.height = reader.info().height;
  entry.bytes = static_cast<std::int64_t>(fs::file_size(file));
  entry.sha256 = sha256_of_file(file);
  return entry;
}

Entry derived_entry(const Entry& parent, Origin origin) {
  Entry entry;
  entry.source = parent.source;
  entry.page = parent.page;
  entry.licence = parent.licence;
  entry.licence_url = parent.licence_url;
  entry.author = parent.author;
  entry.attribution = parent.attribution;
  entry.title = parent.title;
  entry.tags = parent.tags;
  entry.split = parent.split;
  entry.origin = std::move(origin);
  return entry;
}

}  // namespace genga::dataset
