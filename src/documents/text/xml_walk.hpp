// Walking XML without recursion, so that its nesting is no matter. pugixml knows no entities but the five of XML: what
// a document type declares, from files or the network, is never fetched nor expanded.
#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace docmill {

// unreadable: no well-formed XML. `what`: for the message.
Result<pugi::xml_document> parse_xml(std::string_view xml, std::string_view what);

// "t" of "w:t". Office writers choose their prefixes freely.
inline std::string_view local_name(pugi::xml_node node) {
  const std::string_view name = node.name();
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

// Visits `root` and what is below it. enter(node): false leaves out what is below. leave(node): after all below.
template <class Enter, class Leave>
void walk_xml(pugi::xml_node root, Enter enter, Leave leave) {
  auto node = root;
  while (node) {
    if (enter(node) && node.first_child()) {
      node = node.first_child();
      continue;
    }
    while (true) {
      leave(node);
      if (node == root) return;
      if (node.next_sibling()) {
        node = node.next_sibling();
        break;
      }
      node = node.parent();
    }
  }
}

}  // namespace docmill
