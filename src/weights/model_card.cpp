// Writes and reads model cards.
#include "weights/model_card.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "genga/error.h"
#include "genga/text.h"

namespace genga::weights {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSizedForKey = "sized_for";  // stored: do not rename
constexpr int kMaxSizedFor = 1'000'000;
constexpr int kMaxDepth = 16;  // unknown keys may hold structure, but not without end

struct TextField {
  const char* key;  // stored: do not rename
  std::string ModelCard::* text;
};
constexpr std::array kTextFields{
    TextField{"name", &ModelCard::name},
    TextField{"title", &ModelCard::title},
    TextField{"architecture", &ModelCard::architecture},
    TextField{"licence", &ModelCard::licence},
    TextField{"attribution", &ModelCard::attribution},
    TextField{"data", &ModelCard::data},
    TextField{"recipe", &ModelCard::recipe},
    TextField{"limits", &ModelCard::limits},
};

/// Names become parts of file names and of command lines.
bool valid_name(std::string_view name) {
  return name.size() <= 100 && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

/// Older trainers wrote the word where they knew nothing.
bool is_unknown(std::string_view text) {
  return to_lower(trimmed(text)) == "unknown";
}

void check_card(const ModelCard& card, ErrorCode code) {
  if (!valid_name(card.name)) {
    fail(code, "model card: name is '{}', expected up to 100 letters, digits, '-' and '_'", card.name.substr(0, 100));
  }
  if (card.sized_for < 0 || card.sized_for > kMaxSizedFor) {
    fail(code, "model card: {} is {}, expected 0 (images of any size) to {} pixels", kSizedForKey, card.sized_for,
         kMaxSizedFor);
  }
  const PixelFormat& p = card.pixels;
  const auto check_range = [&](const char* what, float low, float high) {
    if (!std::isfinite(low) || !std::isfinite(high) || !std::isfinite(high - low) || low >= high) {
      fail(code, "model card: the {} range is {} to {}, expected low below high", what, low, high);
    }
  };
  check_range("input", p.input_low, p.input_high);
  check_range("output", p.output_low, p.output_high);
}

ChannelOrder parse_order(const Json& json) {
  if (json == "rgb") return ChannelOrder::kRgb;
  if (json == "bgr") return ChannelOrder::kBgr;
  fail(ErrorCode::kUnsupported, "model card: the channel order is unknown, expected \"rgb\" or \"bgr\"");
}

void parse_range(const std::string& key, const Json& json, float& low, float& high) {
  constexpr double kMax = std::numeric_limits<float>::max();
  const auto fits = [](const Json& j) { return j.is_number() && std::abs(j.get<double>()) <= kMax; };
  if (!json.is_array() || json.size() != 2 || !fits(json[0]) || !fits(json[1])) {
    fail(ErrorCode::kCorruptData, "model card: pixels.{} is not two numbers, for black and white", key);
  }
  low = json[0].get<float>();
  high = json[1].get<float>();
}

int parse_sized_for(const Json& json) {
  const double value = json.is_number_integer() ? json.get<double>() : -1;
  if (value >= 0 && value <= kMaxSizedFor) return static_cast<int>(value);
  fail(ErrorCode::kCorruptData, "model card: {} is not a whole number from 0 to {}", kSizedForKey, kMaxSizedFor);
}

PixelFormat parse_pixels(const Json& json) {
  if (!json.is_object()) fail(ErrorCode::kCorruptData, "model card: pixels is not a JSON object");
  PixelFormat pixels;
  for (const auto& [key, value] : json.items()) {
    if (key == "order") {
      pixels.order = parse_order(value);
    } else if (key == "input") {
      parse_range(key, value, pixels.input_low, pixels.input_high);
    } else if (key == "output") {
      parse_range(key, value, pixels.output_low, pixels.output_high);
    } else {
      fail(ErrorCode::kUnsupported, "model card: pixels.{} is unknown to this version of Genga", key.substr(0, 100));
    }
  }
  return pixels;
}

Json parse_object(std::string_view text) {
  // Depth is bounded while parsing: the file may come from anywhere.
  const auto bounded = [](int depth, Json::parse_event_t, const Json&) {
    if (depth > kMaxDepth) fail(ErrorCode::kCorruptData, "model card: JSON is nested more than {} deep", kMaxDepth);
    return true;
  };
  try {
    Json json = Json::parse(text, bounded);
    if (json.is_object()) return json;
  } catch (const Json::exception&) {
    fail(ErrorCode::kCorruptData, "model card: not valid JSON");
  }
  fail(ErrorCode::kCorruptData, "model card: not a JSON object");
}

}  // namespace

std::string card_to_json(const ModelCard& card) {
  check_card(card, ErrorCode::kInvalidArgument);
  Json json;
  for (const TextField& field : kTextFields) json[field.key] = card.*field.text;
  if (card.sized_for > 0) json[kSizedForKey] = card.sized_for;
  const PixelFormat& p = card.pixels;
  json["pixels"] = {{"order", p.order == ChannelOrder::kRgb ? "rgb" : "bgr"},
                    {"input", {p.input_low, p.input_high}},
                    {"output", {p.output_low, p.output_high}}};
  try {
    return json.dump();
  } catch (const Json::exception&) {
    fail(ErrorCode::kInvalidArgument, "model card: a text is not valid UTF-8");
  }
}

ModelCard parse_card(std::string_view text) {
  const Json json = parse_object(text);
  ModelCard card;
  for (const TextField& field : kTextFields) {
    const auto found = json.find(field.key);
    if (found == json.end()) continue;
    if (!found->is_string()) fail(ErrorCode::kCorruptData, "model card: {} is not a text", field.key);
    card.*field.text = found->get<std::string>();
    const bool is_name = field.text == &ModelCard::name || field.text == &ModelCard::title;
    if (!is_name && is_unknown(card.*field.text)) (card.*field.text).clear();
  }
  if (const auto found = json.find(kSizedForKey); found != json.end()) card.sized_for = parse_sized_for(*found);
  if (const auto found = json.find("pixels"); found != json.end()) card.pixels = parse_pixels(*found);
  check_card(card, ErrorCode::kCorruptData);
  return card;
}

}  // namespace genga::weights
