// Reads archives by libarchive, counting what is unpacked, and says of each member why it is refused.
#include "fetch/formats/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <locale.h>

#include <algorithm>
#include <cctype>
#include <cerrno>

#include "genga/error.h"
#include "genga/text.h"

namespace genga::fetch {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kBlock = 1 << 20;  // of the archive
constexpr std::size_t kPiece = 1 << 16;  // of a member
constexpr std::int64_t kHeader =
    512;  // bytes of a tar member's header; counted, because a bomb may be many empty members

/// Sets this thread's locale to UTF-8 as long as it lives: libarchive converts names to the locale, and the locale C
/// has ASCII only.
class Utf8Locale {
 public:
  Utf8Locale() : before_(utf8() == nullptr ? nullptr : ::uselocale(utf8())) {}
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;
  ~Utf8Locale() {
    if (before_ != nullptr) ::uselocale(before_);
  }

 private:
  static locale_t utf8() {
    static const locale_t made = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return made;
  }
  locale_t before_;
};

std::string name_of(archive_entry* entry) {
  if (const char* name = archive_entry_pathname_utf8(entry)) return name;
  const char* name = archive_entry_pathname(entry);  // not UTF-8: an older encoding
  return name == nullptr ? "" : to_utf8(name);
}

/// Why a member that is not a file is refused; "" for files and folders.
std::string why_no_file(archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr || archive_entry_hardlink_utf8(entry) != nullptr)
    return "is a hard link";
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
    case AE_IFDIR:
      return "";
    case AE_IFLNK:
      return "is a symbolic link";
    case AE_IFCHR:
    case AE_IFBLK:
      return "is a device";
    default:
      return "is no file";
  }
}

/// Bytes as the member's header says, clamped so that sums do not overflow.
std::int64_t size_of(archive_entry* entry) {
  return std::clamp<std::int64_t>(archive_entry_size(entry), 0, INT64_MAX / 4);
}

}  // namespace

std::string why_unsafe(std::string_view name) {
  std::string path(name);
  std::ranges::replace(path, '\\', '/');
  if (path.empty()) return "has a name that cannot be read";
  const bool drive = path.size() > 1 && path[1] == ':' && std::isalpha(static_cast<unsigned char>(path[0])) != 0;
  if (path.front() == '/' || drive) return "has an absolute path";
  for (const fs::path& part : fs::path(path)) {
    if (part == "..") return "has a path that leaves the archive";
  }
  return "";
}

struct ArchiveReader::Impl {
  fs::path path{};
  ArchiveLimits limits{};
  std::unique_ptr<archive, decltype(&archive_read_free)> handle{archive_read_new(), &archive_read_free};
  std::int64_t allowed = 0, unpacked = 0, n_members = 0;
  std::int64_t last_end = 0;  // where a tar's last member ends in the unpacked archive; -1: not known

  void open();
  [[noreturn]] void fail_damaged() const;
  void spend(std::int64_t bytes);
  void note_end(archive_entry* entry);
  void check_end_mark() const;
  std::string why_refused(archive_entry* entry, const std::string& name) const;
  void read(ArchiveMember& member, bool counted, const CancelToken& cancel);
  void drain(const CancelToken& cancel);
};

void ArchiveReader::Impl::open() {
  archive* const a = handle.get();
  archive_read_support_format_tar(a);
  archive_read_support_format_zip(a);
  archive_read_support_filter_gzip(a);
  archive_read_support_filter_zstd(a);
  archive_read_support_filter_bzip2(a);
  archive_read_support_filter_xz(a);
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error) {
    fail(error == std::errc::no_such_file_or_directory ? ErrorCode::kNotFound : ErrorCode::kIo, "archive '{}': {}",
         path.string(), error.message());
  }
  if (size == 0) fail(ErrorCode::kCorruptData, "archive '{}': is empty (0 bytes)", path.string());
  allowed = std::max(limits.always_allowed, limits.max_ratio * static_cast<std::int64_t>(size));
  if (archive_read_open_filename(a, path.c_str(), kBlock) != ARCHIVE_OK) {
    if (archive_errno(a) != EACCES && archive_errno(a) != EISDIR) fail_damaged();
    fail(ErrorCode::kIo, "archive '{}': cannot be read: {}", path.string(), archive_error_string(a));
  }
}

void ArchiveReader::Impl::fail_damaged() const {
  const char* words = archive_error_string(handle.get());
  const std::string reason = words == nullptr ? "damaged" : words;
  if (n_members == 0) {
    fail(ErrorCode::kCorruptData, "archive '{}': is no tar or zip archive, or damaged at its beginning ({})",
         path.string(), reason);
  }
  fail(ErrorCode::kCorruptData, "archive '{}': is cut short or damaged after {} members ({}); what came before is kept",
       path.string(), n_members, reason);
}

