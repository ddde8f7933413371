// Folders on disk: manifests, sidecars, names, pages.
#include "fetch/sources/folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "fetch/http/robots.h"
#include "fetch/sources/sidecar.h"
#include "genga/error.h"
#include "image/test_folder.h"

namespace genga::fetch {
namespace {

namespace fs = std::filesystem;

class Folder : public testing::Test {
 protected:
  void SetUp() override { image::init(1); }

  void draw(const std::string& file) {
    fs::create_directories((root() / file).parent_path());
    image::write_image(root() / file, image::draw_image(24, 16, ++seed_));
  }
  void write(const std::string& file, const std::string& text) { write_file(root() / file, text); }
  const fs::path& root() const { return folder_.path(); }

  std::unique_ptr<ImageSource> open() { return open_folder(root().string(), {http_, robots_, {}}); }
  Listing list(const std::string& cursor = "") { return open()->list(cursor, {}); }

  image::TestFolder folder_;
  HttpClient http_{HttpOptions{}};
  Robots robots_{http_};
  int seed_ = 0;
};

TEST_F(Folder, AllImagesBelowItAreListedInOrder) {
  draw("b.png");
  draw("a/z.jpg");
  draw("a/y/x.webp");
  write("notes.md", "no image");
  draw(".hidden/h.png");
  const Listing page = list();
  ASSERT_EQ(page.candidates.size(), 3);
  EXPECT_EQ(page.candidates[0].name, "a_y_x");
  EXPECT_EQ(page.candidates[1].name, "a_z");
  EXPECT_EQ(page.candidates[2].url, (root() / "b.png").string());
  EXPECT_EQ(page.next, "");
}

TEST_F(Folder, NamesAreDistinct) {
  draw("a.png");
  draw("a.jpg");
  draw("a_b.png");
  draw("a/b.png");
  std::set<std::string> names;
  for (const ImageCandidate& candidate : list().candidates) names.insert(candidate.name);
  EXPECT_EQ(names, (std::set<std::string>{"a", "a_2", "a_b", "a_b_2"}));
}

TEST_F(Folder, PagesFollowTheCursorAlsoWhenItsFileIsGone) {
  draw("p000.png");
  for (int i = 1; i < 300; ++i) {
    std::string name = fmt::format("p{:03}.png", i);
    fs::copy_file(root() / "p000.png", root() / name);
  }
  const Listing first = list();
  EXPECT_EQ(first.candidates.size(), 256);
  EXPECT_EQ(first.next, "p255.png");
  fs::remove(root() / "p255.png");
  fs::remove(root() / "p003.png");
  const Listing second = list(first.next);
  ASSERT_EQ(second.candidates.size(), 44);
  EXPECT_EQ(second.candidates[0].name, "p256");
  EXPECT_EQ(second.next, "");
}

TEST_F(Folder, SidecarsOfGalleryDlAndImg2datasetAreRead) {
  draw("1.png");
  write("1.png.json", R"({"category": "danbooru", "tag_string_artist": "mori umi", "source": "https://art.example/1",
                          "rating": "g", "tag_string": "hat sea", "license": "CC BY 4.0", "md5": "00"})");
  draw("2.png");
  write("2.json",
        R"({"url": "https://img.example/2.jpg", "caption": "a red boat at sea", "key": "2", "sha256": "11"})");
  write("2.txt", "a red boat at sea");
  draw("3.png");
  write("3.txt", "1girl, red hat, sea\n");
  const auto images = list().candidates;
  ASSERT_EQ(images.size(), 3);
  EXPECT_EQ(images[0].author, "mori, umi");
  EXPECT_EQ(images[0].licence, "CC-BY-4.0");
  EXPECT_EQ(images[0].page, "https://art.example/1");
  EXPECT_EQ(images[0].tags, (std::vector<std::string>{"hat", "sea", "rating:g"}));
  EXPECT_EQ(images[0].md5, "") << "the file may have been changed since";
  EXPECT_EQ(images[1].page, "https://img.example/2.jpg");
  EXPECT_EQ(images[1].title, "a red boat at sea");
  EXPECT_TRUE(images[1].tags.empty());
  EXPECT_EQ(images[2].tags, (std::vector<std::string>{"1girl", "red hat", "sea"}));
}

TEST_F(Folder, BrokenSidecarIsNamedAndTheImageTaken) {
  draw("1.png");
  write("1.json", "{\"author\": ");
  const Listing page = list();
  EXPECT_EQ(page.candidates.size(), 1);
  ASSERT_EQ(page.passed_over.size(), 1);
  EXPECT_EQ(page.passed_over[0].what, (root() / "1.json").string());
}

TEST_F(Folder, ManifestIsTakenOverEntirely) {
  draw("images/1.png");
  draw("images/2.png");
  write("images/1.json", R"({"author": "someone else"})");
  dataset::Manifest manifest{.folder = root()};
  dataset::Entry entry = dataset::describe_file(root(), root() / "images/1.png");
  entry.author = "A. Painter";
  entry.licence = "CC0-1.0";
  entry.split = "held_out";
  entry.decisions.push_back({.step = "clean", .check = "blur", .keep = false, .value = 1.0});
  manifest.entries.push_back(entry);
  entry.file = "images/gone.png";
  manifest.entries.push_back(entry);
  dataset::save_manifest(manifest);

  const Listing page = list();
  ASSERT_EQ(page.candidates.size(), 2);
  ASSERT_TRUE(page.candidates[0].known.has_value());
  EXPECT_EQ(page.candidates[0].known->split, "held_out");
  EXPECT_EQ(page.candidates[0].known->decisions.size(), 1);
  EXPECT_EQ(page.candidates[0].author, "A. Painter") << "the manifest's word counts, not the sidecar's";
  EXPECT_FALSE(page.candidates[1].known.has_value());
  ASSERT_EQ(page.passed_over.size(), 1);
  EXPECT_EQ(page.passed_over[0].what, (root() / "images/gone.png").string());
}

TEST_F(Folder, NameThatNoManifestCanHoldIsPassedOver) {
  draw("1.png");
  fs::copy_file(root() / "1.png", root() / "caf\xe9.png");
  const Listing page = list();
  EXPECT_EQ(page.candidates.size(), 1);
  ASSERT_EQ(page.passed_over.size(), 1);
  EXPECT_NE(page.passed_over[0].reason.find("no UTF-8"), std::string::npos);
}

TEST_F(Folder, FolderThatCannotBeReadIsNamed) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  draw("open/1.png");
  draw("shut/2.png");
  fs::permissions(root() / "shut", fs::perms::none);
  const Listing page = list();
  fs::permissions(root() / "shut", fs::perms::owner_all);
  EXPECT_EQ(page.candidates.size(), 1);
  ASSERT_EQ(page.passed_over.size(), 1);
  EXPECT_TRUE(page.passed_over[0].may_pass);
}

TEST_F(Folder, FolderWithoutImagesIsRefusedWithTheCure) {
  const auto error_of = [&] {
    try {
      open();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(error_of().find("holds no images; expected"), std::string::npos);
  write("a.tar", "x");
  EXPECT_NE(error_of().find("/*.tar'"), std::string::npos) << error_of();
}

TEST(Sidecar, AuthorsAndLicencesAreReadInTheirManyForms) {
  const auto read = [](const char* text) {
    ImageCandidate candidate;
    add_sidecar(nlohmann::json::parse(text), candidate);
    return candidate;
  };
  EXPECT_EQ(read(R"({"artist": ["A", "B"]})").author, "A, B");
  EXPECT_EQ(read(R"({"author": {"username": "A"}})").author, "A");
  EXPECT_EQ(read(R"({"user": {"name": "A", "account": "a"}})").author, "A");
  EXPECT_EQ(read(R"({"category": "konachan", "author": "poster"})").author, "");
  EXPECT_EQ(read(R"({"license": "4"})").licence, "");
  EXPECT_EQ(read(R"({"license": "House rules"})").licence, "House rules");
  EXPECT_EQ(read(R"({"licence": {"name": "CC0"}, "license_url": "https://l.example"})").licence, "CC0-1.0");
  const ImageCandidate by_address = read(R"({"license": "https://creativecommons.org/licenses/by/2.0/"})");
  EXPECT_EQ(by_address.licence, "CC-BY-2.0");
  EXPECT_EQ(by_address.licence_url, "https://creativecommons.org/licenses/by/2.0/");
  EXPECT_EQ(read(R"({"source": "pixiv 12"})").page, "");
  EXPECT_EQ(read(R"({"tags": {"general": ["hat"], "character": ["umi"]}})").tags,
            (std::vector<std::string>{"umi", "hat"}));
  EXPECT_EQ(read(R"([1, 2])").author, "");
}

}  // namespace
}  // namespace genga::fetch
