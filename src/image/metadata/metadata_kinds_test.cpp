// All kinds of metadata, out of every format that is read into every format that is written: nothing that shows or
// describes the unchanged photo, everything that people wrote.
#include <random>

#include "image/metadata/metadata.h"
#include "image/metadata/test_metadata.h"

namespace genga::image {
namespace {

class MetadataKindsTest : public ImageTest {
 protected:
  /// All that a reader of metadata could see: the bytes, and what libvips decodes of them.
  static std::string all_of(const std::filesystem::path& path) {
    std::string all = slurp(path);
    const ImagePtr header(vips_image_new_from_file(path.c_str(), nullptr));
    gchar** names = vips_image_get_fields(header.get());
    for (gchar** name = names; *name != nullptr; ++name) {
      char* text = nullptr;
      if (vips_image_get_typeof(header.get(), *name) == VIPS_TYPE_BLOB) {
        const void* data = nullptr;
        std::size_t size = 0;
        vips_image_get_blob(header.get(), *name, &data, &size);
        all += std::string(static_cast<const char*>(data), size);
      } else if (vips_image_get_as_string(header.get(), *name, &text) == 0) {
        all += std::string(*name) + "=" + text + "\n";
        g_free(text);
      }
    }
    g_strfreev(names);
    return all;
  }

  /// The photo as other programs save it: with all metadata that libvips can carry.
  std::vector<std::filesystem::path> inputs(bool big_endian, int orientation) {
    spill(file("photo.jpg"), full_photo(big_endian, orientation));
    std::vector<std::filesystem::path> paths{file("photo.jpg")};
    for (const char* name : {"photo.png", "photo.webp", "photo.tif", "photo.avif", "photo.jxl"}) {
      if (!find_format(name)->can_write) continue;
      const ImagePtr image(vips_image_new_from_file(file("photo.jpg").c_str(), nullptr));
      EXPECT_EQ(vips_image_write_to_file(image.get(), file(name).c_str(), nullptr), 0) << take_vips_error();
      paths.push_back(file(name));
    }
    return paths;
  }

