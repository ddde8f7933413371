// Tests of the licence table and of the verdict over a data set.
#include <gtest/gtest.h>

#include "genga/dataset.h"

namespace genga::dataset {
namespace {

std::string id_of(std::string_view text) {
  const Licence* licence = find_licence(text);
  return licence == nullptr ? "" : std::string(licence->id);
}

Entry image(std::string licence, std::string author = "", std::string attribution = "") {
  Entry entry;
  entry.file = "a.png";
  entry.licence = std::move(licence);
  entry.author = std::move(author);
  entry.attribution = std::move(attribution);
  return entry;
}

TEST(Licences, AreFoundByIdNameAliasAndAddress) {
  for (const Licence& licence : licences()) {
    EXPECT_EQ(id_of(licence.id), licence.id);
    if (!licence.url.empty() && licence.url != "https://creativecommons.org/licenses/") {
      EXPECT_EQ(id_of(licence.url), licence.id) << licence.url;
    }
  }
  EXPECT_EQ(id_of("CC BY-SA 3.0"), "CC-BY-SA-3.0");
  EXPECT_EQ(id_of("cc-by-sa-3.0-de"), "CC-BY-SA-3.0");
  EXPECT_EQ(id_of("cc-by-sa-2.5,2.0,1.0"), "CC-BY-SA-2.5");
  EXPECT_EQ(id_of("https://creativecommons.org/licenses/by/2.0/deed.en"), "CC-BY-2.0");
  EXPECT_EQ(id_of("http://creativecommons.org/licenses/by-nc-nd/4.0"), "CC-BY-NC-ND-4.0");
  EXPECT_EQ(id_of("https://creativecommons.org/publicdomain/zero/1.0/deed.de"), "CC0-1.0");
  EXPECT_EQ(id_of("CC0"), "CC0-1.0");
  EXPECT_EQ(id_of("Public domain"), "PDM-1.0");
  EXPECT_EQ(id_of("PD-old-70"), "PDM-1.0");
  EXPECT_EQ(id_of("CC BY"), "CC-BY");
  EXPECT_EQ(id_of("Creative Commons Attribution 4.0 International"), "CC-BY-4.0");
  EXPECT_EQ(id_of("MIT License"), "MIT");
  EXPECT_EQ(id_of("Own work"), "own");
}

TEST(Licences, OfWordsThatNameNoneAreUnknown) {
  for (const char* text :
       {"", "free", "cc", "cc-by-xx-4.0", "cc-sa-4.0", "by-4.0", "https://example.org/licence", "  "}) {
    EXPECT_EQ(id_of(text), "") << text;
  }
}

TEST(Licences, OfListsAreUnknownUnlessAllAreTheSame) {
  for (const char* text :
       {"CC0-1.0; CC-BY-NC-4.0", "CC-BY-4.0 and CC-BY-NC-4.0", "CC-BY-4.0 AND CC-BY-NC-4.0", "(CC-BY-4.0) AND (CC0)",
        "PD-old AND CC-BY-NC-4.0", "PD-old-CC-BY-NC", "public domain (non-commercial)", "CC BY 4.0 (NonCommercial)",
        "CC-BY-4.0 CC-BY-NC-4.0", "CC-BY-4.0-NC", "CC-BY-4.0|CC-BY-ND-4.0", "CC0, ask me", "CC0\nCC-BY-NC-4.0",
        "CC-BY-4.0 WITH no-ai", "MIT & CC-BY-NC-4.0", "CC-BY-NC-4.0 https://unsplash.com/license",
        "https://creativecommons.org/publicdomain/zero/1.0/ https://creativecommons.org/licenses/by-nc/4.0/",
        "https://example.org/?like=https://creativecommons.org/publicdomain/zero/1.0/"}) {
    EXPECT_EQ(id_of(text), "") << text;
  }
  EXPECT_EQ(id_of("CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/)"), "CC-BY-4.0");
  EXPECT_EQ(id_of("CC0; Creative Commons Zero"), "CC0-1.0");
  EXPECT_EQ(id_of("https://creativecommons.org/licenses/by-sa/4.0/deed.zh-hans?ref=x"), "CC-BY-SA-4.0");
  EXPECT_EQ(id_of("CC BY 4.0 Deed"), "CC-BY-4.0");
}

TEST(Verdict, FreeImagesAllowEverythingWithoutCredit) {
  const std::vector<Entry> entries{image("CC0-1.0", "Mika"), image("Public domain")};
  const Verdict verdict = judge_licences(entries);
  EXPECT_TRUE(verdict.commercial && verdict.derivatives);
  EXPECT_FALSE(verdict.attribution || verdict.share_alike);
  EXPECT_EQ(verdict.attribution_text, "");
  EXPECT_EQ(verdict.unknown, 0);
}

TEST(Verdict, TheStrictestImageDecides) {
  const std::vector<Entry> entries{image("CC0"), image("CC BY-NC-SA 4.0", "Ann"),
                                   image("CC BY 4.0", "Ben", "Ben, 2020")};
  const Verdict verdict = judge_licences(entries);
  EXPECT_FALSE(verdict.commercial);
  EXPECT_TRUE(verdict.share_alike && verdict.attribution && verdict.derivatives);
  EXPECT_NE(verdict.sentence.find("not commercially"), std::string::npos) << verdict.sentence;
  EXPECT_NE(verdict.attribution_text.find("Ben, 2020"), std::string::npos);
  EXPECT_NE(verdict.attribution_text.find("Ann, Creative Commons Attribution-NonCommercial-ShareAlike 4.0"),
            std::string::npos)
      << verdict.attribution_text;
}

TEST(Verdict, OneUnknownImageMakesAllUnknown) {
  const std::vector<Entry> entries{image("CC0"), image(""), image("ask me")};
  const Verdict verdict = judge_licences(entries);
  EXPECT_EQ(verdict.unknown, 2);
  EXPECT_EQ(verdict.licence, "");
  EXPECT_FALSE(verdict.commercial);
  EXPECT_NE(verdict.sentence.find("2 of 3"), std::string::npos) << verdict.sentence;
}

TEST(Verdict, DroppedImagesDoNotCount) {
  std::vector<Entry> entries{image("CC0"), image("")};
  entries[1].decisions.push_back({.step = "hand", .check = "drop", .keep = false});
  EXPECT_EQ(judge_licences(entries).unknown, 0);
  EXPECT_EQ(judge_licences(entries).images, 1);
}

TEST(Verdict, NamesMissingCredits) {
  const std::vector<Entry> entries{image("CC BY 4.0")};
  const Verdict verdict = judge_licences(entries);
  EXPECT_EQ(verdict.uncredited, 1);
  EXPECT_NE(verdict.sentence.find("one image"), std::string::npos) << verdict.sentence;
}

}  // namespace
}  // namespace genga::dataset
