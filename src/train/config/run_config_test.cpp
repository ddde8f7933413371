// The table of fields, TOML, flags, presets, and names of earlier versions.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "genga/error.h"
#include "genga/train.h"
#include "train/config/aliases.h"
#include "train/method.h"

namespace genga::train {
namespace {

const Field& field(std::string_view name) {
  return *std::ranges::find(fields(), name, &Field::name);
}

RunConfig usable() {
  RunConfig config = compose("", "", {});
  config.photos = {"p"};
  config.style = {"s"};
  return config;
}

/// The message apply_toml fails with, or "".
std::string toml_error(std::string_view text) {
  RunConfig config;
  try {
    apply_toml(config, text, "my.toml");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    return error.what();
  }
  return "";
}

std::string check_error(const RunConfig& config) {
  try {
    check(config);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

bool is_text(const Field& f) {
  const auto* standard = std::get_if<OptionValue>(&f.member);
  return std::holds_alternative<Paths RunConfig::*>(f.member) ||
         std::holds_alternative<std::string RunConfig::*>(f.member) ||
         (standard != nullptr && std::holds_alternative<std::string>(*standard));
}

TEST(RunConfig, FieldsHaveUniqueNamesAndDefaultsWithinTheirRanges) {
  std::set<std::string_view> names;
  RunConfig config;
  for (const Field& f : fields()) {
    EXPECT_TRUE(names.insert(f.name).second) << f.name;
    EXPECT_FALSE(f.help.empty()) << f.name;
    if (!is_text(f)) {
      EXPECT_NO_THROW(set_field(config, f, value_text(RunConfig{}, f))) << f.name;
    }
  }
}

TEST(RunConfig, MethodsThatShareAnOptionMeanTheSame) {
  for (const MethodRow& method : methods()) {
    std::set<std::string_view> names;
    for (const Field& own : method.options) {
      EXPECT_TRUE(names.insert(own.name).second) << method.name << " has two of " << own.name;
      const Field& shared = field(own.name);
      EXPECT_EQ(own.group, shared.group) << method.name << " " << own.name;
      EXPECT_EQ(own.help, shared.help) << method.name << " " << own.name;
      EXPECT_EQ(own.low, shared.low) << method.name << " " << own.name;
      EXPECT_EQ(own.high, shared.high) << method.name << " " << own.name;
      EXPECT_EQ(std::get<OptionValue>(own.member), std::get<OptionValue>(shared.member)) << method.name << own.name;
    }
  }
}

TEST(RunConfig, ReadsBackWhatItWrites) {
  RunConfig config = usable();
  config.photos = {"a b", "c\"d"};
  config.lr = 1.25e-7;
  config.steps = 123456789012;
  config.title = "line\n\\ \"two\"";
  RunConfig copy;
  apply_toml(copy, to_toml(config), "copy");
  for (const Field& f : fields()) EXPECT_EQ(value_text(copy, f), value_text(config, f)) << f.name;
}

TEST(RunConfig, TakesFlagsAsText) {
  RunConfig config;
  set_field(config, field("lr"), "3e-4");
  set_field(config, field("batch"), "16");
  set_field(config, field("style"), "ink,wash");
  EXPECT_EQ(config.lr, 3e-4);
  EXPECT_EQ(config.batch, 16);
  EXPECT_EQ(config.style, (Paths{"ink", "wash"}));
  EXPECT_EQ(flag_of(field("photo_scale_low")), "--photo-scale-low");
}

TEST(RunConfig, FoldersStandInLinesOrBetweenCommas) {
  const std::filesystem::path comma = std::filesystem::path(testing::TempDir()) / "genga_ink, wash";
  std::filesystem::create_directories(comma);
  RunConfig config;
  set_field(config, field("style"), "ink,wash\n" + comma.string() + "\nlines");
  EXPECT_EQ(config.style, (Paths{"ink", "wash", comma, "lines"}));
  std::filesystem::remove(comma);
}

TEST(RunConfig, RefusesFlagsThatAreNoNumbersOrOutOfRange) {
  RunConfig config;
  EXPECT_THROW(set_field(config, field("batch"), "many"), Error);
  EXPECT_THROW(set_field(config, field("batch"), "4.5"), Error);
  EXPECT_THROW(set_field(config, field("batch"), "0"), Error);
  EXPECT_THROW(set_field(config, field("lr"), "nan"), Error);
  EXPECT_THROW(set_field(config, field("lr"), ""), Error);
}

TEST(RunConfig, NamesTheNearestKeyAndTheLine) {
  const std::string message = toml_error("batch = 4\nwarmpu = 3\n");
  EXPECT_NE(message.find("my.toml:2"), std::string::npos) << message;
  EXPECT_NE(message.find("did you mean 'warmup'"), std::string::npos) << message;
}

TEST(RunConfig, RefusesWrongTypesRangesAndSyntaxInToml) {
  EXPECT_NE(toml_error("batch = \"four\"").find("whole number"), std::string::npos);
  EXPECT_NE(toml_error("batch = 4.5").find("batch"), std::string::npos);
  EXPECT_NE(toml_error("batch = 100000").find("expected 1 to 1024"), std::string::npos);
  EXPECT_NE(toml_error("name = 7").find("text"), std::string::npos);
  EXPECT_NE(toml_error("photos = [1]").find("folders"), std::string::npos);
  EXPECT_NE(toml_error("batch = = 4").find("my.toml:1"), std::string::npos);
}

// A table in a table in a table: the program ended without a word.
TEST(RunConfig, KeysOfManyDotsAreRefused) {
  std::string dots = "a";
  for (int i = 0; i < 100'000; ++i) dots += ".a";
  EXPECT_NE(toml_error(dots + " = 1\n").find("dots"), std::string::npos);
  EXPECT_NE(toml_error("[" + dots + "]\n").find("dots"), std::string::npos);
  EXPECT_NE(toml_error(dots.substr(0, 9001) + " = 1\n").find("unknown key 'a'"), std::string::npos);
}

TEST(RunConfig, AcceptsWholeNumbersWhereFractionsAreMeant) {
  RunConfig config;
  apply_toml(config, "w_target = 2\nphotos = \"one\"", "t");
  EXPECT_EQ(config.options.at("w_target"), OptionValue(2.0));
  EXPECT_EQ(config.photos, Paths{"one"});
}

TEST(RunConfig, ChecksRulesBetweenFields) {
  EXPECT_EQ(check_error(usable()), "");
  RunConfig config = usable();
  config.photos.clear();
  EXPECT_NE(check_error(config).find("--photos"), std::string::npos);
  config = usable();
  config.crop = 100;
  EXPECT_NE(check_error(config).find("multiple of 8"), std::string::npos);
  config = usable();
  config.name = "a b";
  EXPECT_NE(check_error(config).find("'a b'"), std::string::npos);
  config = usable();
  config.image_memory = "lots";
  EXPECT_NE(check_error(config), "");
  config = usable();
  config.photo_scale_low = 5;
  EXPECT_NE(check_error(config).find("photo_scale_low"), std::string::npos);
}

TEST(Compose, EveryMethodHasAPresetThatPassesItsOwnChecks) {
  for (const MethodInfo& method : list_methods()) {
    const std::vector<Flag> flags{{&field("method"), std::string(method.name)}};
    RunConfig config = compose("", "", flags);
    if (find_method(method.name).needs.style) config.style = {"s"};
    if (!method.from_noise) config.photos = {"p"};
    EXPECT_EQ(config.method, method.name);
    EXPECT_EQ(check_error(config), "") << method.name;
  }
}

TEST(Compose, EveryPresetAppliesAlone) {
  for (const Preset& preset : presets()) {
    const std::vector<Flag> flags{{&field("preset"), std::string(preset.name)}};
    RunConfig config = compose("", "", flags);
    config.style = config.photos = {"s"};
    const std::string error = check_error(config);
    EXPECT_TRUE(error.empty() || error.find("takes none") != std::string::npos) << preset.name << ": " << error;
  }
}

TEST(Compose, FlagsWinOverTheDocumentAndTheDocumentOverPresets) {
  const RunConfig plain = compose("", "", {});
  EXPECT_EQ(plain.method, "genga");
  EXPECT_EQ(plain.options.at("width"), OptionValue(std::int64_t{32}));  // from the method's preset
  const std::vector<Flag> flags{{&field("batch"), "7"}};
  const RunConfig config = compose("batch = 5\ncrop = 64", "my.toml", flags);
  EXPECT_EQ(config.batch, 7);
  EXPECT_EQ(config.crop, 64);
  EXPECT_EQ(config.options.at("width"), OptionValue(std::int64_t{32}));
}

TEST(Compose, NamesTheNearestMethodAndPreset) {
  const auto error_of = [](std::string_view name, std::string_view value) {
    const std::vector<Flag> flags{{&field(name), std::string(value)}};
    try {
      compose("", "", flags);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(error_of("method", "gegna").find("did you mean 'genga'"), std::string::npos);
  EXPECT_NE(error_of("preset", "gengo").find("did you mean 'genga'"), std::string::npos);
}

TEST(RunConfig, ChecksRulesBetweenOptionsOfAMethod) {
  RunConfig config = usable();
  config.options["line_light_low"] = 1.5;
  EXPECT_NE(check_error(config).find("line_light_low"), std::string::npos);
  config = usable();
  config.options["adversarial"] = "wgan";
  EXPECT_NE(check_error(config).find("'wgan'"), std::string::npos);
  config = usable();
  config.options["adversarial"] = 3;
  EXPECT_NE(check_error(config).find("expected text"), std::string::npos);
  config = usable();
  config.method = "cut";
  config.options.clear();
  config.smooth_salt = 0.1;
  EXPECT_NE(check_error(config).find("smooth_salt"), std::string::npos);
}

TEST(RunConfig, ConfigFilesNameTheOptionsOfTheirMethodOnly) {
  RunConfig config = usable();
  EXPECT_NE(to_toml(config).find("\nw_target = 1.0\n"), std::string::npos);
  EXPECT_EQ(to_toml(config).find("w_cycle"), std::string::npos);
  config.method = "cyclegan";
  EXPECT_NE(to_toml(config).find("\nw_cycle = 0.0\n"), std::string::npos);
}

/// What a run of an earlier version left: every field with its value, those of other methods too.
TEST(Aliases, ConfigsOfEarlierVersionsAreReadAndChecked) {
  RunConfig config;
  apply_toml(config,
             "photos = ['p']\nstyle = ['s']\nmethod = 'genga'\npicture_memory = '1G'\nn_critic = 1\n"
             "d_real = 1.0\nd_grey = 1.0\nd_fake = 1.0\nd_smooth = 0.5\nw_critic_color = 0.1\nw_critic_grey = 0.05\n"
             "w_teacher = 2.0\nw_cycle = 0.0\nbalance = 'alternate'\ndenoise = 5.0\nsmooth_salt = 0.0\n"
             "sheet_minutes = 7.0\nsheet_pictures = 3\nsheet_px = 100\n",
             "config.toml");
  EXPECT_EQ(check_error(config), "");
  EXPECT_EQ(config.image_memory, "1G");
  EXPECT_EQ(config.preview_minutes, 7);
  EXPECT_EQ(config.preview_images, 3);
  EXPECT_EQ(config.preview_px, 100);
  EXPECT_EQ(config.options.at("w_target"), OptionValue(2.0));
  EXPECT_EQ(config.options.at("w_discriminator_smooth"), OptionValue(0.5));
  EXPECT_EQ(config.options.at("w_adversarial_color"), OptionValue(0.1));
  EXPECT_EQ(config.options.at("w_adversarial_grey"), OptionValue(0.05));
  EXPECT_EQ(to_toml(config).find("teacher"), std::string::npos);
}

TEST(Aliases, AreOldNamesOfFieldsAndPresetsThatExist) {
  for (const Alias& alias : field_aliases()) {
    EXPECT_NE(std::ranges::find(fields(), alias.name, &Field::name), fields().end()) << alias.name;
    EXPECT_EQ(std::ranges::find(fields(), alias.old_name, &Field::name), fields().end()) << alias.old_name;
  }
  EXPECT_EQ(flag_of("sheet_px"), "--sheet-px");
  for (const Alias& alias : preset_aliases()) {
    const std::string toml = "method = 'dcgan'\npreset = '" + std::string(alias.old_name) + "'";
    EXPECT_EQ(compose(toml, "t", {}).ema, 0.995) << alias.old_name;
    EXPECT_EQ(compose(toml, "t", {}).preset, alias.name);
  }
}

TEST(Aliases, TensorsOfCheckpointsAreFoundUnderTheirPresentNames) {
  EXPECT_EQ(current_tensor("adam_critics/surface_critic/conv1.weight.m"),
            "adam_discriminators/discriminator_surface/conv1.weight.m");
  EXPECT_EQ(current_tensor("critic_color/critic.weight"), "discriminator_color/critic.weight");
  EXPECT_EQ(current_tensor("generator/stem.weight"), "generator/stem.weight");
}

TEST(RunConfig, RefusesFieldsThatTheMethodDoesNotRead) {
  RunConfig config = usable();
  config.options["w_cycle"] = 10;
  EXPECT_NE(check_error(config).find("w_cycle"), std::string::npos);
  EXPECT_NE(check_error(config).find("'genga'"), std::string::npos);
}

}  // namespace
}  // namespace genga::train
