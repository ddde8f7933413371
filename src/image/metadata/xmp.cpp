// Edits XMP as a tree: properties are elements or attributes, known by namespace, whatever its prefix is.
#include "image/metadata/xmp.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <deque>
#include <optional>
#include <vector>

#include "image/metadata/xml_tree.h"

namespace genga::image {
namespace {

constexpr std::string_view kTiff = "http://ns.adobe.com/tiff/1.0/", kExif = "http://ns.adobe.com/exif/1.0/",
                           kPano = "http://ns.google.com/photos/1.0/panorama/",
                           kCamera = "http://ns.google.com/photos/1.0/camera/", kXap = "http://ns.adobe.com/xap/1.0/",
                           kThumbnail = "http://ns.adobe.com/xap/1.0/g/img/", kNote = "http://ns.adobe.com/xmp/note/",
                           kPhotoshop = "http://ns.adobe.com/photoshop/1.0/", kDc = "http://purl.org/dc/elements/1.1/",
                           kGainMap = "http://ns.adobe.com/hdr-gain-map/1.0/",
                           kAppleGainMap = "http://ns.apple.com/HDRGainMap/1.0/",
                           kContainerItem = "http://ns.google.com/photos/1.0/container/item/",
                           kRegions = "http://www.metadataworkinggroup.com/schemas/regions/",
                           kAppleFaces = "http://ns.apple.com/faceinfo/1.0/",
                           kMicrosoftRegions = "http://ns.microsoft.com/photo/1.2/";

// Of a photo's companions in the file, none of which is in the image: gain maps, depth maps, sound, other lenses'
// views.
constexpr std::array<std::string_view, 10> kGone{kGainMap,
                                                 "http://ns.adobe.com/hdr-metadata/1.0/",
                                                 "http://ns.google.com/photos/1.0/container/",
                                                 "http://ns.google.com/photos/1.0/image/",
                                                 "http://ns.google.com/photos/1.0/depthmap/",
                                                 "http://ns.google.com/photos/1.0/audio/",
                                                 "http://ns.google.com/photos/dd/1.0/",
                                                 "http://ns.apple.com/",
                                                 "http://ns.xiaomi.com/photos/1.0/",
                                                 kThumbnail};
// The prefixes that everyone uses, for packets that do not say what theirs mean.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kUsual{{{"tiff", kTiff},
                                                                                {"exif", kExif},
                                                                                {"GPano", kPano},
                                                                                {"GCamera", kCamera},
                                                                                {"xmp", kXap},
                                                                                {"xap", kXap},
                                                                                {"xmpGImg", kThumbnail},
                                                                                {"xapGImg", kThumbnail},
                                                                                {"hdrgm", kGainMap},
                                                                                {"HDRGainMap", kAppleGainMap},
                                                                                {"photoshop", kPhotoshop},
                                                                                {"Item", kContainerItem}}};

struct Name {
  std::string_view space, local;
};

/// Prefixes and their namespaces, inner ones last. A deque, so that names resolved stay where they are.
using Scope = std::deque<std::pair<std::string, std::string>>;

Name resolve(const Scope& scope, std::string_view name) {
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos) return {{}, name};
  const std::string_view prefix = name.substr(0, colon), local = name.substr(colon + 1);
  const auto declared =
      std::find_if(scope.rbegin(), scope.rend(), [&](const auto& one) { return one.first == prefix; });
  if (declared != scope.rend()) return {declared->second, local};
  const auto* usual = std::ranges::find(kUsual, prefix, &std::pair<std::string_view, std::string_view>::first);
  return {usual == kUsual.end() ? std::string_view() : usual->second, local};
}

void declare(Scope& scope, const XmlNode& node) {
  constexpr std::string_view kXmlns = "xmlns:";
  for (const auto& [name, value] : node.attributes) {
    if (name.starts_with(kXmlns)) scope.emplace_back(name.substr(kXmlns.size()), value);
  }
}

