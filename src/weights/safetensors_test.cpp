// Tests of the safetensors container: round trips, alignment, and refusals of broken files.
#include "weights/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "genga/base.h"
#include "genga/error.h"
#include "weights/test_scratch.h"

namespace genga::weights {
namespace {

std::string with_length(const std::string& json) {
  std::string text;
  for (std::size_t i = 0; i < 8; ++i) text += static_cast<char>((json.size() >> (8 * i)) & 0xFFU);
  return text + json;
}

TensorFile parse(const std::string& bytes) {
  return read_tensors(std::as_bytes(std::span(bytes)), nullptr);
}

/// The error's text, or "" if the bytes are accepted.
std::string refusal(const std::string& bytes) {
  try {
    parse(bytes);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// One tensor's header entry with data of `n` bytes behind the header.
std::string with_data(const std::string& json, std::size_t n) {
  return with_length(json) + std::string(n, '\0');
}

TensorFile sample() {
  TensorFile file;
  file.tensors.emplace("a", make_tensor({2, 2}, {1, 2, 3, 4}));
  file.tensors.emplace("b.half", to_f16(make_tensor({3}, {0.5F, -1, 2})));
  file.tensors.emplace("c.empty", make_tensor({0, 7}, {}));
  file.tensors.emplace("scalar", make_tensor({}, {9}));
  file.metadata = {{"step", "12"}, {"text", "line\n\"quoted\" \xC3\xA9"}};
  return file;
}

TEST(Safetensors, ReadsBackWhatItWrote) {
  const auto path = scratch("genga_round_trip.safetensors");
  const TensorFile file = sample();
  write_tensor_file(path, file);
  const TensorFile back = read_tensor_file(path);
  EXPECT_EQ(back.metadata, file.metadata);
  ASSERT_EQ(back.tensors.size(), file.tensors.size());
  for (const auto& [name, tensor] : file.tensors) {
    SCOPED_TRACE(name);
    EXPECT_EQ(back.tensors.at(name).dtype, tensor.dtype);
    EXPECT_EQ(back.tensors.at(name).dims, tensor.dims);
    EXPECT_EQ(back.tensors.at(name).to_f32(), tensor.to_f32());
  }
}

TEST(Safetensors, DataBeginsAtAMultipleOf64AndEveryTensorIsAligned) {
  EXPECT_EQ(write_header(sample()).size() % 64, 0U);
  const auto path = scratch("genga_aligned.safetensors");
  write_tensor_file(path, sample());
  for (const auto& [name, tensor] : read_tensor_file(path).tensors) {
    const auto address = reinterpret_cast<std::uintptr_t>(tensor.bytes.data());
    EXPECT_EQ(address % static_cast<std::uintptr_t>(dtype_bytes(tensor.dtype)), 0U) << name;
  }
}

TEST(Safetensors, TensorsOutliveTheirFile) {
  const auto path = scratch("genga_outlive.safetensors");
  write_tensor_file(path, sample());
  const Tensor tensor = read_tensor_file(path).tensors.at("a");
  std::filesystem::remove(path);
  EXPECT_EQ(tensor.to_f32(), (std::vector<float>{1, 2, 3, 4}));
}

TEST(Safetensors, AcceptsAnEmptyHeader) {
  EXPECT_TRUE(parse(with_length("{}")).tensors.empty());
}

TEST(Safetensors, AcceptsDataInAnyOrderOfNames) {
  const std::string json =
      R"({"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})";
  EXPECT_EQ(parse(with_data(json, 8)).tensors.size(), 2U);
}

TEST(Safetensors, EveryTruncationIsAnError) {
  const auto path = scratch("genga_whole.safetensors");
  write_tensor_file(path, sample());
  const std::vector<std::byte> whole = read_file(path);
  for (std::size_t n = 0; n < whole.size(); ++n) {
    EXPECT_THROW(read_tensors(std::span(whole).first(n), nullptr), Error) << n << " of " << whole.size() << " bytes";
  }
}

TEST(Safetensors, RandomByteFlipsGiveTensorsOrAnError) {
  const auto path = scratch("genga_flips.safetensors");
  write_tensor_file(path, sample());
  const std::vector<std::byte> whole = read_file(path);
  std::mt19937 random(1);
  int accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    std::vector<std::byte> flipped = whole;
    for (int n = 0; n < 1 + i % 3; ++n) flipped[random() % flipped.size()] = static_cast<std::byte>(random());
    try {
      for (const auto& [name, tensor] : read_tensors(flipped, nullptr).tensors) {
        EXPECT_EQ(static_cast<std::int64_t>(tensor.bytes.size()), tensor.size() * dtype_bytes(tensor.dtype));
      }
      ++accepted;
    } catch (const Error&) {
    }
  }
  EXPECT_GT(accepted, 0);  // flips in the data alone leave the container whole
}

struct BadHeader {
  const char* name;
  const char* json;
  std::size_t data_bytes;
  const char* message;  // part of it
};

class Refusal : public testing::TestWithParam<BadHeader> {};

TEST_P(Refusal, SaysWhatIsWrong) {
  const BadHeader& bad = GetParam();
  const std::string message = refusal(with_data(bad.json, bad.data_bytes));
  EXPECT_NE(message.find(bad.message), std::string::npos) << "message: '" << message << "'";
}

constexpr BadHeader kBadHeaders[] = {
    {"NotJson", "{]", 0, "not valid JSON at byte 2"},
    {"NotAnObject", "[]", 0, "not a JSON object"},
    {"TwoValues", "{} {}", 0, "not valid JSON"},
    {"BadUtf8", "{\"\xFF\":1}", 0, "not valid JSON"},
    {"TooDeep", R"({"a":{"shape":[[[[1]]]]}})", 0, "nested more than 3 deep"},
    {"RepeatedName",
     R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
     4, "names 'a' twice"},
    {"RepeatedKey", R"({"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4, "'dtype' twice"},
    {"UnknownKey", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}})", 4, "more than dtype"},
    {"NotADescription", R"({"a":3})", 0, "not described by a JSON object"},
    {"NoType", R"({"a":{"shape":[1],"data_offsets":[0,4]}})", 4, "has no dtype"},
    {"OtherType", R"({"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}})", 8, "is of type 'I64'"},
    {"NoShape", R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", 4, "has no shape"},
    {"NoOffsets", R"({"a":{"dtype":"F32","shape":[1]}})", 4, "has no data_offsets"},
    {"OneOffset", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4]}})", 4, "not a begin and an end"},
    {"ReversedOffsets", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4, "not a begin and an end"},
    {"NegativeSide", R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4, "shape holds something else"},
    {"FractionalSide", R"({"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}})", 4, "shape holds something else"},
    {"HugeSide", R"({"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,4]}})", 4,
     "shape holds something else"},
    {"NumberBeyondDouble", R"({"a":{"dtype":"F32","shape":[1e999],"data_offsets":[0,4]}})", 4, "out of range"},
    {"OverflowingShape", R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}})", 0,
     "expected more than there are"},
    {"ManyDimensions", R"({"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}})", 4, "at most 8"},
    {"ShapeUnlikeOffsets", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4, "span 4 bytes, expected 8"},
    {"Overlap",
     R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
     12, "must follow one another"},
    {"SharedData",
     R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
     4, "must follow one another"},
    {"Gap", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8, "begins at byte 4, expected 0"},
    {"DataMissing", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 7, "cut short"},
    {"DataLeftOver", R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 5, "has 5 bytes of data, expected 4"},
    {"MetadataNotStrings", R"({"__metadata__":{"a":1}})", 0, "metadata 'a': is not a string"},
    {"MetadataNotAnObject", R"({"__metadata__":[]})", 0, "__metadata__ is not a JSON object"},
};
INSTANTIATE_TEST_SUITE_P(Safetensors, Refusal, testing::ValuesIn(kBadHeaders),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Safetensors, RefusesAHeaderLengthBeyondTheLimitBeforeAllocating) {
  std::string bytes(8, '\xFF');
  EXPECT_NE(refusal(bytes).find("not a safetensors file: the header length is 18446744073709551615"),
            std::string::npos);
}

