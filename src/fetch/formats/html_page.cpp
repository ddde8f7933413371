// Walks libxml2's tree of a page and collects images, links, title, author and licence.
#include "fetch/formats/html_page.h"

#include <libxml/tree.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <set>

#include "fetch/formats/html_document.h"
#include "genga/dataset.h"
#include "genga/image.h"
#include "genga/text.h"

namespace genga::fetch {
namespace {

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

std::string attribute(const xmlNode* node, const char* name) {
  const std::unique_ptr<xmlChar, void (*)(void*)> value(xmlGetProp(node, reinterpret_cast<const xmlChar*>(name)),
                                                        [](void* p) { xmlFree(p); });
  return std::string(trimmed(view(value.get())));
}

std::string first_attribute(const xmlNode* node, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    std::string value = attribute(node, name);
    if (!value.empty() && !value.starts_with("data:")) return value;
  }
  return {};
}

std::string text_of(const xmlNode* node) {
  const std::unique_ptr<xmlChar, void (*)(void*)> text(xmlNodeGetContent(node), [](void* p) { xmlFree(p); });
  return std::string(trimmed(view(text.get())));
}

bool has_word(const std::string& list, std::string_view word) {
  const std::string text = to_lower(list);
  std::size_t at = 0;
  while ((at = text.find(word, at)) != std::string::npos) {
    const auto ends = [](char c) { return kWhiteSpace.find(c) != std::string_view::npos || c == ','; };
    const std::size_t end = at + word.size();
    if ((at == 0 || ends(text[at - 1])) && (end == text.size() || ends(text[end]))) return true;
    at = end;
  }
  return false;
}

/// The next node in the document's order, after the node's children if `skip`. Without recursion, because pages may be
/// nested to any depth.
const xmlNode* following(const xmlNode* node, bool skip, const xmlNode* root) {
  if (!skip && node->children != nullptr && node->type == XML_ELEMENT_NODE) return node->children;
  while (node != root && node->next == nullptr) node = node->parent;
  return node == root ? nullptr : node->next;
}

class PageReader {
 public:
  explicit PageReader(const Url& base) : base_(base) {}

  void read(const xmlNode* root) {
    for (const xmlNode* node = root; node != nullptr;) {
      const bool skip = node->type == XML_ELEMENT_NODE && visit(node);
      node = following(node, skip, root);
    }
  }

  PageContent take() {
    if (no_images_) {
      content_.images.clear();
    } else {
      for (const auto& url : announced_) add_image(url, "");
    }
    if (no_links_) content_.links.clear(), content_.next.clear();
    if (licences_.size() == 1) content_.licence = *licences_.begin();
    return std::move(content_);
  }

 private:
  /// True if the element's children need no visit.
  bool visit(const xmlNode* node) {
    const std::string name = to_lower(view(node->name));
    if (name == "base") set_base(node);
    if (name == "title" && content_.title.empty()) content_.title = text_of(node);
    if (name == "meta") read_meta(node);
    if (name == "link") read_relation(node);
    if (name == "img" || name == "picture") {
      add_largest(node);
      return name == "picture";
    }
    if (name == "a" || name == "area") return read_anchor(node);
    return name == "script" || name == "style";
  }

  void set_base(const xmlNode* node) {
    if (auto url = try_resolve(base_, attribute(node, "href"))) base_ = *url;
  }

  void read_meta(const xmlNode* node) {
    const std::string name = to_lower(first_attribute(node, {"property", "name", "itemprop"}));
    const std::string content = attribute(node, "content");
    if (content.empty()) return;
    if (name == "og:image" || name == "og:image:secure_url" || name == "twitter:image") announced_.push_back(content);
    if (name == "author" || name == "cc:attributionname") content_.author = content;
    if (name == "dcterms.license" || name == "dcterms.rights" || name == "dc.rights" || name == "cc:license" ||
        name == "license") {
      add_licence(content);
    }
    if (name != "robots" && name != "genga") return;
    no_links_ = no_links_ || has_word(content, "nofollow") || has_word(content, "none");
    no_images_ = no_images_ || has_word(content, "noimageindex") || has_word(content, "none");
  }