template <std::size_t kSize>
bool is_one_of(std::string_view name, const std::array<std::string_view, kSize>& names) {
  return std::ranges::find(names, name) != names.end();
}

bool is_gone_space(std::string_view space) {
  if (space == kAppleFaces) return false;
  return std::ranges::any_of(kGone, [&](std::string_view gone) { return space.starts_with(gone); });
}

/// A JPEG or PNG in base64: some preview.
bool is_image(std::string_view value) {
  const std::size_t at = value.find_first_not_of(" \t\r\n");
  if (at == std::string_view::npos || value.size() < 200) return false;
  return value.substr(at).starts_with("/9j/") || value.substr(at).starts_with("iVBORw0KGgo");
}

class Cleaner {
 public:
  explicit Cleaner(const Geometry& geometry) : geometry_(geometry) {}

  void clean(XmlNode& node) {
    const std::size_t outer = scope_.size();
    declare(scope_, node);
    std::erase_if(node.attributes,
                  [&](auto& attribute) { return is_dropped_attribute(attribute.first, attribute.second); });
    for (auto& [name, value] : node.attributes) set_value(resolve(scope_, name), value);
    const Name name = resolve(scope_, node.name);
    std::erase_if(node.children, [&](const XmlNode& child) { return is_dropped_element(child); });
    set_words(name, node.children);
    for (XmlNode& child : node.children) {
      if (!child.name.empty()) clean(child);
    }
    scope_.resize(outer);
  }

 private:
  bool is_dropped(const Name& name) const {
    if (is_gone_space(name.space)) return true;
    constexpr std::array kOfPlaces{kPano, kRegions, kAppleFaces, kMicrosoftRegions};
    if (is_one_of(name.space, kOfPlaces)) return geometry_.cropped || geometry_.turned;
    constexpr std::array<std::string_view, 7> kFileFacts{
        "BitsPerSample",    "Compression",  "PhotometricInterpretation", "SamplesPerPixel",
        "YCbCrSubSampling", "NativeDigest", "PlanarConfiguration"};
    if (name.space == kTiff) return is_one_of(name.local, kFileFacts);
    constexpr std::array<std::string_view, 5> kExifFacts{"CompressedBitsPerPixel", "NativeDigest", "Gamma", "MakerNote",
                                                         "ComponentsConfiguration"};
    if (name.space == kExif) {
      return is_one_of(name.local, kExifFacts) ||
             (name.local.starts_with("Subject") && name.local != "SubjectDistance" &&
              name.local != "SubjectDistanceRange" && !geometry_.is_same());
    }
    constexpr std::array<std::string_view, 3> kPhotoshopFacts{"ICCProfile", "ColorMode", "LegacyIPTCDigest"};
    if (name.space == kPhotoshop) return is_one_of(name.local, kPhotoshopFacts);
    if (name.space == kXap) return name.local == "Thumbnails";
    if (name.space == kNote) return name.local == "HasExtendedXMP";
    if (name.space == kDc) return name.local == "format";
    if (name.space != kCamera) return false;
    constexpr std::array<std::string_view, 5> kVideo{"MotionPhoto", "MicroVideo", "hdrp", "shot_log", "DepthMap"};
    return std::ranges::any_of(kVideo, [&](std::string_view begin) { return name.local.starts_with(begin); });
  }

  bool is_dropped_attribute(std::string_view name, std::string_view value) const {
    if (name.starts_with("xmlns:")) return is_dropped({value, {}});
    return is_dropped(resolve(scope_, name)) || is_image(value);
  }

  bool is_dropped_element(const XmlNode& node) {
    if (node.name.empty()) return is_image(node.text);
    const std::size_t outer = scope_.size();
    declare(scope_, node);
    const bool dropped = is_dropped(resolve(scope_, node.name));
    scope_.resize(outer);
    return dropped;
  }