TEST(Safetensors, RefusesAHeaderLengthBeyondTheFile) {
  std::string bytes = with_length("{}");
  bytes[0] = 50;
  EXPECT_NE(refusal(bytes).find("cut short"), std::string::npos);
}

TEST(Safetensors, MissingFileIsNotFoundAndFolderIsIo) {
  const auto code_of = [](const std::filesystem::path& path) {
    try {
      read_tensor_file(path);
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos) << error.what();
      return error.code();
    }
    return ErrorCode::kInternal;
  };
  EXPECT_EQ(code_of(scratch("genga_absent.safetensors")), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(testing::TempDir()), ErrorCode::kIo);
  EXPECT_EQ(code_of("/dev/null"), ErrorCode::kIo);
}

TEST(Safetensors, EmptyFileIsCorrupt) {
  const auto path = scratch("genga_empty.safetensors");
  write_file(path, std::string_view());
  EXPECT_THROW(read_tensor_file(path), Error);
}

TEST(Safetensors, WriterRefusesTextThatIsNotUtf8) {
  TensorFile file;
  file.metadata["x"] = "\xFF";
  EXPECT_THROW(write_header(file), Error);
}

TEST(Safetensors, WriterRefusesTheReservedName) {
  TensorFile file;
  file.tensors.emplace("__metadata__", make_tensor({1}, {0}));
  EXPECT_THROW(write_header(file), Error);
}

}  // namespace
}  // namespace genga::weights