  void copy_image(const std::filesystem::path& from, const std::filesystem::path& to, const WriteOptions& options,
                  const ReadOptions& read = {}) {
    RowReader reader(EncodedImage{from, {}}, read);
    write_rows(to, reader.info(), read_rows(reader), options, reader.metadata());
  }
};

bool keeps_exif(std::string_view format) {
  if (format == "jxl") return vips_version(0) * 100 + vips_version(1) >= 816;
  return format != "tiff" && format != "gif";
}

bool has(const std::string& all, std::string_view word) {
  return all.find(word) != std::string::npos;
}

TEST_F(MetadataKindsTest, NoFormatCarriesWhatShowsOrDescribesThePhoto) {
  const WriteOptions options{.comment = "Stylised by Genga, style x"};
  for (bool big_endian : {false, true}) {
    std::vector<std::filesystem::path> from = inputs(big_endian, 1);
    if (big_endian) from.resize(1);
    for (const std::filesystem::path& input : from) {
      for (const Format& format : formats()) {
        if (!format.can_write) continue;
        SCOPED_TRACE(input.filename().string() + " to " + std::string(format.name));
        const std::filesystem::path output = file("result" + std::string(format.suffixes.front()));
        copy_image(input, output, options);
        const std::string all = all_of(output);
        for (std::string_view word :
             {kPreviewWord, kPreviewBase64, std::string_view("hdr-gain-map"), std::string_view("GainMap"),
              std::string_view("MotionPhoto"), std::string_view("MicroVideo"), std::string_view("GDepth"),
              std::string_view("HasExtendedXMP"), std::string_view("R03"), std::string_view("xxxxxxxxxx"),
              std::string_view("65535")}) {
          EXPECT_FALSE(has(all, word)) << word;
        }
      }
    }
  }
}

TEST_F(MetadataKindsTest, WhatPeopleWroteStays) {
  const WriteOptions options{.comment = "Stylised by Genga, style x"};
  for (bool big_endian : {false, true}) {
    spill(file("photo.jpg"), full_photo(big_endian, 6));
    for (const Format& format : formats()) {
      if (!format.can_write || format.name == "gif") continue;
      SCOPED_TRACE(std::string(format.name) + (big_endian ? ", big-endian" : ""));
      const std::filesystem::path output = file("result" + std::string(format.suffixes.front()));
      copy_image(file("photo.jpg"), output, options);
      const std::string all = all_of(output);
      const bool exif = keeps_exif(format.name);
      if (exif || format.name == "tiff") {
        EXPECT_TRUE(has(all, "My caption"));
        EXPECT_TRUE(has(all, "Words &amp; more in XMP"));
        EXPECT_TRUE(has(all, "XMP headline"));
        EXPECT_TRUE(has(all, "Stylised by Genga"));
      }
      EXPECT_EQ(has(all, "IPTC words."), format.name == "jpeg" || format.name == "tiff");
      if (!exif) continue;
      EXPECT_TRUE(has(all, "2026:01:02 03:04:05"));
      EXPECT_TRUE(has(all, "exif-ifd3-GPSLatitude=35/1 41/1 22/1"));
      EXPECT_TRUE(has(all, "2026:01:02 (2026:01:02"));
      std::string words;
      for (const char c : std::string_view("Steps: 20"))
        words += number_bytes(static_cast<unsigned char>(c), 2, big_endian);
      EXPECT_TRUE(has(all, words + number_bytes(0x6d77, 2, big_endian))) << "the user's comment, whole";
    }
  }
}

TEST_F(MetadataKindsTest, SizesOrientationAndColorSpaceAreTheImages) {
  spill(file("photo.jpg"), full_photo(true, 6));
  for (const Format& format : formats()) {
    if (!format.can_write || !keeps_exif(format.name)) continue;
    SCOPED_TRACE(format.name);
    const std::filesystem::path output = file("result" + std::string(format.suffixes.front()));
    copy_image(file("photo.jpg"), output, {}, {.size = {.long_side = 24}});
    const std::string all = all_of(output);
    EXPECT_TRUE(has(all, "exif-ifd2-PixelXDimension=12 ")) << all.substr(all.find("exif-ifd2-PixelX"), 40);
    EXPECT_TRUE(has(all, "exif-ifd2-PixelYDimension=24 "));
    EXPECT_TRUE(has(all, "exif-ifd2-ColorSpace=1 "));
    EXPECT_FALSE(has(all, "exif-ifd0-ImageWidth")) << all.substr(all.find("exif-ifd0-ImageW"), 60);
    EXPECT_FALSE(has(all, "exif-ifd0-Orientation=6"));
    EXPECT_TRUE(has(all, "tiff:Orientation=\"1\""));
    EXPECT_TRUE(has(all, "tiff:ImageWidth=\"12\""));
    EXPECT_TRUE(has(all, "exif:PixelYDimension=\"24\""));
    EXPECT_TRUE(has(all, "exif:ColorSpace=\"1\""));
    EXPECT_FALSE(has(all, "GPano")) << "a turned panorama is none";
  }
}

TEST_F(MetadataKindsTest, WithoutMetadataNothingIsLeftOfAnyKind) {
  for (const std::filesystem::path& input : inputs(false, 1)) {
    for (const Format& format : formats()) {
      if (!format.can_write) continue;
      const std::filesystem::path output = file("result" + std::string(format.suffixes.front()));
      copy_image(input, output, {.metadata = false});
      const std::string all = all_of(output);
      for (const char* word : {"My caption", "IPTC words", "more in XMP", "2026:01:02", "41/1"}) {
        EXPECT_FALSE(has(all, word)) << input << format.name << word;
      }
    }
  }
}

TEST_F(MetadataKindsTest, ThePhotosCompanionsAreTold) {
  const auto notes_of = [&](const std::string& bytes) {
    spill(file("a.jpg"), bytes);
    const RowReader reader(EncodedImage{file("a.jpg"), {}}, {});
    return reader.info().notes;
  };
  EXPECT_TRUE(notes_of(small_jpeg(8, 8, "")).empty());
  const std::string gain = "xmlns:h='http://ns.adobe.com/hdr-gain-map/1.0/' h:Version='1.0'";
  const std::string apple = "xmlns:h='http://ns.apple.com/HDRGainMap/1.0/' h:HDRGainMapVersion='65536'";
  const std::string iso = jpeg_segment(0xe2, std::string("urn:iso:std:iso:ts:21496:-1\0\0\0\0\0", 32));
  for (const std::string& segments : {xmp_segment(xmp_packet(gain, "")), xmp_segment(xmp_packet(apple, "")), iso}) {
    const auto notes = notes_of(small_jpeg(8, 8, segments));
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_NE(notes[0].find("SDR"), std::string::npos) << notes[0];
  }
  const std::string video = "xmlns:c='http://ns.google.com/photos/1.0/camera/' c:MotionPhoto='1'";
  ASSERT_EQ(notes_of(small_jpeg(8, 8, xmp_segment(xmp_packet(video, "")))).size(), 1U);
}

TEST_F(MetadataKindsTest, PanoramasAreScaledOrNoLongerCalledSo) {
  const std::string pano =
      "xmlns:p='http://ns.google.com/photos/1.0/panorama/' p:ProjectionType='equirectangular' "
      "p:FullPanoWidthPixels='400' p:CroppedAreaImageWidthPixels='400' p:CroppedAreaTopPixels='50'";
  spill(file("a.jpg"), small_jpeg(400, 200,
                                  xmp_segment(xmp_packet(pano,
                                                         "<p:FullPanoHeightPixels>200"
                                                         "</p:FullPanoHeightPixels>"))));
  const auto xmp_at = [&](const TargetSize& size) {
    copy_image(file("a.jpg"), file("b.jpg"), {}, {.size = size});
    return all_of(file("b.jpg"));
  };
  const std::string half = xmp_at({.long_side = 200});
  for (const char* word : {"p:FullPanoWidthPixels=\"200\"", "p:CroppedAreaTopPixels=\"25\"",
                           "<p:FullPanoHeightPixels>100</p", "equirectangular"}) {
    EXPECT_TRUE(has(half, word)) << word;
  }
  EXPECT_TRUE(has(xmp_at({}), "p:FullPanoWidthPixels=\"400\""));
  const std::string cropped = xmp_at({.width = 100, .height = 100});
  EXPECT_FALSE(has(cropped, "FullPano"));
  write_side_by_side({file("a.jpg")}, {file("a.jpg")}, {}, file("c.jpg"), {});
  EXPECT_FALSE(has(all_of(file("c.jpg")), "FullPano")) << "a comparison is no panorama";
}

TEST_F(MetadataKindsTest, BrokenBlocksAreLeftOutNotCopied) {
  const std::string word = "secret words";
  std::string deep;
  for (int i = 0; i < 500; ++i) deep += "<a>";
  for (const std::string& packet :
       {"<x:xmpmeta " + word, xmp_packet("", deep + word), std::string("\xff\xfe") + word}) {
    spill(file("a.jpg"), small_jpeg(8, 8, xmp_segment(packet)));
    copy_image(file("a.jpg"), file("b.jpg"), {});
    EXPECT_FALSE(has(all_of(file("b.jpg")), word)) << packet.substr(0, 30);
  }
  const std::string whole = full_exif(true, 1);
  for (std::size_t size : {std::size_t{9}, whole.size() / 3, whole.size() / 2, whole.size() - 30}) {
    spill(file("a.jpg"), small_jpeg(8, 8, exif_segment(whole.substr(0, size))));
    copy_image(file("a.jpg"), file("b.jpg"), {});
    EXPECT_FALSE(has(all_of(file("b.jpg")), kPreviewWord)) << size;
  }
}

TEST_F(MetadataKindsTest, FlippedBytesAreAnErrorOrAnImage) {
  std::mt19937 random(11);
  for (bool big_endian : {false, true}) {
    const std::string whole = full_photo(big_endian, 6);
    for (int round = 0; round < 150; ++round) {
      std::string bytes = whole;
      for (int n = 0; n < 6; ++n) bytes[20 + random() % (bytes.size() - 20)] = static_cast<char>(random());
      try {
        RowReader reader({.path = "a.jpg", .bytes = std::as_bytes(std::span(bytes))}, {.size = {.long_side = 12}});
        RowWriter writer(reader.info(), reader.metadata(), {.format = "jpeg", .comment = "Stylised by Genga"});
        writer.write(read_rows(reader));
        writer.finish();
      } catch (const Error&) {  // what the bytes say now may be no image
      }
    }
  }
}

TEST_F(MetadataKindsTest, TheCommentTakesAFieldThatIsFree) {
  const WriteOptions options{.comment = "Stylised by Genga, style x"};
  spill(file("a.jpg"), full_photo(false, 1));
  copy_image(file("a.jpg"), file("b.jpg"), options);
  EXPECT_TRUE(has(all_of(file("b.jpg")), "exif-ifd0-XPComment=Stylised by Genga, style x"));
  copy_image(file("a.jpg"), file("c.jpg"), {});
  EXPECT_FALSE(has(all_of(file("c.jpg")), "Genga"));
  // Blank fields, as cameras leave them, are free; and Genga's own words give way to newer ones.
  ExifBytes made(false);
  const std::size_t sub = made.add({{0x9286, made.undefined(std::string("ASCII\0\0\0", 8) + std::string(40, ' '))}});
  const std::string blank = made.finish(made.add({{0x10e, made.text("      ")}, {0x8769, made.offset(sub)}}));
  spill(file("a.jpg"), small_jpeg(8, 8, exif_segment(blank)));
  copy_image(file("a.jpg"), file("b.jpg"), options);
  EXPECT_TRUE(has(all_of(file("b.jpg")), "exif-ifd2-UserComment=Stylised by Genga, style x"));
  copy_image(file("b.jpg"), file("c.jpg"), {.comment = "Stylised by Genga, style y"});
  EXPECT_FALSE(has(all_of(file("c.jpg")), "style x"));
  EXPECT_TRUE(has(all_of(file("c.jpg")), "exif-ifd2-UserComment=Stylised by Genga, style y"));
}

}  // namespace
}  // namespace genga::image
