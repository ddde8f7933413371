// SHA-256 against the vectors of FIPS 180-4.
#include "genga/sha256.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "genga/base.h"
#include "genga/error.h"

namespace genga {
namespace {

constexpr const char* kOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(sha256_of({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Sha256 hash;
  hash.add("a");
  hash.add("bc");
  EXPECT_EQ(hash.hex(), kOfAbc);
}

TEST(Sha256, OfAFileIsThatOfItsBytes) {
  const auto path = std::filesystem::temp_directory_path() / ("genga_sha256_" + std::to_string(::getpid()));
  write_file(path, "abc");
  EXPECT_EQ(sha256_of_file(path), kOfAbc);
  std::filesystem::remove(path);
  EXPECT_THROW(sha256_of_file(path), Error);
}

}  // namespace
}  // namespace genga
