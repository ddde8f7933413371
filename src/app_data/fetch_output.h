// What genga data fetch tells: a line while it works, a summary in words, a JSON document.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/json_output.h"
#include "genga/fetch.h"

namespace genga::cli {

/// "12 new, 3 failed  danbooru:sky"; at most `columns` - 1 characters.
std::string count_line(const fetch::FetchCounts& counts, std::string_view source, int columns);

void say_summary(const fetch::FetchReport& report, const std::string& folder);
/// The first few, with how many more there are; and what people must know about the sources.
void say_problems(const fetch::FetchReport& report);

Json report_json(const fetch::FetchReport& report);
Json offers_json(const std::vector<fetch::Offer>& offers, const fetch::FetchReport& report);

}  // namespace genga::cli
