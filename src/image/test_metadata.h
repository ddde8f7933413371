// A photo with every kind of metadata, as bytes, for tests.
#pragma once

#include <map>
#include <string>

#include "image/test_images.h"

namespace genga::image {

inline std::string number_bytes(std::size_t value, unsigned n_bytes, bool big_endian) {
  std::string bytes;
  for (unsigned i = 0; i < n_bytes; ++i) {
    bytes += static_cast<char>(value >> 8 * (big_endian ? n_bytes - 1 - i : i) & 0xffU);
  }
  return bytes;
}

/// Lays out EXIF in either byte order. Directories are maps from tag to (type, bytes, count).
class ExifBytes {
 public:
  struct Value {
    int type;
    std::string bytes;
    std::size_t count;
  };
  using Directory = std::map<int, Value>;

  explicit ExifBytes(bool big_endian) : big_endian_(big_endian) {
    bytes_ = std::string(big_endian ? "MM\0\x2a" : "II\x2a\0", 4) + number(0, 4);
  }
  std::string number(std::size_t value, unsigned n_bytes) const { return number_bytes(value, n_bytes, big_endian_); }
  Value text(const std::string& words) const { return {2, words + '\0', words.size() + 1}; }
  Value undefined(const std::string& data) const { return {7, data, data.size()}; }
  Value short_number(std::size_t value) const { return {3, number(value, 2), 1}; }
  Value offset(std::size_t at) const { return {4, number(at, 4), 1}; }
  std::size_t add(const std::string& data) {
    if (bytes_.size() % 2 != 0) bytes_ += '\0';
    bytes_ += data;
    return bytes_.size() - data.size();
  }
  std::size_t add(const Directory& directory, std::size_t next = 0) {
    std::string table = number(directory.size(), 2);
    for (const auto& [tag, value] : directory) {
      std::string inline_bytes = value.bytes;
      if (inline_bytes.size() > 4) inline_bytes = number(add(value.bytes), 4);
      inline_bytes.resize(4, '\0');
      table += number(tag, 2) + number(value.type, 2) + number(value.count, 4) + inline_bytes;
    }
    return add(table + number(next, 4));
  }
  std::string finish(std::size_t first) {
    bytes_.replace(4, 4, number(first, 4));
    return bytes_;
  }

 private:
  bool big_endian_;
  std::string bytes_;
};

inline std::string jpeg_segment(int marker, const std::string& data) {
  return std::string("\xff") + static_cast<char>(marker) + number_bytes(data.size() + 2, 2, true) + data;
}

inline std::string with_segments(const std::string& jpeg, const std::string& segments) {
  return jpeg.substr(0, 2) + segments + jpeg.substr(2);
}

inline std::string photoshop_block(int id, std::string data) {
  std::string block = "8BIM" + number_bytes(id, 2, true) + std::string(2, '\0') + number_bytes(data.size(), 4, true);
  if (data.size() % 2 != 0) data += '\0';
  return block + data;
}

inline std::string iptc_record(int record, int dataset, const std::string& data) {
  return std::string("\x1c") + static_cast<char>(record) + static_cast<char>(dataset) +
         number_bytes(data.size(), 2, true) + data;
}

inline std::string xmp_packet(const std::string& attributes, const std::string& elements) {
  return "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>"
         "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' " +
         attributes + ">" + elements + "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>";
}

inline std::string xmp_segment(const std::string& packet) {
  return jpeg_segment(0xe1, std::string("http://ns.adobe.com/xap/1.0/\0", 29) + packet);
}

inline std::string exif_segment(const std::string& exif) {
  return jpeg_segment(0xe1, std::string("Exif\0\0", 6) + exif);
}

}  // namespace genga::image
