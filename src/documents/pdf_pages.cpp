#include "documents/pdf_pages.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "documents/geometry.hpp"

namespace docmill {
namespace {

// A node whose kids are being gone through; `entry.object` is the node.
struct Level {
  PdfPageEntry entry;
  int next_kid = 0;
};

void inherit(PdfPageEntry& entry) {
  const std::pair<const char*, QPDFObjectHandle&> attributes[] = {{"/MediaBox", entry.media_box},
                                                                  {"/CropBox", entry.crop_box},
                                                                  {"/Resources", entry.resources},
                                                                  {"/Rotate", entry.rotate}};
  for (const auto& [key, value] : attributes) {
    auto own = entry.object.getKey(key);
    if (!own.isNull()) value = own;
  }
}

std::string object_name(QPDFObjectHandle object) {
  return object.isIndirect() ? "object " + object.getObjGen().unparse(' ') : "an object without number";
}

PdfPageEntry root_entry(QPDFObjectHandle root) {
  const auto nothing = QPDFObjectHandle::newNull();
  return {.object = root, .media_box = nothing, .crop_box = nothing, .resources = nothing, .rotate = nothing};
}

int pages_below(QPDFObjectHandle node) {
  if (!node.isDictionary() || !node.hasKey("/Kids")) return 1;
  long long count = 0;
  const bool is_sane = node.getKey("/Count").getValueAsInt(count) && count >= 0 && count <= 1LL << 30;
  return is_sane ? static_cast<int>(count) : 0;
}

struct PlaceAmongKids {
  int kid = 0;
  int number = 0;  // of the page, among those below that kid
};

// Where page `number` of the `pages` is that are below a node; nullopt if there are others than that below its kids.
std::optional<PlaceAmongKids> place_among(QPDFObjectHandle kids, int number, int pages) {
  const int count = kids.getArrayNItems();
  if (number > pages) return std::nullopt;
  if (pages == count) return PlaceAmongKids{number - 1, 1};  // each kid is a page, or has one below it
  std::optional<PlaceAmongKids> place;
  long long before = 0;
  for (int kid = 0; kid < count && before <= pages; ++kid) {
    const int below = pages_below(kids.getArrayItem(kid));
    if (!place && number <= before + below) place = PlaceAmongKids{kid, number - static_cast<int>(before)};
    before += below;
  }
  return before == pages ? place : std::nullopt;
}

// What users' programs can show: beyond it the format itself sets limits (14,400 units), readers far lower ones.
constexpr double longest_side = 14'400;

std::optional<Box> box_of(QPDFObjectHandle object) {
  if (!object.isRectangle()) return std::nullopt;
  const auto corners = object.getArrayAsRectangle();
  return Box{std::min(corners.llx, corners.urx), std::min(corners.lly, corners.ury), std::max(corners.llx, corners.urx),
             std::max(corners.lly, corners.ury)};
}

// What is wrong with a box; "" if nothing is.
std::string problem_of(QPDFObjectHandle object) {
  const auto box = box_of(object);
  if (!box) return "is no array of four numbers";
  const double width = box->width();
  const double height = box->height();
  if (!std::isfinite(width) || !std::isfinite(height)) return "has no finite size";
  if (width <= 0 || height <= 0) return "has no area";
  if (width > longest_side || height > longest_side) return "is larger than 14,400 units";
  return {};
}

}  // namespace

void each_page(QPDFObjectHandle catalog, PdfVisit& visit, const std::function<void(PdfPageEntry&)>& look) {
  auto& facts = visit.facts();
  const auto damaged = [&](const std::string& message) { visit.add_damage(PdfDamageKind::page_tree, message, 0); };
  auto root = catalog.getKey("/Pages");
  if (!root.isDictionary() || !visit.enter(root)) return damaged("the catalog names no page tree");
  auto count = root.getKey("/Count");
  long long declared = -1;
  facts.declared_page_count =
      count.getValueAsInt(declared) ? static_cast<int>(std::clamp(declared, -1LL, 1LL << 30)) : -1;

  std::vector<Level> levels{{root_entry(root)}};
  inherit(levels.back().entry);
  while (!levels.empty() && !visit.is_exhausted()) {
    auto& level = levels.back();
    auto kids = level.entry.object.getKey("/Kids");
    if (!kids.isArray() || level.next_kid >= kids.getArrayNItems()) {
      levels.pop_back();
      continue;
    }
    PdfPageEntry entry = level.entry;
    entry.object = kids.getArrayItem(level.next_kid++);
    const bool is_new = visit.enter(entry.object);
    if (!entry.object.isDictionary()) {
      damaged(object_name(entry.object) + " stands in the page tree and is no page");
      continue;
    }
    if (entry.object.getKey("/Kids").isArray()) {
      if (!is_new) {
        damaged(object_name(entry.object) + " stands in the page tree twice: a loop");
        continue;
      }
      inherit(entry);
      levels.push_back({std::move(entry)});
      continue;
    }
    entry.number = ++facts.page_count;
    if (!is_new) continue;
    inherit(entry);
    look(entry);
  }
  if (levels.empty() && facts.declared_page_count != facts.page_count) {
    damaged("the page tree has " + std::to_string(facts.page_count) + " pages, and says " +
            (facts.declared_page_count < 0 ? "nothing" : std::to_string(facts.declared_page_count)));
  }
}

int count_pages(QPDFObjectHandle catalog) { return pages_below(catalog.getKey("/Pages")); }

QPDFObjectHandle find_page(QPDFObjectHandle catalog, int number) {
  constexpr int deepest = 100;
  auto node = catalog.getKey("/Pages");
  for (int depth = 0; depth < deepest && node.isDictionary(); ++depth) {
    auto kids = node.getKey("/Kids");
    if (!kids.isArray()) return number == 1 ? node : QPDFObjectHandle::newNull();
    const auto place = place_among(kids, number, pages_below(node));
    if (!place) break;
    node = kids.getArrayItem(place->kid);
    number = place->number;
  }
  return QPDFObjectHandle::newNull();
}

void look_at_boxes(PdfPageEntry& page, PdfVisit& visit) {
  const auto note = [&](const char* box, std::string problem) {
    visit.add(visit.facts().box_problems, {.page = page.number, .box = box, .problem = std::move(problem)},
              "box problems");
  };
  const auto check = [&](const char* name, QPDFObjectHandle object) {
    if (object.isNull()) return;
    if (auto problem = problem_of(object); !problem.empty()) note(name, std::move(problem));
  };
  if (page.media_box.isNull()) note("MediaBox", "is missing");
  check("MediaBox", page.media_box);
  check("CropBox", page.crop_box);
  for (const auto* name : {"BleedBox", "TrimBox", "ArtBox"}) check(name, page.object.getKey(std::string("/") + name));
  const auto media = box_of(page.media_box);
  const auto crop = box_of(page.crop_box);
  if (media && crop && problem_of(page.crop_box).empty()) {
    if (intersection(*media, *crop) == Box{}) note("CropBox", "lies outside the MediaBox");
  }
  long long turn = 0;
  if (!page.rotate.isNull() && (!page.rotate.getValueAsInt(turn) || turn % 90 != 0)) {
    note("Rotate", "is no multiple of 90");
  }
  auto unit = page.object.getKey("/UserUnit");
  double points = 1;
  if (!unit.isNull() && (!unit.getValueAsNumber(points) || !(points > 0))) note("UserUnit", "is no positive number");
}

}  // namespace docmill
