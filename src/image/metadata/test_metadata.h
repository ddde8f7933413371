// A photo with every kind of metadata, as bytes, for tests.
#pragma once

#include <glib.h>

#include <map>
#include <memory>
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

// Words by which each kind is found again. Previews are JPEGs of one color with a comment of their own.
inline constexpr std::string_view kPreviewWord = "PREVIEW-OF-THE-UNCHANGED";
inline constexpr std::string_view kPreviewBase64 = "UFJFVklFVy1PRi1USEUtVU5DSEFOR0VE";  // the same, inside base64

inline std::string small_jpeg(int width, int height, const std::string& segments) {
  const Image image{.width = width, .height = height, .rgb = std::vector<std::uint8_t>(width * height * 3, 90)};
  const auto bytes = encode(image, {.format = "jpeg", .metadata = false});
  return with_segments({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, segments);
}
inline std::string preview() {
  return small_jpeg(16, 8, jpeg_segment(0xfe, std::string(kPreviewWord)));
}

inline std::string full_exif(bool big_endian, int orientation) {
  ExifBytes made(big_endian);
  const std::string utf16 = [&] {
    std::string text("UNICODE\0", 8);
    for (const char c : std::string_view("Steps: 20")) text += made.number(static_cast<unsigned char>(c), 2);
    return text + made.number(0x6d77, 2);
  }();
  ExifBytes::Value latitude{5, made.number(35, 4) + made.number(1, 4), 3};
  latitude.bytes += made.number(41, 4) + made.number(1, 4) + made.number(22, 4) + made.number(1, 4);
  const std::size_t gps = made.add({{1, made.text("N")}, {2, latitude}, {0x1d, made.text("2026:01:02")}});
  const std::size_t interop = made.add({{1, made.text("R03")}, {2, made.undefined("0100")}});
  const std::size_t sub = made.add({{0x9003, made.text("2026:01:02 03:04:05")},
                                    {0x927c, made.undefined("Maker" + std::string(40, 'x') + preview())},
                                    {0x9286, made.undefined(utf16)},
                                    {0xa001, made.short_number(65535)},
                                    {0xa002, made.short_number(48)},
                                    {0xa003, made.short_number(24)},
                                    {0xa005, made.offset(interop)}});
  const std::string picture = preview();
  const std::size_t thumbnail = made.add(picture);
  const std::size_t second =
      made.add({{0x103, made.short_number(6)}, {0x201, made.offset(thumbnail)}, {0x202, made.offset(picture.size())}});
  return made.finish(made.add({{0x100, made.short_number(48)},
                               {0x101, made.short_number(24)},
                               {0x10e, made.text("My caption")},
                               {0x112, made.short_number(orientation)},
                               {0x2bc, made.undefined("<x>" + std::string(kPreviewWord) + "</x>")},
                               {0x8649, made.undefined(photoshop_block(0x40c, preview()))},
                               {0xc6d3, made.undefined(preview())},
                               {0x8769, made.offset(sub)},
                               {0x8825, made.offset(gps)}},
                              second));
}

inline std::string full_photoshop() {
  return std::string("Photoshop 3.0\0", 14) + photoshop_block(0x409, std::string(28, 'a') + preview()) +
         photoshop_block(0x404, iptc_record(2, 120, "IPTC words.") + iptc_record(2, 202, preview())) +
         photoshop_block(0x40c, std::string(28, 'a') + preview()) + photoshop_block(0x3ed, std::string(16, '\1'));
}

inline std::string base64(const std::string& bytes) {
  const std::unique_ptr<char, decltype(&g_free)> text(
      g_base64_encode(reinterpret_cast<const guchar*>(bytes.data()), bytes.size()), &g_free);
  return text.get();
}
inline std::string preview_in_base64() {
  std::string bytes = preview();
  while (base64(bytes).find(kPreviewBase64) == std::string::npos) bytes.insert(bytes.find(kPreviewWord), " ");
  return base64(bytes);
}

inline std::string full_xmp() {
  const std::string attributes =
      "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:tiff='http://ns.adobe.com/tiff/1.0/' "
      "xmlns:exif='http://ns.adobe.com/exif/1.0/' xmlns:gain='http://ns.adobe.com/hdr-gain-map/1.0/' "
      "xmlns:cam='http://ns.google.com/photos/1.0/camera/' xmlns:GPano='http://ns.google.com/photos/1.0/panorama/' "
      "xmlns:note='http://ns.adobe.com/xmp/note/' xmlns:Photo='http://ns.adobe.com/photoshop/1.0/' "
      "gain:Version='1.0' cam:MotionPhoto='1' cam:MicroVideoOffset='4711' tiff:Orientation='6' "
      "tiff:ImageWidth='48' exif:PixelYDimension='24' exif:ColorSpace='65535' note:HasExtendedXMP='ABCDEF' "
      "GPano:FullPanoWidthPixels='48' Photo:Headline='XMP headline'";
  const std::string elements =
      "<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>Words &amp; more in XMP</rdf:li></rdf:Alt></dc:title>"
      "<xmp:Thumbnails xmlns:xmp='http://ns.adobe.com/xap/1.0/'><rdf:Alt><rdf:li rdf:parseType='Resource'>"
      "<g:image xmlns:g='http://ns.adobe.com/xap/1.0/g/img/'>" +
      preview_in_base64() + "</g:image></rdf:li></rdf:Alt></xmp:Thumbnails>" +
      "<C:Directory xmlns:C='http://ns.google.com/photos/1.0/container/' "
      "xmlns:Item='http://ns.google.com/photos/1.0/container/item/'><rdf:Seq><rdf:li rdf:parseType='Resource'>"
      "<C:Item Item:Semantic='GainMap' Item:Length='2213'/></rdf:li></rdf:Seq></C:Directory>"
      "<odd:own xmlns:odd='http://example.org/'>" +
      preview_in_base64() + "</odd:own>" + "<GDepth:Data xmlns:GDepth='http://ns.google.com/photos/1.0/depthmap/'>" +
      preview_in_base64() + "</GDepth:Data>";
  return xmp_packet(attributes, elements);
}

// 48 x 24 as stored.
inline std::string full_photo(bool big_endian, int orientation) {
  return small_jpeg(48, 24,
                    exif_segment(full_exif(big_endian, orientation)) + jpeg_segment(0xed, full_photoshop()) +
                        xmp_segment(full_xmp()));
}

}  // namespace genga::image
