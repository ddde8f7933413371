// One line of a manifest as JSON. Unknown keys and wrong types are errors, so that a typing error does not pass.
#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "genga/base.h"
#include "genga/dataset.h"
#include "genga/error.h"
#include "genga/text.h"

namespace genga::dataset {
namespace {

using Json = nlohmann::ordered_json;

/// Reads one JSON object; every key must have been asked for.
class ObjectReader {
 public:
  ObjectReader(const Json& object, std::string context) : object_(object), context_(std::move(context)) {
    if (!object.is_object()) fail(ErrorCode::kCorruptData, "{}: is {}, expected an object", context_, shown(object));
  }

  void text(const char* key, std::string& dst) {
    read(key, "a text", &Json::is_string, [&](const Json& value) { dst = value.get<std::string>(); });
  }
  /// Nothing, or a hash; in small letters, as our own are.
  void sha256(const char* key, std::string& dst) {
    text(key, dst);
    const bool hex = std::ranges::all_of(dst, [](unsigned char c) { return std::isxdigit(c) != 0; });
    if (!dst.empty() && (dst.size() != 64 || !hex)) wrong(key, "64 hexadecimal digits");
    dst = to_lower(dst);
  }
  void flag(const char* key, bool& dst) {
    read(key, "true or false", &Json::is_boolean, [&](const Json& value) { dst = value.get<bool>(); });
  }
  template <typename Int>
  void integer(const char* key, Int& dst) {
    read(key, "a whole number of 0 or more", &Json::is_number_unsigned, [&](const Json& value) {
      const auto number = value.get<std::uint64_t>();
      if (number > static_cast<std::uint64_t>(std::numeric_limits<Int>::max())) wrong(key, value, "a smaller number");
      dst = static_cast<Int>(number);
    });
  }
  void number(const char* key, std::optional<double>& dst) {
    read(key, "a number", &Json::is_number, [&](const Json& value) { dst = value.get<double>(); });
  }
  /// dst(value, context of it) for each element.
  template <typename Each>
  void array(const char* key, const Each& each) {
    read(key, "a list", &Json::is_array, [&](const Json& value) {
      for (const Json& item : value) each(item, fmt::format("{}: '{}'", context_, key));
    });
  }
  template <typename Each>
  void object(const char* key, const Each& each) {
    read(key, "an object", &Json::is_object,
         [&](const Json& value) { each(value, fmt::format("{}: '{}'", context_, key)); });
  }

  void refuse_other_keys() const {
    for (const auto& [key, value] : object_.items()) {
      if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
      fail(ErrorCode::kCorruptData, "{}: unknown key '{}'{}", context_, key, did_you_mean(key, known_));
    }
  }

  /// The key must have been found.
  [[noreturn]] void wrong(const char* key, std::string_view expected) const { wrong(key, object_.at(key), expected); }
  [[noreturn]] void wrong(const char* key, const Json& found, std::string_view expected) const {
    fail(ErrorCode::kCorruptData, "{}: '{}' is {}, expected {}", context_, key, shown(found), expected);
  }

 private:
  static std::string shown(const Json& value) {
    const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    return text.size() <= 40 ? text : fmt::format("{}...", text.substr(0, 40));
  }

  template <typename Take>
  void read(const char* key, std::string_view expected, bool (Json::*is_right)() const noexcept, const Take& take) {
    known_.emplace_back(key);
    const auto found = object_.find(key);
    if (found == object_.end()) return;
    if (!((*found).*is_right)()) wrong(key, *found, expected);
    take(*found);
  }