  /// rel of links and anchors: licence and next page.
  void read_relation(const xmlNode* node) {
    const std::string rel = attribute(node, "rel");
    const std::string href = attribute(node, "href");
    if (href.empty()) return;
    if (has_word(rel, "license") || has_word(attribute(node, "itemprop"), "license")) {
      const auto url = try_resolve(base_, href);
      add_licence(url ? url->text : href);
    }
    if (has_word(rel, "image_src")) announced_.push_back(href);
    const auto url = has_word(rel, "next") && content_.next.empty() ? try_resolve(base_, href) : std::nullopt;
    if (url) content_.next = url->text;
  }

  bool read_anchor(const xmlNode* node) {
    read_relation(node);
    const std::string rel = attribute(node, "rel");
    const auto url = try_resolve(base_, attribute(node, "href"));
    if (!url || attribute(node, "href").empty() || has_word(rel, "license") || has_word(rel, "next")) return false;
    if (image::looks_like_image(url->path)) {  // the image itself: what is inside is its thumbnail
      add_image(url->text, text_of(node));
      return true;
    }
    if (!has_word(rel, "nofollow") && linked_.insert(url->text).second) content_.links.push_back(url->text);
    return false;
  }

  /// The widest of all that img and source elements offer for one image; one without a width only if there is no
  /// other.
  void add_largest(const xmlNode* root) {
    std::string best, text;
    double best_width = -1;
    const auto offer = [&](std::string url, double width) {
      if (url.empty() || url.starts_with("data:") || width <= best_width) return;
      best = std::move(url);
      best_width = width;
    };
    for (const xmlNode* node = root; node != nullptr; node = following(node, false, root)) {
      if (node->type != XML_ELEMENT_NODE) continue;
      for (const char* name : {"srcset", "data-srcset"}) {
        double width = 0;
        std::string url = largest_of_srcset(attribute(node, name), width);
        offer(std::move(url), width);
      }
      offer(first_attribute(node, {"data-src", "data-original", "data-lazy-src", "data-url", "src"}), 0);
      if (text.empty()) text = first_attribute(node, {"alt", "title"});
    }
    add_image(best, text);
  }

  void add_image(const std::string& reference, const std::string& text) {
    const auto url = reference.empty() ? std::nullopt : try_resolve(base_, reference);
    if (url && imaged_.insert(url->text).second) content_.images.push_back({url->text, text});
  }

  void add_licence(const std::string& text) {
    const auto* known = dataset::find_licence(text);
    licences_.insert(known != nullptr ? std::string(known->id) : text);
  }

  Url base_;
  PageContent content_{};
  std::vector<std::string> announced_{};
  std::set<std::string> linked_{}, imaged_{}, licences_{};
  bool no_links_ = false, no_images_ = false;
};

}  // namespace

std::string largest_of_srcset(std::string_view srcset, double& width) {
  std::string best;
  double best_size = -1;
  width = 0;
  while (true) {
    srcset.remove_prefix(std::min(srcset.find_first_not_of(" \t\r\n\f\v,"), srcset.size()));
    if (srcset.empty()) return best;
    std::string_view url = srcset.substr(0, srcset.find_first_of(kWhiteSpace));  // an address may hold commas
    srcset.remove_prefix(url.size());
    std::string_view descriptor;
    if (url.ends_with(',')) {
      url = url.substr(0, url.find_last_not_of(',') + 1);
    } else {
      descriptor = srcset.substr(0, srcset.find(','));
      srcset.remove_prefix(descriptor.size());
    }
    const std::string_view words = trimmed(descriptor);
    double size = 1;
    const auto end = std::from_chars(words.data(), words.data() + words.size(), size).ptr;
    const bool is_width = end < words.data() + words.size() && *end == 'w';
    if (is_width) width = std::max(width, size);
    if (size > best_size) {
      best = url;
      best_size = size;
    }
  }
}

PageContent read_page(std::string_view html, const Url& base) {
  const HtmlDocument document = parse_html(html, base.text);
  PageReader reader(base);
  const xmlNode* root = document ? xmlDocGetRootElement(document.get()) : nullptr;
  if (root != nullptr) reader.read(root);
  return reader.take();
}

}  // namespace genga::fetch
