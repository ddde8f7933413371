// Encoded packets of one part in a file of its own: exact times whatever the container will be, and a checksum.
// Layout: the line kMagic, then fields and packets in this machine's byte order, then an end mark with the checksum.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "genga/base.h"
#include "video/ffmpeg.h"

namespace genga::video {

/// What the container must know of the stream.
struct PartHeader {
  std::string codec{}, pixel_format{};
  std::int32_t width = 0, height = 0, profile = 0, level = 0;
  std::vector<std::uint8_t> extradata{};
  bool operator==(const PartHeader&) const = default;
};

class PartFileWriter {
 public:
  PartFileWriter(const std::filesystem::path& path, const PartHeader& header);
  /// Throws Error: kIo.
  void write(const AVPacket& packet);
  /// last_duration: of the frame shown last, 0 unknown. The file appears.
  void finish(std::int64_t last_duration);
  std::int64_t n_bytes() const { return n_bytes_; }

 private:
  void put(const void* bytes, std::size_t n);
  template <typename Number>
  void put_number(Number value) {
    put(&value, sizeof value);
  }
  void check() const;

  AtomicFile file_;
  std::ofstream stream_;
  std::uint32_t checksum_ = 0;
  std::int64_t n_bytes_ = 0;
};

/// Throws Error: kCorruptData, kNotFound, kIo.
class PartFileReader {
 public:
  explicit PartFileReader(const std::filesystem::path& path);
  const PartHeader& header() const { return header_; }
  /// False at the end, whose checksum is then checked.
  bool read(AVPacket& packet);
  std::int64_t last_duration() const { return last_duration_; }  // once read() has returned false

 private:
  void get(void* bytes, std::size_t n);
  template <typename Number>
  Number get_number() {
    Number value{};
    get(&value, sizeof value);
    return value;
  }
  std::uint32_t get_size();
  [[noreturn]] void fail_damaged() const;

  std::filesystem::path path_;
  std::ifstream stream_;
  PartHeader header_;
  std::uint32_t checksum_ = 0;
  std::int64_t last_duration_ = 0;
  std::uint64_t file_bytes_ = 0;
};

}  // namespace genga::video