  const Json& object_;
  std::string context_;
  std::vector<std::string> known_;
};

Decision parse_decision(const Json& json, const std::string& context) {
  Decision decision;
  ObjectReader reader(json, context);
  reader.text("step", decision.step);
  reader.text("check", decision.check);
  reader.flag("keep", decision.keep);
  reader.number("value", decision.value);
  reader.number("limit", decision.limit);
  reader.text("note", decision.note);
  reader.refuse_other_keys();
  return decision;
}

constexpr double kMaxBox = 1e9;  // px; sums of two fit an int

void read_box(ObjectReader& reader, std::optional<std::array<int, 4>>& box) {
  std::vector<int> numbers;
  bool in_range = true;
  reader.array("box", [&](const Json& item, const std::string&) {
    const double value = item.is_number_integer() ? item.get<double>() : NAN;
    in_range &= std::abs(value) <= kMaxBox;
    numbers.push_back(in_range ? item.get<int>() : 0);
  });
  if (numbers.empty()) return;
  if (!in_range || numbers.size() != 4 || numbers[2] <= 0 || numbers[3] <= 0) {
    reader.wrong("box", "x, y, width and height in whole pixels");  // x, y < 0: a face that begins outside
  }
  box = {numbers[0], numbers[1], numbers[2], numbers[3]};
}

Origin parse_origin(const Json& json, const std::string& context) {
  Origin origin;
  ObjectReader reader(json, context);
  reader.text("operation", origin.operation);
  reader.text("file", origin.file);
  reader.sha256("sha256", origin.sha256);
  read_box(reader, origin.box);
  reader.number("time_s", origin.time_s);
  reader.refuse_other_keys();
  return origin;
}

void check_path(const std::string& file, std::string_view context) {
  const std::filesystem::path path(file);
  const bool leaves = std::any_of(path.begin(), path.end(), [](const auto& part) { return part == ".."; });
  if (file.empty() || path.is_absolute() || leaves || file.find('\0') != std::string::npos) {
    fail(ErrorCode::kCorruptData, "{}: 'file' is '{}', expected a path inside the manifest's folder", context, file);
  }
}

/// Appends the key if there is something to say.
struct ObjectWriter {
  Json object = Json::object();
  void add(const char* key, const std::string& text) {
    if (!text.empty()) object[key] = text;
  }
  void add(const char* key, std::optional<double> number) {
    if (number) object[key] = *number;
  }
  void add(const char* key, Json value) {
    if (!value.empty()) object[key] = std::move(value);
  }
};

Json to_json(const Decision& decision) {
  ObjectWriter writer;
  writer.add("step", decision.step);
  writer.add("check", decision.check);
  writer.object["keep"] = decision.keep;
  writer.add("value", decision.value);
  writer.add("limit", decision.limit);
  writer.add("note", decision.note);
  return writer.object;
}

Json to_json(const Origin& origin) {
  ObjectWriter writer;
  writer.add("operation", origin.operation);
  writer.add("file", origin.file);
  writer.add("sha256", origin.sha256);
  if (origin.box) writer.object["box"] = *origin.box;
  writer.add("time_s", origin.time_s);
  return writer.object;
}

Json to_json(const Entry& entry) {
  ObjectWriter writer;
  writer.add("file", entry.file);
  writer.add("sha256", entry.sha256);
  if (entry.bytes > 0) writer.object["bytes"] = entry.bytes;
  if (entry.width > 0) writer.object["width"] = entry.width;
  if (entry.height > 0) writer.object["height"] = entry.height;
  writer.add("source", entry.source);
  writer.add("page", entry.page);
  writer.add("licence", entry.licence);
  writer.add("licence_url", entry.licence_url);
  writer.add("author", entry.author);
  writer.add("attribution", entry.attribution);
  writer.add("title", entry.title);
  writer.add("tags", Json(entry.tags));
  writer.add("fetched", entry.fetched);
  writer.add("etag", entry.etag);
  writer.add("last_modified", entry.last_modified);
  if (entry.origin) writer.object["origin"] = to_json(*entry.origin);
  writer.add("measures", Json(entry.measures));
  Json decisions = Json::array();
  for (const Decision& decision : entry.decisions) decisions.push_back(to_json(decision));
  writer.add("decisions", std::move(decisions));
  writer.add("split", entry.split);
  return writer.object;
}

/// Whether every text and key in it can be stored.
bool is_all_utf8(const Json& json) {
  if (json.is_string()) return is_utf8(json.get_ref<const std::string&>());
  if (!json.is_structured()) return true;
  for (const auto& [key, value] : json.items()) {
    if (!is_utf8(key) || !is_all_utf8(value)) return false;
  }
  return true;
}

}  // namespace

std::string to_line(const Entry& entry) {
  const Json json = to_json(entry);
  if (!is_all_utf8(json)) {
    fail(ErrorCode::kInvalidArgument, "'{}': {}", entry.file,
         is_utf8(entry.file) ? "what is to be said of it is not UTF-8; write it in UTF-8"
                             : "its name is not UTF-8; rename it");
  }
  return json.dump();
}

Entry parse_line(std::string_view line, std::string_view context) {
  const Json json = Json::parse(line, nullptr, false);
  if (json.is_discarded()) fail(ErrorCode::kCorruptData, "{}: is not JSON; expected one object a line", context);
  Entry entry;
  ObjectReader reader(json, std::string(context));
  reader.text("file", entry.file);
  reader.sha256("sha256", entry.sha256);
  reader.integer("bytes", entry.bytes);
  reader.integer("width", entry.width);
  reader.integer("height", entry.height);
  reader.text("source", entry.source);
  reader.text("page", entry.page);
  reader.text("licence", entry.licence);
  reader.text("licence_url", entry.licence_url);
  reader.text("author", entry.author);
  reader.text("attribution", entry.attribution);
  reader.text("title", entry.title);
  reader.array("tags", [&](const Json& tag, const std::string& where) {
    if (!tag.is_string()) fail(ErrorCode::kCorruptData, "{}: expected a list of texts", where);
    entry.tags.push_back(tag.get<std::string>());
  });
  reader.text("fetched", entry.fetched);
  reader.text("etag", entry.etag);
  reader.text("last_modified", entry.last_modified);
  reader.object("origin",
                [&](const Json& value, const std::string& where) { entry.origin = parse_origin(value, where); });
  reader.object("measures", [&](const Json& value, const std::string& where) {
    for (const auto& [name, measure] : value.items()) {
      if (!measure.is_number()) fail(ErrorCode::kCorruptData, "{}: '{}' is not a number", where, name);
      entry.measures[name] = measure.get<double>();
    }
  });
  reader.array("decisions", [&](const Json& value, const std::string& where) {
    entry.decisions.push_back(parse_decision(value, where));
  });
  reader.text("split", entry.split);
  reader.refuse_other_keys();
  check_path(entry.file, context);
  if (!entry.split.empty() && entry.split != "train" && entry.split != "held_out") {
    fail(ErrorCode::kCorruptData, "{}: 'split' is '{}', expected 'train' or 'held_out'", context, entry.split);
  }
  return entry;
}

}  // namespace genga::dataset
