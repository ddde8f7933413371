// Reading and writing of part files.
#include "video/part_file.h"

#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

#include "genga/error.h"

namespace genga::video {
namespace {

constexpr std::string_view kMagic = "genga-part 1\n";
constexpr std::uint32_t kEnd = 0xFFFFFFFF;  // instead of a packet's size

std::uint32_t add_to_checksum(std::uint32_t checksum, const void* bytes, std::size_t n) {
  if (n == 0) return checksum;  // av_crc() would subtract from a null pointer
  return av_crc(av_crc_get_table(AV_CRC_32_IEEE_LE), checksum, static_cast<const std::uint8_t*>(bytes), n);
}

}  // namespace

PartFileWriter::PartFileWriter(const std::filesystem::path& path, const PartHeader& header)
    : file_(path), stream_(file_.temporary(), std::ios::binary) {
  put(kMagic.data(), kMagic.size());
  for (const std::string& text : {header.codec, header.pixel_format}) {
    put_number(static_cast<std::uint32_t>(text.size()));
    put(text.data(), text.size());
  }
  for (const std::int32_t number : {header.width, header.height, header.profile, header.level}) put_number(number);
  put_number(static_cast<std::uint32_t>(header.extradata.size()));
  put(header.extradata.data(), header.extradata.size());
  check();
}

void PartFileWriter::put(const void* bytes, std::size_t n) {
  stream_.write(static_cast<const char*>(bytes), static_cast<std::streamsize>(n));
  checksum_ = add_to_checksum(checksum_, bytes, n);
}

void PartFileWriter::check() const {
  if (stream_) return;
  fail(ErrorCode::kIo, "'{}': cannot write: {}", file_.path().string(), std::generic_category().message(errno));
}

void PartFileWriter::write(const AVPacket& packet) {
  put_number(static_cast<std::uint32_t>(packet.size));
  put_number(packet.pts);
  put_number(static_cast<std::int32_t>(packet.flags & AV_PKT_FLAG_KEY));
  put(packet.data, static_cast<std::size_t>(packet.size));
  put_number(static_cast<std::int32_t>(packet.side_data_elems));
  for (int i = 0; i < packet.side_data_elems; ++i) {
    const AVPacketSideData& side = packet.side_data[i];
    put_number(static_cast<std::int32_t>(side.type));
    put_number(static_cast<std::uint32_t>(side.size));
    put(side.data, side.size);
  }
  n_bytes_ += packet.size;
  check();
}

void PartFileWriter::finish(std::int64_t last_duration) {
  put_number(kEnd);
  put_number(last_duration);
  put_number(std::uint32_t{checksum_});
  stream_.close();
  check();
  file_.commit();
}

PartFileReader::PartFileReader(const std::filesystem::path& path) : path_(path), stream_(path, std::ios::binary) {
  std::error_code error;
  file_bytes_ = std::filesystem::file_size(path, error);
  if (error || !stream_) {
    fail(error == std::errc::no_such_file_or_directory ? ErrorCode::kNotFound : ErrorCode::kIo,
         "part '{}' of the video cannot be read: {}", path.string(), error ? error.message() : "no permission");
  }
  std::string magic(kMagic.size(), '\0');
  get(magic.data(), magic.size());
  if (magic != kMagic) fail_damaged();
  for (std::string* text : {&header_.codec, &header_.pixel_format}) {
    text->resize(get_size());
    get(text->data(), text->size());
  }
  for (std::int32_t* number : {&header_.width, &header_.height, &header_.profile, &header_.level}) {
    *number = get_number<std::int32_t>();
  }
  header_.extradata.resize(get_size());
  get(header_.extradata.data(), header_.extradata.size());
}

void PartFileReader::fail_damaged() const {
  fail(ErrorCode::kCorruptData, "part '{}' of the video is damaged; remove it and make it again", path_.string());
}

void PartFileReader::get(void* bytes, std::size_t n) {
  stream_.read(static_cast<char*>(bytes), static_cast<std::streamsize>(n));
  if (!stream_) fail_damaged();
  checksum_ = add_to_checksum(checksum_, bytes, n);
}

std::uint32_t PartFileReader::get_size() {
  const auto size = get_number<std::uint32_t>();
  if (size > file_bytes_) fail_damaged();
  return size;
}

bool PartFileReader::read(AVPacket& packet) {
  const auto size = get_number<std::uint32_t>();
  if (size == kEnd) {
    last_duration_ = get_number<std::int64_t>();
    const std::uint32_t expected = checksum_;
    if (get_number<std::uint32_t>() != expected) fail_damaged();
    return false;
  }
  if (size > file_bytes_ || size > INT32_MAX - AV_INPUT_BUFFER_PADDING_SIZE) fail_damaged();
  if (av_new_packet(&packet, static_cast<int>(size)) < 0) throw std::bad_alloc();
  packet.pts = get_number<std::int64_t>();
  packet.flags = get_number<std::int32_t>();
  get(packet.data, size);
  const auto n_side = get_number<std::int32_t>();
  for (int i = 0; i < n_side; ++i) {
    const auto type = get_number<std::int32_t>();
    const std::uint32_t bytes = get_size();
    std::uint8_t* data = av_packet_new_side_data(&packet, static_cast<AVPacketSideDataType>(type), bytes);
    if (data == nullptr) fail_damaged();
    get(data, bytes);
  }
  return true;
}

}  // namespace genga::video