void ArchiveReader::Impl::spend(std::int64_t bytes) {
  unpacked += bytes;
  if (unpacked <= allowed) return;
  fail(ErrorCode::kOutOfMemory,
       "archive '{}': unpacks to more than {}, over {} times its own size, and is given up after {} members",
       path.string(), format_bytes(allowed), limits.max_ratio, n_members);
}

void ArchiveReader::Impl::note_end(archive_entry* entry) {
  const bool plain = archive_entry_size_is_set(entry) != 0 && archive_entry_sparse_count(entry) == 0;
  const std::int64_t padded = (size_of(entry) + kHeader - 1) / kHeader * kHeader;
  last_end = plain ? archive_filter_bytes(handle.get(), 0) + padded : -1;
}

/// A tar ends with blocks of zeros; one that was cut between two members has none.
void ArchiveReader::Impl::check_end_mark() const {
  const bool tar = (archive_format(handle.get()) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
  if (!tar || last_end < 0 || archive_filter_bytes(handle.get(), 0) > last_end) return;
  fail(ErrorCode::kCorruptData,
       "archive '{}': is cut short or damaged after {} members (it has no end mark); what came before is kept",
       path.string(), n_members);
}

std::string ArchiveReader::Impl::why_refused(archive_entry* entry, const std::string& name) const {
  std::string reason = why_unsafe(name);
  if (reason.empty()) reason = why_no_file(entry);
  if (reason.empty() && archive_entry_is_encrypted(entry) != 0) reason = "is encrypted";
  if (reason.empty() && archive_entry_size_is_set(entry) != 0 && archive_entry_size(entry) > limits.max_member) {
    reason = fmt::format("has {}, more than the {} allowed (--max-bytes)", format_bytes(archive_entry_size(entry)),
                         format_bytes(limits.max_member));
  }
  return reason;
}

void ArchiveReader::Impl::read(ArchiveMember& member, bool counted, const CancelToken& cancel) {
  std::vector<std::byte> block(kPiece);
  while (true) {
    cancel.check();
    const la_ssize_t n = archive_read_data(handle.get(), block.data(), block.size());
    if (n == 0) return;
    if (n < 0) fail_damaged();
    if (!counted) spend(n);
    if (static_cast<std::int64_t>(member.bytes.size()) + n > limits.max_member) {
      member.refused = fmt::format("has more than the {} allowed (--max-bytes)", format_bytes(limits.max_member));
      member.bytes = {};
      return;
    }
    member.bytes.insert(member.bytes.end(), block.begin(), block.begin() + n);
  }
}

/// Reads past a member whose header gives no size, as libarchive would, but counts its bytes.
void ArchiveReader::Impl::drain(const CancelToken& cancel) {
  std::vector<std::byte> block(kPiece);
  la_ssize_t n = 0;
  do {
    cancel.check();
    n = archive_read_data(handle.get(), block.data(), block.size());
    if (n > 0) spend(n);
  } while (n > 0);
  if (n == ARCHIVE_FATAL) fail_damaged();
}

ArchiveReader::ArchiveReader(const fs::path& path, const ArchiveLimits& limits) : impl_(std::make_unique<Impl>()) {
  impl_->path = path;
  impl_->limits = limits;
  const Utf8Locale utf8;
  impl_->open();
}

ArchiveReader::~ArchiveReader() = default;
ArchiveReader::ArchiveReader(ArchiveReader&&) noexcept = default;

bool ArchiveReader::next(ArchiveMember& member, const std::function<bool(const std::string&)>& wanted,
                         const CancelToken& cancel) {
  cancel.check();
  const Utf8Locale utf8;
  member = {};
  archive_entry* entry = nullptr;
  int status = ARCHIVE_RETRY;
  while (status == ARCHIVE_RETRY) status = archive_read_next_header(impl_->handle.get(), &entry);
  if (status == ARCHIVE_EOF) {
    impl_->check_end_mark();
    return false;
  }
  if (status == ARCHIVE_FATAL) impl_->fail_damaged();
  impl_->note_end(entry);
  member.name = name_of(entry);
  member.refused = impl_->why_refused(entry, member.name);
  // libarchive unpacks even members that are skipped, so all are counted before.
  const bool sized = archive_entry_size_is_set(entry) != 0;
  impl_->spend(kHeader + (sized ? size_of(entry) : 0));
  const bool is_file = archive_entry_filetype(entry) == AE_IFREG;
  if (member.refused.empty() && is_file && wanted(member.name)) impl_->read(member, sized, cancel);
  if (is_file && !sized) impl_->drain(cancel);  // what was not read of it
  ++impl_->n_members;
  return true;
}

std::int64_t ArchiveReader::n_members() const {
  return impl_->n_members;
}

}  // namespace genga::fetch
