// PPTX (ISO/IEC 29500): slides as they are shown, each with its notes.
#include <map>
#include <set>
#include <vector>

#include "documents/text/office_parts.hpp"
#include "documents/text/slide_order.hpp"
#include "documents/text/xml_walk.hpp"

namespace docmill {
namespace {

constexpr std::string_view presentation = "ppt/presentation.xml";
constexpr std::string_view slide_prefix = "ppt/slides/slide";

std::vector<std::string> listed_slides(const ZipMembers& parts, TextBuilder& builder) {
  const auto part = parts.find(presentation);
  if (part == parts.end()) return {};
  const auto document = parse_xml(part->second, presentation);
  if (!document) return {};
  const auto relations = relations_of(parts, presentation, builder);
  std::vector<std::string> slides;
  for (const auto list : document->document_element().children()) {
    if (local_name(list) != "sldIdLst") continue;
    for (const auto slide : list.children()) {
      if (auto name = target_of(relations, slide, "id"); !name.empty()) slides.push_back(std::move(name));
    }
  }
  return slides;
}

// As the presentation lists them; else by number. Slides that were deleted may be left in the file, unlisted.
std::vector<std::string> slides_of(const ZipMembers& parts, TextBuilder& builder) {
  auto slides = listed_slides(parts, builder);
  if (!slides.empty()) return slides;
  for (auto& [number, name] : numbered_parts(parts, slide_prefix)) slides.push_back(name);
  return slides;
}

class SlideReader {
 public:
  SlideReader(const ZipMembers& parts, const TextLimits& limits, TextBuilder& builder)
      : parts_(parts), builder_(builder), text_(parts, limits, builder) {}

  // Nothing where there is no such slide, or it was added before. A slide that cannot be read is left out.
  Status add(const std::string& name) {
    DOCMILL_CHECK(builder_.or_leave_out(add_slide(name)));
    builder_.page_end();
    return {};
  }
  int slides_read() const { return slides_read_; }

 private:
  Status add_slide(const std::string& name) {
    const auto part = parts_.find(name);
    if (part == parts_.end() || !added_.insert(name).second) return {};
    DOCMILL_TRY(document, parse_xml(part->second, name));
    ++slides_read_;
    const auto relations = relations_of(parts_, name, builder_);
    const auto layout_name = target_of(relations, "slideLayout");
    const auto master_name = target_of(relations_of(parts_, layout_name, builder_), "slideMaster");
    const auto slide = document.document_element();
    for (const auto shape : shapes_in_order(slide, model(layout_name), model(master_name))) {
      DOCMILL_CHECK(text_.add(shape, relations));
    }
    DOCMILL_CHECK(add_model(layout_name));
    if (shows_master(slide) && shows_master(model(layout_name))) DOCMILL_CHECK(add_model(master_name));
    builder_.paragraph_end();
    return text_.add_minor_part(target_of(relations, "notesSlide"));
  }

  static bool shows_master(pugi::xml_node slide) { return slide.attribute("showMasterSp").as_bool(true); }

  // What a layout or master shows on all slides that follow it: on the first of them.
  Status add_model(const std::string& name) {
    if (!added_.insert(name).second) return {};
    const auto relations = relations_of(parts_, name, builder_);
    for (const auto shape : fixed_shapes(model(name))) DOCMILL_CHECK(text_.add(shape, relations));
    return {};
  }

  // A layout or master; null where there is none that can be read.
  pugi::xml_node model(const std::string& name) {
    const auto [found, is_new] = models_.try_emplace(name);
    const auto part = parts_.find(name);
    if (is_new && part != parts_.end()) {
      auto document = parse_xml(part->second, name);
      if (document) found->second = std::move(*document);
      if (!document) builder_.leave_out(document.error().message);
    }
    return found->second.document_element();
  }

  const ZipMembers& parts_;
  TextBuilder& builder_;
  OfficeText text_;
  std::set<std::string> added_;
  int slides_read_ = 0;
  std::map<std::string, pugi::xml_document> models_;
};

}  // namespace

Result<PlainText> read_pptx(std::string_view bytes, const TextLimits& limits) {
  DOCMILL_TRY(parts, read_parts(bytes, limits, [](std::string_view name) {
                return name == presentation || name.starts_with(slide_prefix) || name.starts_with("ppt/notesSlides/") ||
                       name.starts_with("ppt/slideLayouts/") || name.starts_with("ppt/slideMasters/") ||
                       is_drawing_part(name);
              }));
  TextBuilder builder(limits.max_bytes);
  SlideReader reader(parts, limits, builder);
  const auto slides = slides_of(parts, builder);
  for (const auto& slide : slides) DOCMILL_CHECK(reader.add(slide));
  DOCMILL_TRY(text, finish_text(builder, limits));
  if (reader.slides_read() == 0 && !text.left_out.empty()) return fail(ErrorCode::unreadable, text.left_out.front());
  return text;
}

}  // namespace docmill
