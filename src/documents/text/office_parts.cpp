#include "documents/text/office_parts.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "documents/text/xml_walk.hpp"

namespace docmill {
namespace {

// Of a target as a part writes it: "../charts/chart1.xml" in "ppt/slides/slide1.xml" is "ppt/charts/chart1.xml".
std::string resolved(std::string_view part, std::string_view target) {
  std::string path = target.starts_with('/') ? "" : std::string(part.substr(0, part.rfind('/') + 1));
  path += target;
  std::vector<std::string_view> steps;
  for (std::string_view rest = path; !rest.empty();) {
    const auto step = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(step.size() + 1, rest.size()));
    if (step == ".." && !steps.empty()) steps.pop_back();
    if (step != ".." && step != "." && !step.empty()) steps.push_back(step);
  }
  std::string name;
  for (const auto step : steps) name.append(name.empty() ? "" : "/").append(step);
  return name;
}

bool has_elements(pugi::xml_node node) { return node.first_child().type() == pugi::node_element; }

// Kept beside the sheet for charts: what the cells say that they show.
bool is_cached_text(pugi::xml_node node) {
  return local_name(node) == "v" && local_name(node.parent().parent()) == "strCache";
}

bool is_html_name(std::string_view name) { return name.ends_with(".html") || name.ends_with(".htm"); }

}  // namespace

Result<ZipMembers> read_parts(std::string_view bytes, const TextLimits& limits,
                              const std::function<bool(std::string_view)>& wants) {
  return read_zip(bytes, wants, ZipLimits{limits.max_unpacked, limits.max_members});
}

int part_number(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix) || !name.ends_with(".xml")) return 0;
  const auto digits = name.substr(prefix.size(), name.size() - prefix.size() - 4);
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

std::map<int, std::string> numbered_parts(const ZipMembers& parts, std::string_view prefix) {
  std::map<int, std::string> numbered;
  for (const auto& [name, content] : parts) {
    if (const int number = part_number(name, prefix); number > 0) numbered.emplace(number, name);
  }
  return numbered;
}

std::string relations_part(std::string_view part) {
  const auto directory = part.rfind('/') + 1;
  return std::string(part.substr(0, directory)) + "_rels/" + std::string(part.substr(directory)) + ".rels";
}

Relations relations_of(const ZipMembers& parts, std::string_view part, TextBuilder& builder) {
  Relations relations;
  const auto found = parts.find(relations_part(part));
  if (found == parts.end()) return relations;
  const auto document = parse_xml(found->second, found->first);
  if (!document) {
    builder.leave_out(document.error().message);
    return relations;
  }
  for (const auto relation : document->document_element().children()) {
    if (std::string_view(relation.attribute("TargetMode").value()) == "External") continue;
    const std::string_view type = relation.attribute("Type").value();
    relations.emplace(relation.attribute("Id").value(),
                      Relation{.kind = std::string(type.substr(type.rfind('/') + 1)),
                               .target = resolved(part, relation.attribute("Target").value())});
  }
  return relations;
}

std::string target_of(const Relations& relations, std::string_view kind) {
  const auto found = std::find_if(relations.begin(), relations.end(),
                                  [&](const auto& relation) { return relation.second.kind == kind; });
  return found == relations.end() ? std::string() : found->second.target;
}

std::string target_of(const Relations& relations, pugi::xml_node node, std::string_view attribute) {
  for (const auto candidate : node.attributes()) {
    const std::string_view name = candidate.name();
    // With a prefix: "r:id" is a relation, "id" is none.
    const auto colon = name.find(':');
    if (colon == std::string_view::npos || name.substr(colon + 1) != attribute) continue;
    if (const auto found = relations.find(std::string_view(candidate.value())); found != relations.end()) {
      return found->second.target;
    }
  }
  return {};
}

bool is_drawing_part(std::string_view name) {
  return name.find("/diagrams/data") != std::string_view::npos ||
         name.find("/charts/chart") != std::string_view::npos || name.find("_rels/") != std::string_view::npos;
}

Status OfficeText::add_part(std::string_view name) {
  const auto part = parts_.find(name);
  if (part == parts_.end()) return {};
  DOCMILL_TRY(document, parse_xml(part->second, name));
  return add(document, relations_of(parts_, name, builder_));
}

// Paragraphs of WordprocessingML and DrawingML: the names that matter are the same.
Status OfficeText::add(pugi::xml_node root, const Relations& relations) {
  Status status;
  walk_xml(
      root,
      [&](pugi::xml_node node) {
        const auto name = local_name(node);
        // That of a diagram's point holds paragraphs.
        const bool is_text = name == "t" && !has_elements(node);
        if (is_text) builder_.text(node.child_value());
        if (name == "tab") builder_.text("\t");
        if (name == "br" || name == "cr") builder_.line_end();
        if (name == "noBreakHyphen") builder_.text("-");
        if (status && (name == "chart" || name == "relIds" || name == "altChunk")) {
          status = add_embedded(node, relations);
        }
        // Deleted text, fields' instructions, and what readers take that do not know a newer form of the same.
        return name != "delText" && name != "instrText" && name != "Fallback" && name != "pPr" && name != "rPr" &&
               !is_text;
      },
      [&](pugi::xml_node node) {
        const auto name = local_name(node);
        if (name == "p") builder_.paragraph_end();
        if (name == "tc") builder_.cell_end();
        if (name == "tr") builder_.line_end();
      });
  return status;
}

Status OfficeText::add_embedded(pugi::xml_node node, const Relations& relations) {
  const auto name = target_of(relations, node, local_name(node) == "relIds" ? "dm" : "id");
  if (!parts_.contains(name) || !added_.insert(name).second) return {};
  builder_.paragraph_end();
  DOCMILL_CHECK(builder_.or_leave_out(add_embedded_part(node, name)));
  builder_.paragraph_end();
  return {};
}

Status OfficeText::add_embedded_part(pugi::xml_node node, const std::string& name) {
  const auto& content = parts_.find(name)->second;
  if (local_name(node) == "altChunk") {
    if (!is_html_name(name)) return {};
    DOCMILL_TRY(html, read_html(content, limits_));
    builder_.text(html.text);
    return {};
  }
  DOCMILL_TRY(document, parse_xml(content, name));
  // A diagram shows no other parts.
  return local_name(node) == "chart" ? add_chart(document) : add(document, {});
}

// Titles, and the names of series and categories, once each.
Status OfficeText::add_chart(pugi::xml_node chart) {
  std::set<std::string_view> said;
  walk_xml(
      chart,
      [&](pugi::xml_node node) {
        const std::string_view text = node.child_value();
        if (local_name(node) == "t" || (is_cached_text(node) && said.insert(text).second)) builder_.text(text);
        return true;
      },
      [&](pugi::xml_node node) {
        if (local_name(node) == "p") builder_.paragraph_end();
        if (is_cached_text(node)) builder_.line_end();
      });
  return {};
}

}  // namespace docmill