  /// An element's value, which comments may lie in.
  void set_words(const Name& name, std::vector<XmlNode>& children) const {
    std::string words;
    for (const XmlNode& child : children) {
      if (child.name.empty() && !child.text.starts_with('<')) words += child.text;
    }
    std::string value = words;
    set_value(name, value);
    if (value != words) children = {{.text = value}};
  }

  /// What is true of the image in place of what was of the photo.
  void set_value(const Name& name, std::string& value) const {
    if (value.find_first_not_of(" \t\r\n") == std::string::npos) return;
    if (name.space == kTiff && name.local == "Orientation") value = "1";
    if (name.space == kExif && name.local == "ColorSpace") value = "1";
    const bool width =
        (name.space == kTiff && name.local == "ImageWidth") || (name.space == kExif && name.local == "PixelXDimension");
    const bool height = (name.space == kTiff && name.local == "ImageLength") ||
                        (name.space == kExif && name.local == "PixelYDimension");
    if (width || height) value = fmt::format("{}", width ? geometry_.width : geometry_.height);
    if (name.space == kPano) scale(name.local, value);
  }

  void scale(std::string_view name, std::string& value) const {
    constexpr std::array<std::string_view, 5> kAcross{"CroppedAreaImageWidthPixels", "FullPanoWidthPixels",
                                                      "CroppedAreaLeftPixels", "LargestValidInteriorRectLeft",
                                                      "LargestValidInteriorRectWidth"};
    constexpr std::array<std::string_view, 5> kDown{"CroppedAreaImageHeightPixels", "FullPanoHeightPixels",
                                                    "CroppedAreaTopPixels", "LargestValidInteriorRectTop",
                                                    "LargestValidInteriorRectHeight"};
    const bool across = is_one_of(name, kAcross);
    if (!across && !is_one_of(name, kDown)) return;
    double number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    static_cast<void>(end);
    const double factor = across ? static_cast<double>(geometry_.width) / geometry_.photo_width
                                 : static_cast<double>(geometry_.height) / geometry_.photo_height;
    if (error == std::errc() && std::abs(number) < 1e9) value = fmt::format("{}", std::lround(number * factor));
  }

  const Geometry& geometry_;
  Scope scope_;
};

/// Whether a name or value anywhere satisfies the test.
template <class Test>
bool any_of_tree(const XmlNode& node, Scope& scope, const Test& test) {
  const std::size_t outer = scope.size();
  declare(scope, node);
  bool found = !node.name.empty() && test(resolve(scope, node.name), std::string_view());
  for (const auto& [name, value] : node.attributes) found = found || test(resolve(scope, name), value);
  for (const XmlNode& child : node.children) {
    if (found) break;
    found = child.name.empty() ? test(resolve(scope, node.name), child.text) : any_of_tree(child, scope, test);
  }
  scope.resize(outer);
  return found;
}

bool is_gain_map(const Name& name, std::string_view value) {
  return name.space == kGainMap || name.space == kAppleGainMap ||
         (name.space == kContainerItem && name.local == "Semantic" && value == "GainMap");
}

bool is_video(const Name& name, std::string_view value) {
  return name.space == kCamera && (name.local == "MotionPhoto" || name.local == "MicroVideo") && value == "1";
}

}  // namespace

std::string clean_xmp(std::string_view packet, const Geometry& geometry) {
  std::optional<std::vector<XmlNode>> parts = parse_xml(packet);
  if (!parts) return {};
  Cleaner cleaner(geometry);
  for (XmlNode& part : *parts) {
    if (!part.name.empty()) cleaner.clean(part);
  }
  return to_xml(*parts);
}

std::string xmp_companion(std::string_view packet) {
  const std::optional<std::vector<XmlNode>> parts = parse_xml(packet);
  for (const XmlNode& part : parts.value_or(std::vector<XmlNode>())) {
    Scope scope;
    if (any_of_tree(part, scope, is_gain_map)) return "HDR gain map";
    if (any_of_tree(part, scope, is_video)) return "video";
  }
  return {};
}

}  // namespace genga::image
