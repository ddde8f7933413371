// What help, man page and completions make of a small program's options.
#include "cli/option_table.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

#include "genga/error.h"

namespace genga::cli {
namespace {

/// A program with one of each kind of option.
class OptionTable : public ::testing::Test {
 protected:
  OptionTable() {
    app_.set_help_flag("-h,--help", "Print this help");
    CLI::App* sub = app_.add_subcommand("stylize", "Turn photos into anime");
    sub->add_option("-i,--input,INPUT", inputs_, "Images")->type_name("PATH")->group("Input");
    sub->add_option("--fit", fit_, "It's how")->type_name("cover|contain")->group("Input");
    sub->add_option("-f,--format", fit_, "Format [of outputs]")->type_name("FORMAT")->group("Output");
    sub->add_flag("--json", json_, "One document")->group("Output");
    sub->footer("Examples:\n  genga a.jpg -o b.png");
    app_.add_subcommand("models", "List the styles");
    doc_ = describe(app_);
  }
  const CommandDoc& stylize() const { return doc_.commands.at(0); }

  CLI::App app_{"Turns photos into anime.", "genga"};
  std::vector<std::string> inputs_;
  std::string fit_;
  bool json_ = false;
  CommandDoc doc_;
};

TEST_F(OptionTable, DescribesWhatTheProgramAccepts) {
  EXPECT_EQ(doc_.command_names(), (std::vector<std::string>{"stylize", "models"}));
  EXPECT_EQ(stylize().path, "genga stylize");
  EXPECT_EQ(stylize().long_names(), (std::vector<std::string>{"--help", "--input", "--fit", "--format", "--json"}));
  EXPECT_EQ(stylize().options.at(1).spelling(), "-i, --input PATH");
  EXPECT_EQ(stylize().options.at(1).positional, "INPUT");
  EXPECT_TRUE(stylize().options.at(1).repeatable);
  EXPECT_EQ(stylize().options.at(4).spelling(), "--json");
}

TEST_F(OptionTable, HelpNamesEveryOptionOnceAndEndsWithExamples) {
  const std::string text = help_text(stylize());
  EXPECT_EQ(text.find("Turn photos into anime\n\nUsage: genga stylize INPUT... [options]\n"), 0U) << text;
  for (const auto& name : stylize().long_names()) EXPECT_NE(text.find(name), std::string::npos) << name;
  EXPECT_TRUE(text.ends_with("genga a.jpg -o b.png\n")) << text;
}

TEST_F(OptionTable, ManPageNamesEveryOption) {
  const std::string page = man_page(doc_, "1.2.3");
  EXPECT_EQ(page.find(".TH GENGA 1 \"\" \"genga 1.2.3\""), 0U) << page;
  EXPECT_NE(page.find("\\fB\\-i\\fR, \\fB\\-\\-input\\fR \\fIPATH\\fR"), std::string::npos) << page;
  EXPECT_NE(page.find(".SH EXIT STATUS"), std::string::npos);
}

TEST_F(OptionTable, CompletionsKnowOptionsAndValues) {
  doc_.words = {{"STYLE", {"pepper"}}, {"FORMAT", {"jpeg", "png"}}};
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = completion_script(shell, doc_);
    for (const char* word : {"stylize", "models", "input", "cover contain", "jpeg png"}) {
      EXPECT_NE(script.find(word), std::string::npos) << shell << " lacks " << word << "\n" << script;
    }
  }
}

TEST_F(OptionTable, PassesFromOneProgramToAnother) {
  doc_.bare_command = "stylize";
  doc_.words = {{"STYLE", {"pepper"}}};
  const CommandDoc back = table_from_text(table_text(doc_));
  ASSERT_EQ(back.commands.size(), 2U);
  EXPECT_EQ(back.commands.at(0).path, "genga stylize");
  EXPECT_EQ(back.commands.at(0).footer, stylize().footer);
  EXPECT_EQ(back.commands.at(0).options.at(1).spelling(), "-i, --input PATH");
  EXPECT_TRUE(back.commands.at(0).options.at(1).repeatable);
  EXPECT_EQ(back.bare_command, "stylize");
  EXPECT_EQ(back.words, doc_.words);
  EXPECT_TRUE(table_from_text("").commands.empty());
  EXPECT_TRUE(table_from_text("{\"commands\": 3}").commands.empty());
}

TEST_F(OptionTable, HiddenOptionsAndOldNamesAreNotShown) {
  CLI::App* sub = app_.get_subcommand("models");
  sub->add_option("--video,--film", fit_, "A video")->type_name("FILE");
  sub->add_option("--secret", fit_, "Not for all")->group("");
  const CommandDoc doc = describe(app_);
  std::vector<std::string> texts{help_text(doc.commands.at(1)), man_page(doc, "1")};
  for (const char* shell : {"bash", "zsh", "fish"}) texts.push_back(completion_script(shell, doc));
  for (const std::string& text : texts) {
    EXPECT_NE(text.find("video"), std::string::npos) << text;
    EXPECT_EQ(text.find("film"), std::string::npos) << text;
    EXPECT_EQ(text.find("secret"), std::string::npos) << text;
  }
}

TEST_F(OptionTable, OptionsOfTheBareCommandNeedNoName) {
  doc_.commands.at(1).commands = {stylize()};
  doc_.commands.at(1).bare_command = "stylize";
  EXPECT_NE(completion_script("bash", doc_).find("'models') options='-h --help -i --input --fit"), std::string::npos);
  const std::string fish = completion_script("fish", doc_);
  EXPECT_NE(
      fish.find("'__fish_seen_subcommand_from models; and not __fish_seen_subcommand_from stylize' -s i -l input"),
      std::string::npos)
      << fish;
}

TEST_F(OptionTable, CommandsOfACommandAreNamedWithIt) {
  doc_.commands.at(1).commands = table_from_text(table_text(doc_)).commands;
  EXPECT_NE(man_page(doc_, "1").find(".SS models stylize\n"), std::string::npos);
  for (const char* shell : {"bash", "zsh"}) {
    const std::string script = completion_script(shell, doc_);
    EXPECT_NE(script.find("'models stylize')"), std::string::npos) << script;
  }
  const std::string fish = completion_script("fish", doc_);
  EXPECT_NE(fish.find("'__fish_seen_subcommand_from models; and __fish_seen_subcommand_from stylize' -s i -l input"),
            std::string::npos)
      << fish;
}

TEST_F(OptionTable, RefusesUnknownShells) {
  EXPECT_THROW(completion_script("tcsh", doc_), Error);
}

TEST(Wrap, CutsAtSpaces) {
  EXPECT_EQ(wrap("one two three", 8), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrap("unbreakable", 4), std::vector<std::string>{"unbreakable"});
  EXPECT_TRUE(wrap("", 4).empty());
}

}  // namespace
}  // namespace genga::cli
