// Files known by their first bytes.
#include "weights/file_kind.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "genga/error.h"
#include "genga/text.h"

namespace genga::weights {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kOtherModel = "Genga runs model files that genga train or genga convert has written";
constexpr std::string_view kImage = "give it as input, and a model file with -m";
constexpr std::string_view kUnpack = "unpack it first";
constexpr std::string_view kFailed = "the download failed; fetch the file itself";

struct Kind {
  std::string_view mark;  // the file's first bytes
  std::string_view what, cure;
};

constexpr std::array kKinds{
    Kind{"\x89HDF\r\n\x1a\n"sv, "an HDF5 file (Keras)", kOtherModel},
    Kind{"GGUF"sv, "a GGUF file (llama.cpp)", kOtherModel},
    Kind{"\x93NUMPY"sv, "a NumPy array (.npy)", kOtherModel},
    Kind{"7767517"sv, "an ncnn network (.param)", kOtherModel},
    Kind{"model_checkpoint_path:"sv, "a TensorFlow checkpoint's index", kOtherModel},
    Kind{"\x89PNG"sv, "a PNG image", kImage},
    Kind{"\xFF\xD8\xFF"sv, "a JPEG image", kImage},
    Kind{"GIF8"sv, "a GIF image", kImage},
    Kind{"RIFF"sv, "a WebP image or a sound", kImage},
    Kind{"II*\0"sv, "a TIFF image", kImage},
    Kind{"MM\0*"sv, "a TIFF image", kImage},
    Kind{"BM"sv, "a BMP image", kImage},
    Kind{"%PDF"sv, "a PDF document", kOtherModel},
    Kind{"version https://git-lfs"sv, "a Git LFS pointer, not the file it stands for", "run git lfs pull"},
    Kind{"\x1F\x8B"sv, "packed by gzip", kUnpack},
    Kind{"\xFD"
         "7zXZ"sv,
         "packed by xz", kUnpack},
    Kind{"\x28\xB5\x2F\xFD"sv, "packed by zstd", kUnpack},
    Kind{"BZh"sv, "packed by bzip2", kUnpack},
    Kind{"7z\xBC\xAF"sv, "a 7z archive", kUnpack},
    Kind{"Rar!"sv, "a RAR archive", kUnpack},
};

/// The marks above would be lengths of a header of gigabytes, or no header would follow.
bool may_be_safetensors(std::string_view text) {
  return text.size() > 8 && text.substr(4, 4) == "\0\0\0\0"sv && text[8] == '{';
}

bool holds(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

/// A zip archive by the name of its first file, and by those that its directory at the end names.
Kind zip_kind(std::string_view text) {
  constexpr std::size_t kEnd = std::size_t{1} << 16;
  const std::string_view begin = text.substr(0, 1024);
  const std::string_view end = text.substr(text.size() - std::min(text.size(), kEnd));
  const auto names = [&](std::string_view word) { return holds(begin, word) || holds(end, word); };
  if (names("data.pkl") || names(".pkl")) return {"", "a PyTorch file (zip)", kOtherModel};
  if (names(".npy")) return {"", "NumPy's .npz", "genga convert FILE.npz makes model files of feature networks"};
  if (names("model.weights.h5")) return {"", "a Keras file (zip)", kOtherModel};
  return {"", "a zip archive", kUnpack};
}

bool is_page(std::string_view text) {
  const std::string begin = to_lower(trimmed(text.substr(0, 512)));
  return begin.starts_with("<!doctype") || begin.starts_with("<html") || begin.starts_with("<?xml") ||
         begin.starts_with("<head") || begin.starts_with("\xEF\xBB\xBF<");
}

/// Protocol Buffers name no format; ONNX begins with its version and its maker's name, TensorFlow's files with a
/// version 1 or a graph's first node.
Kind protobuf_kind(std::string_view text) {
  if (text.size() < 16) return {};
  if (text[0] == 8 && text[1] == 1 && text[2] == 18) return {"", "a TensorFlow model (.pb)", kOtherModel};
  if (text[0] == 8 && text[1] > 1 && text[1] < 32 &&
      (text[2] == 18 || text[2] == 26 || text[2] == 34 || text[2] == 58)) {
    return {"", "an ONNX file", kOtherModel};
  }
  const std::string_view begin = text.substr(0, 256);
  const bool graph = text[0] == 10 && (holds(begin, "\x12\x0BPlaceholder"sv) ||
                                       holds(begin,
                                             "\x12\x05"
                                             "Const"sv) ||
                                       holds(begin, "MetaGraph") || holds(begin, "\x12\x04VarH"sv));
  return graph ? Kind{"", "a TensorFlow graph (.pb)", kOtherModel} : Kind{};
}

Kind kind_of(std::string_view text) {
  for (const Kind& kind : kKinds) {
    if (text.starts_with(kind.mark)) return kind;
  }
  if (text.size() < 8) return {};
  if (text.starts_with("PK\x03\x04")) return zip_kind(text);
  if (text.size() > 2 && text[0] == '\x80' && text[1] >= 2 && text[1] <= 5) {
    return {"", "a Python pickle (an old PyTorch file, perhaps)", kOtherModel};
  }
  if (text.substr(4, 4) == "TFL3") return {"", "a TensorFlow Lite model", kOtherModel};
  if (text.substr(4, 4) == "ftyp") return {"", "an image or video (HEIC, AVIF, MP4)", kImage};
  if (text.size() > 262 && text.substr(257, 5) == "ustar") return {"", "a tar archive", kUnpack};
  if (text.ends_with("\x57\xFB\x80\x8B\x24\x75\x47\xDB"sv)) return {"", "a TensorFlow checkpoint's index", kOtherModel};
  if (is_page(text)) return {"", "a web page", kFailed};
  if (text.starts_with("{\"") || text.starts_with("{\n")) return {"", "a JSON text", kFailed};
  return protobuf_kind(text);
}

}  // namespace

void refuse_other_kinds(std::span<const std::byte> bytes) {
  if (bytes.empty()) fail(ErrorCode::kCorruptData, "is empty, expected safetensors; the download or copy failed");
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (may_be_safetensors(text)) return;
  const Kind kind = kind_of(text);
  if (!kind.what.empty()) fail(ErrorCode::kUnsupported, "is {}, expected safetensors; {}", kind.what, kind.cure);
}

}  // namespace genga::weights
