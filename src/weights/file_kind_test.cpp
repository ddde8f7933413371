// What is said of files that are no model files.
#include "weights/file_kind.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "genga/error.h"
#include "genga/weights.h"

namespace genga::weights {
namespace {

using namespace std::string_literals;

std::string refusal(const std::string& bytes) {
  try {
    read_tensors(std::as_bytes(std::span(bytes)), nullptr);
  } catch (const Error& error) {
    return error.what();
  }
  return "taken";
}

struct Case {
  std::string bytes, word;
};

TEST(FileKind, NamesWhatItIs) {
  const std::string zip = "PK\x03\x04"s + std::string(26, '\1');
  const std::array cases{
      Case{"", "is empty"},
      Case{zip + "archive/data.pkl", "a PyTorch file (zip)"},
      Case{zip + "conv1.npy", "NumPy's .npz"},
      Case{zip + "metadata.json" + std::string(2000, 'x') + "model.weights.h5", "a Keras file"},
      Case{zip + "a.txt", "a zip archive"},
      Case{"\x80\x02\x8A\nl\xFC\x9C\x46\xF9 j\xA8P\x19."s, "a Python pickle"},
      Case{"\x08\x07\x12\x07pytorch\x1A\x03"
           "2.1:"s,
           "an ONNX file"},
      Case{"\x08\x01\x12\xB2\x05\n\x04serving default"s, "a TensorFlow model (.pb)"},
      Case{"\n\x20\n\x05input\x12\x0BPlaceholder*more"s, "a TensorFlow graph"},
      Case{"model_checkpoint_path: \"a\"", "a TensorFlow checkpoint"},
      Case{"\x1C\0\0\0TFL3 and more"s, "a TensorFlow Lite model"},
      Case{"\x89HDF\r\n\x1a\n and more", "an HDF5 file (Keras)"},
      Case{"\x89PNG\r\n\x1a\n and more", "a PNG image"},
      Case{"\xFF\xD8\xFF\xE0 and more", "a JPEG image"},
      Case{"\n <!DOCTYPE html><html>", "a web page"},
      Case{"{\"error\": \"Invalid credentials\"}", "a JSON text"},
      Case{"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "run git lfs pull"},
      Case{"\x1F\x8B\x08 and more", "packed by gzip"},
      Case{"GGUF\3\0\0\0 and more"s, "a GGUF file"},
  };
  for (const auto& [bytes, word] : cases) {
    EXPECT_NE(refusal(bytes).find(word), std::string::npos) << word << ": " << refusal(bytes);
  }
}

TEST(FileKind, LeavesSafetensorsAlone) {
  EXPECT_EQ(refusal("\2\0\0\0\0\0\0\0{}"s), "taken");
  EXPECT_NE(refusal("GIF8\0\0\0\0{}"s).find("not a safetensors file: the header"), std::string::npos);
  EXPECT_NE(refusal("short").find("5 bytes"), std::string::npos);
}

}  // namespace
}  // namespace genga::weights
