#include "documents/text/xml_walk.hpp"

namespace docmill {

Result<pugi::xml_document> parse_xml(std::string_view xml, std::string_view what) {
  if (xml.empty()) return fail(ErrorCode::unreadable, "The part " + std::string(what) + " is empty or damaged.");
  pugi::xml_document document;
  const auto parsed = document.load_buffer(xml.data(), xml.size(), pugi::parse_default | pugi::parse_ws_pcdata);
  if (parsed.status == pugi::status_out_of_memory) throw std::bad_alloc();
  if (!parsed) {
    return fail(ErrorCode::unreadable, "The part " + std::string(what) + " is no well-formed XML (" +
                                           parsed.description() + " at byte " + std::to_string(parsed.offset) + ").");
  }
  return document;
}

}  // namespace docmill
