// Where a collection stores images, and how it recognizes those that it has.
#include "fetch/collection.h"

#include <gtest/gtest.h>

#include "genga/base.h"
#include "image/test_folder.h"

namespace genga::fetch {
namespace {

namespace fs = std::filesystem;

class CollectionTest : public testing::Test {
 protected:
  /// Stores a made-up image in a newly opened collection. Its bytes need not be an image: they are not decoded.
  StoreResult store(const std::string& url, const std::string& sha256) {
    Collection collection(folder_.path(), {});
    bool licensed = false;
    const FetchedImage image{.bytes = {std::byte{1}}, .sha256 = sha256, .width = 1, .height = 1, .suffix = ".png"};
    return collection.store({.url = url, .name = "n" + sha256.substr(0, 1)}, image, nullptr, licensed);
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : dataset::read_manifest(folder_.path()).entries) names.push_back(entry.file);
    return names;
  }

  image::TestFolder folder_;
  const std::string hash_a_ = std::string(64, 'a'), hash_b_ = std::string(64, 'b');
};

using Names = std::vector<std::string>;

TEST_F(CollectionTest, StoresEachImageOnce) {
  EXPECT_EQ(store("http://a.org/1", hash_a_), StoreResult::kNew);
  EXPECT_EQ(store("http://a.org/2", hash_a_), StoreResult::kDuplicate);
  EXPECT_EQ(store("http://a.org/3", hash_b_), StoreResult::kNew);
  EXPECT_EQ(files(), (Names{"images/na.png", "images/nb.png"}));
  EXPECT_TRUE(fs::exists(folder_.path() / "images/nb.png"));
}

TEST_F(CollectionTest, GoesOnInTheFolderThatAnEarlierVersionMade) {
  fs::create_directory(folder_.path() / "pictures");
  write_file(folder_.path() / "pictures/.n.png.1.0.part", std::string_view("left by a killed run"));
  EXPECT_EQ(store("http://a.org/1", hash_a_), StoreResult::kNew);
  EXPECT_EQ(files(), Names{"pictures/na.png"});
  EXPECT_FALSE(fs::exists(folder_.path() / "images"));
  EXPECT_FALSE(fs::exists(folder_.path() / "pictures/.n.png.1.0.part"));
}

}  // namespace
}  // namespace genga::fetch
