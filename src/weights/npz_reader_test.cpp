// Archives are written here byte by byte, so that every field can be wrong.
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstring>

#include "genga/error.h"
#include "genga/weights.h"

namespace genga::weights {
namespace {

std::string little_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>((value >> (8 * i)) & 0xFFU);
  return text;
}

std::string array(const std::string& type, const std::string& shape, const std::string& data,
                  const std::string& fortran = "False") {
  const std::string header = "{'descr': '" + type + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", } \n";
  return std::string("\x93NUMPY\x01\0", 8) + little_endian(header.size(), 2) + header + data;
}

std::string floats(std::initializer_list<float> values) {
  return {reinterpret_cast<const char*>(std::data(values)), values.size() * sizeof(float)};
}

std::string deflated(const std::string& plain) {
  std::string packed(plain.size() + 100, '\0');
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

struct Member {
  std::string name, plain;
  bool pack = false;
};

std::string archive(const std::vector<Member>& members) {
  std::string file, directory;
  for (const Member& m : members) {
    const std::string stored = m.pack ? deflated(m.plain) : m.plain;
    const auto sum = crc32(0, reinterpret_cast<const Bytef*>(m.plain.data()), static_cast<uInt>(m.plain.size()));
    const std::string common = little_endian(0, 2) + little_endian(m.pack ? 8 : 0, 2) + little_endian(0, 4) +
                               little_endian(sum, 4) + little_endian(stored.size(), 4) +
                               little_endian(m.plain.size(), 4) + little_endian(m.name.size(), 2);
    directory += little_endian(0x02014b50, 4) + little_endian(20, 2) + little_endian(20, 2) + common +
                 little_endian(0, 2 + 2 + 2 + 2) + little_endian(0, 4) + little_endian(file.size(), 4) + m.name;
    file += little_endian(0x04034b50, 4) + little_endian(20, 2) + common + little_endian(0, 2) + m.name + stored;
  }
  const std::string end = little_endian(0x06054b50, 4) + little_endian(0, 4) + little_endian(members.size(), 2) +
                          little_endian(members.size(), 2) + little_endian(directory.size(), 4) +
                          little_endian(file.size(), 4) + little_endian(0, 2);
  return file + directory + end;
}

TensorMap parse(const std::string& bytes) {
  return read_npz(std::as_bytes(std::span(bytes)));
}

ErrorCode refusal(const std::string& bytes, const std::string& expected) {
  try {
    parse(bytes);
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(expected), std::string::npos) << error.what();
    return error.code();
  }
  ADD_FAILURE() << "accepted";
  return ErrorCode::kInternal;
}

TEST(Npz, ReadsStoredAndDeflatedArrays) {
  const std::string half = little_endian(0x3C00, 2) + little_endian(0xC000, 2);  // 1, -2
  const TensorMap tensors = parse(archive({{"a.npy", array("<f4", "(2, 3)", floats({1, 2, 3, 4, 5, 6}))},
                                           {"b__w.npy", array("<f2", "(2,)", half), true},
                                           {"scalar.npy", array("<f4", "()", floats({7})), true}}));
  ASSERT_EQ(tensors.size(), 3U);
  EXPECT_EQ(tensors.at("a").dims, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(tensors.at("a").to_f32(), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(tensors.at("b__w").to_f32(), (std::vector<float>{1, -2}));
  EXPECT_EQ(tensors.at("scalar").to_f32(), std::vector<float>{7});
}

TEST(Npz, RefusesWhatItWouldMisread) {
  const std::string one = floats({1});
  EXPECT_EQ(refusal(archive({{"a.npy", array("<f8", "(1,)", one + one)}}), "<f8"), ErrorCode::kUnsupported);
  EXPECT_EQ(refusal(archive({{"a.npy", array("<f4", "(1, 1)", one, "True")}}), "Fortran"), ErrorCode::kUnsupported);
  EXPECT_EQ(refusal(archive({{"a.npy", array("<f4", "(2,)", one)}}), "shape"), ErrorCode::kCorruptData);
  EXPECT_EQ(refusal(archive({{"a.npy", array("<f4", "(9999999999, 9999999999)", one)}}), "shape"),
            ErrorCode::kCorruptData);
  EXPECT_EQ(refusal(archive({{"a.npy", "no array"}}), "NumPy"), ErrorCode::kUnsupported);
  EXPECT_EQ(refusal("PK", "zip"), ErrorCode::kCorruptData);
}

TEST(Npz, RefusesBombsBeforeItUnpacksThem) {
  const std::string good = archive({{"a.npy", array("<f4", "(1,)", floats({1})), true}});
  const std::size_t entry = good.find("PK\x01\x02");
  std::string bomb = good;
  bomb.replace(entry + 24, 4, little_endian(0xF0000000, 4));  // 4 GB out of a hundred bytes
  EXPECT_EQ(refusal(bomb, "claims"), ErrorCode::kCorruptData);
  std::string other = good;
  other.replace(entry + 10, 2, little_endian(14, 2));  // LZMA
  EXPECT_EQ(refusal(other, "method 14"), ErrorCode::kUnsupported);
}

TEST(Npz, RefusesNamesThatAreThereTwiceAndNoArchiveAtAll) {
  const std::string one = array("<f4", "(1,)", floats({1}));
  EXPECT_EQ(refusal(archive({{"a.npy", one}, {"a.npy", one}}), "twice"), ErrorCode::kCorruptData);
  EXPECT_EQ(refusal("", "zip"), ErrorCode::kCorruptData);
  EXPECT_TRUE(parse(archive({})).empty());
}

TEST(Npz, EveryBrokenByteIsAnErrorOrTheSameTensors) {
  const std::string good = archive(
      {{"a.npy", array("<f4", "(4,)", floats({1, 2, 3, 4})), true}, {"b.npy", array("<f4", "(1,)", floats({5}))}});
  for (std::size_t cut = 0; cut < good.size(); ++cut) EXPECT_THROW(parse(good.substr(0, cut)), Error) << cut;
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x11);
    try {
      const TensorMap tensors = parse(bad);
      // Only names, time stamps and other fields that do not count may change unnoticed.
      for (const auto& [name, tensor] : tensors) {
        const std::vector<float> values = tensor.to_f32();
        EXPECT_TRUE(values == (std::vector<float>{1, 2, 3, 4}) || values == std::vector<float>{5}) << name << " " << i;
      }
    } catch (const Error&) {
    }
  }
}

}  // namespace
}  // namespace genga::weights
