// Writes the HTML of the contact sheet.
#include "curate/contact_sheet/contact_sheet_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "curate/contact_sheet/contact_sheet_style.h"
#include "genga/base.h"
#include "genga/text.h"

namespace genga::curate {
namespace {

constexpr std::size_t kShortCredit = 400;  // bytes; longer ones are folded

std::string stat(std::string_view label, const std::string& value, const std::string& detail) {
  return fmt::format(
      "<div class=stat><div class=label>{}</div><div class=value>{}</div><div class=detail>{}</div></div>\n", label,
      escape_html(value), escape_html(detail));
}

std::string counted(const std::map<std::string, std::int64_t>& counts) {
  std::vector<std::pair<std::int64_t, std::string>> sorted;
  for (const auto& [name, n] : counts) sorted.emplace_back(-n, name);
  std::sort(sorted.begin(), sorted.end());
  std::string text;
  constexpr std::size_t kShown = 4;
  for (std::size_t i = 0; i < std::min(sorted.size(), kShown); ++i) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", -sorted[i].first, sorted[i].second);
  }
  return sorted.size() > kShown ? text + fmt::format(" and {} more", sorted.size() - kShown) : text;
}

std::string header(const ContactSheetPage& page) {
  const CollectionStats& stats = page.stats;
  std::string html =
      fmt::format("<header>\n<div class=kicker>Genga collection</div>\n<h1>{}</h1>\n", escape_html(page.folder));
  html += fmt::format("<p class=sub>{}</p>\n", escape_html(page.licence_sentence));
  if (!page.credit.empty()) {
    html += fmt::format("<details class=sub{}><summary>Credit to give</summary>{}</details>\n",
                        page.credit.size() <= kShortCredit ? " open" : "", escape_html(page.credit));
  }
  html += "<nav>";
  for (const SheetSection& section : page.sections) {
    html += fmt::format("<a href=\"#{}\">{} {}</a>", section.id, escape_html(section.title), section.images);
  }
  html += "</nav>\n</header>\n<section class=stats>\n";
  html += stat("Kept", fmt::format("{} of {}", stats.kept, stats.images), format_bytes(stats.bytes));
  html += stat("Dropped", std::to_string(stats.dropped), "still in the folder");
  html += stat("Duplicates", std::to_string(stats.in_duplicate_groups - stats.duplicate_groups),
               fmt::format("copies in {} groups", stats.duplicate_groups));
  html += stat("Shorter side", fmt::format("{} px", stats.median_side),
               fmt::format("median; {} to {}", stats.min_side, stats.largest_side));
  html += stat("Licences", std::to_string(stats.licences.size()), counted(stats.licences));
  html += stat("Split", stats.splits.contains("held_out") ? std::to_string(stats.splits.at("held_out")) : "none",
               "held out of training");
  return html + "</section>\n";
}

constexpr const char* kForm =
    "<form role=search><input type=search name=words placeholder=\"Search: name, author, tag, reason\" "
    "aria-label=\"Search\"><select name=licence aria-label=Licence><option value=\"\">every licence</option></select>"
    "<select name=split aria-label=Split><option value=\"\">every split</option></select>"
    "<output id=count></output></form>\n";

std::string caption(const dataset::Entry& entry) {
  std::string html = escape_html(entry.file);
  std::string more = entry.width > 0 ? fmt::format("{} × {}", entry.width, entry.height) : "";
  more += (more.empty() ? "" : " · ") +
          (entry.licence.empty() ? std::string("licence unknown") : escape_html(entry.licence));
  if (!entry.author.empty()) more += " · " + escape_html(entry.author);
  html += fmt::format("<div class=more>{}</div>", more);
  for (const dataset::Decision& decision : entry.decisions) {
    const std::string words = decision.note.empty() ? decision.step + ": " + decision.check : decision.note;
    const std::string who =
        decision.step == "hand" ? fmt::format("by hand: {}", decision.keep ? "kept" : "dropped") : "";
    if (decision.keep && who.empty()) continue;
    const std::string text = who.empty() ? words : decision.note.empty() ? who : who + ", " + decision.note;
    html += fmt::format("<div class={}>{}</div>", decision.keep ? "kept" : "why", escape_html(text));
  }
  return html;
}

std::string figure(const SheetTile& tile) {
  const dataset::Entry& entry = *tile.entry;
  std::string words;
  for (const std::string& tag : entry.tags) words += tag + " ";
  for (const std::string* text : {&entry.title, &entry.source, &entry.page, &entry.split}) words += *text + " ";
  std::string html = fmt::format("<figure data-text=\"{}\" data-licence=\"{}\" data-split=\"{}\">", escape_html(words),
                                 entry.licence.empty() ? "unknown" : escape_html(entry.licence),
                                 entry.split.empty() ? "not split" : escape_html(entry.split));
  html += tile.thumbnail.empty() ? std::string("<div class=\"frame broken\">cannot be shown</div>")
                                 : fmt::format(
                                       "<div class=frame><img loading=lazy width={} height={} alt=\"{}\" "
                                       "src=\"data:image/webp;base64,{}\"></div>",
                                       tile.width, tile.height, escape_html(entry.file), tile.thumbnail);
  return html + fmt::format("<figcaption>{}</figcaption></figure>\n", caption(entry));
}

std::string section_html(const SheetSection& section) {
  std::string html = fmt::format("<section class=images id=\"{}\">\n<h2>{} <span class=count>{}</span></h2>\n",
                                 section.id, escape_html(section.title), section.images);
  std::string note = section.explanation;
  if (std::ssize(section.tiles) < section.images) {
    note += fmt::format(" {} of them are shown, evenly spread.", section.tiles.size());
  }
  html += fmt::format("<p class=note>{}</p>\n", escape_html(note));
  if (section.group_ends.empty()) {
    html += "<div class=grid>\n";
    for (const SheetTile& tile : section.tiles) html += figure(tile);
    return html + "</div>\n</section>\n";
  }
  html += "<div class=groups>\n";
  std::size_t i = 0;
  for (const std::size_t end : section.group_ends) {
    html += "<div class=group>\n";
    for (; i < end; ++i) html += figure(section.tiles[i]);
    html += "</div>\n";
  }
  return html + "</div>\n</section>\n";
}

}  // namespace

std::string html_of(const ContactSheetPage& page) {
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
      "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
      // Nothing may be fetched: the page is whole, and stays so.
      "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; img-src data:; style-src "
      "'unsafe-inline'; "
      "script-src 'unsafe-inline'\">\n<title>{} · Genga "
      "collection</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n",
      escape_html(page.folder), kContactSheetStyle);
  html += header(page);
  for (const std::string& note : page.notes) html += fmt::format("<p class=note>{}</p>\n", escape_html(note));
  html += kForm;
  for (const SheetSection& section : page.sections) html += section_html(section);
  return html + fmt::format("</main>\n<script>{}</script>\n</body>\n</html>\n", kContactSheetScript);
}

}  // namespace genga::curate
