// Parts of Office Open XML files (ISO/IEC 29500-2): what a part says about others, and the text that Word's,
// PowerPoint's and Excel's parts have in common.
#pragma once

#include <functional>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <string>
#include <string_view>

#include "documents/text/readers.hpp"
#include "documents/text/text_builder.hpp"
#include "documents/text/zip_members.hpp"

namespace docmill {

Result<ZipMembers> read_parts(std::string_view bytes, const TextLimits& limits,
                              const std::function<bool(std::string_view)>& wants);

// "ppt/slides/slide12.xml" with this prefix: 12. 0: not such a name.
int part_number(std::string_view name, std::string_view prefix);

// Parts with this prefix by their numbers, which say nothing about their order.
std::map<int, std::string> numbered_parts(const ZipMembers& parts, std::string_view prefix);

struct Relation {
  std::string kind;    // "slide", "notesSlide", "chart": the last word of its type
  std::string target;  // the name of the part
};
using Relations = std::map<std::string, Relation, std::less<>>;  // by their identifiers

// The relations of a part to other parts. What cannot be read of them is left out of what is built, and so are the
// parts that only they name.
Relations relations_of(const ZipMembers& parts, std::string_view part, TextBuilder& builder);

// The name of the part where relations of `part` are kept.
std::string relations_part(std::string_view part);

// The first target of a kind; empty: there is none.
std::string target_of(const Relations& relations, std::string_view kind);

// The target of the relation that an attribute of this local name ("id" for "r:id") names; empty: there is none.
std::string target_of(const Relations& relations, pugi::xml_node node, std::string_view attribute);

// What readers want of every file: diagrams, charts, and the relations of all parts.
bool is_drawing_part(std::string_view name);

// The text of parts, put into a builder. Diagrams, charts and whole documents stand in parts of their own: their text
// comes where they are shown, once each; those that cannot be read are left out.
class OfficeText {
 public:
  // All outlive the OfficeText.
  OfficeText(const ZipMembers& parts, const TextLimits& limits, TextBuilder& builder)
      : parts_(parts), limits_(limits), builder_(builder) {}

  // unreadable: no well-formed XML. Nothing where there is no such part.
  Status add_part(std::string_view name);
  // The same of a part that the rest can be read without: it is left out where it cannot be read.
  Status add_minor_part(std::string_view name) { return builder_.or_leave_out(add_part(name)); }
  // What is below `root`, in a part with these relations.
  Status add(pugi::xml_node root, const Relations& relations);

 private:
  Status add_embedded(pugi::xml_node node, const Relations& relations);
  Status add_embedded_part(pugi::xml_node node, const std::string& name);
  Status add_chart(pugi::xml_node chart);

  const ZipMembers& parts_;
  const TextLimits& limits_;
  TextBuilder& builder_;
  std::set<std::string, std::less<>> added_;
};

}  // namespace docmill
