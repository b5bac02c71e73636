#include "documents/pdf_actions.hpp"

#include <vector>

namespace docmill {
namespace {

// The name in a file specification: text, or a dictionary with the name in several ways.
std::string file_name(QPDFObjectHandle specification) {
  if (specification.isString()) return text_of(specification);
  for (const auto* key : {"/UF", "/F", "/Unix", "/DOS", "/Mac"}) {
    auto name = text_of(entry_of(specification, key));
    if (!name.empty()) return name;
  }
  return {};
}

void add_reference(PdfReferenceKind kind, int page, std::string target, PdfVisit& visit) {
  visit.add(visit.facts().references, {.kind = kind, .page = page, .target = std::move(target)}, "references");
}

// `name`: what a name tree calls it; the file's own name goes first.
void look_at_file(QPDFObjectHandle specification, const std::string& name, int page, PdfVisit& visit) {
  auto files = entry_of(specification, "/EF");
  if (!files.isDictionary() || !visit.enter(specification)) return;
  PdfEmbeddedFile found{.name = file_name(specification), .page = page};
  if (found.name.empty()) found.name = name;
  auto stream = files.getKey("/F").isStream() ? files.getKey("/F") : files.getKey("/UF");
  auto size = entry_of(entry_of(stream, "/Params"), "/Size");
  if (size.isInteger()) found.size = size.getIntValue();
  visit.add(visit.facts().embedded_files, std::move(found), "embedded files");
}

void look_at_files(QPDFObjectHandle list, int page, PdfVisit& visit) {
  visit.each_item(list, [&](QPDFObjectHandle file) { look_at_file(file, "", page, visit); });
}

// The media that a rendition plays: a file in the PDF, or outside.
void look_at_media(QPDFObjectHandle rendition, int page, PdfVisit& visit) {
  auto data = entry_of(entry_of(rendition, "/C"), "/D");
  if (entry_of(data, "/EF").isDictionary()) {
    look_at_file(data, "", page, visit);
  } else if (const auto name = file_name(data); !name.empty()) {
    add_reference(PdfReferenceKind::media, page, name, visit);
  }
}

void look_at_one_action(QPDFObjectHandle action, const PdfSite& site, const std::string& trigger, PdfVisit& visit) {
  const auto kind = name_of(action.getKey("/S"));
  const auto refer = [&](PdfReferenceKind reference) {
    if (auto name = file_name(action.getKey("/F")); !name.empty()) add_reference(reference, site.page, name, visit);
  };
  if (action.hasKey("/JS")) {
    visit.add(visit.facts().scripts, {.place = site.place, .page = site.page, .trigger = trigger}, "scripts");
  }
  if (kind == "Launch") {
    auto target = file_name(action.getKey("/F"));
    if (target.empty()) target = text_of(entry_of(action.getKey("/Win"), "/F"));
    visit.add(visit.facts().launches, {.place = site.place, .page = site.page, .target = target}, "launch actions");
  } else if (kind == "URI") {
    add_reference(PdfReferenceKind::uri, site.page, text_of(action.getKey("/URI")), visit);
  } else if (kind == "GoToR" || kind == "GoToE" || kind == "Thread") {
    refer(PdfReferenceKind::remote_document);
  } else if (kind == "SubmitForm") {
    refer(PdfReferenceKind::form_target);
  } else if (kind == "ImportData") {
    refer(PdfReferenceKind::form_data);
  } else if (kind == "Rendition") {
    look_at_media(action.getKey("/R"), site.page, visit);
  }
}

// The action and those that follow it.
void look_at_action(QPDFObjectHandle first, const PdfSite& site, const std::string& trigger, PdfVisit& visit) {
  std::vector<QPDFObjectHandle> actions{first};
  while (!actions.empty()) {
    auto action = actions.back();
    actions.pop_back();
    if (!action.isDictionary() || !visit.enter(action)) continue;
    look_at_one_action(action, site, trigger, visit);
    auto next = action.getKey("/Next");
    if (next.isDictionary()) actions.push_back(next);
    visit.each_item(next, [&](QPDFObjectHandle follower) { actions.push_back(follower); });
  }
}

void look_at_outlines(QPDFObjectHandle root, PdfVisit& visit) {
  std::vector<QPDFObjectHandle> items{entry_of(root, "/First")};
  while (!items.empty()) {
    auto item = items.back();
    items.pop_back();
    if (!item.isDictionary() || !visit.enter(item)) continue;
    look_at_actions(item, {.place = PdfPlace::outline}, visit);
    items.push_back(item.getKey("/Next"));
    items.push_back(item.getKey("/First"));
  }
}

}  // namespace

void look_at_actions(QPDFObjectHandle owner, const PdfSite& site, PdfVisit& visit) {
  for (const auto* key : {"A", "PA"}) {
    look_at_action(entry_of(owner, std::string("/") + key), site, key, visit);
  }
  auto more = entry_of(owner, "/AA");
  if (!more.isDictionary()) return;
  for (const auto& key : more.getKeys()) look_at_action(more.getKey(key), site, cut_text(key.substr(1)), visit);
}

void look_at_catalog_actions(QPDFObjectHandle catalog, PdfVisit& visit) {
  look_at_action(catalog.getKey("/OpenAction"), {}, "OpenAction", visit);
  look_at_actions(catalog, {}, visit);
  auto names = catalog.getKey("/Names");
  each_name_in_tree(entry_of(names, "/JavaScript"), visit,
                    [&](const std::string&, QPDFObjectHandle action) { look_at_action(action, {}, "Names", visit); });
  each_name_in_tree(entry_of(names, "/EmbeddedFiles"), visit,
                    [&](const std::string& name, QPDFObjectHandle file) { look_at_file(file, name, 0, visit); });
  look_at_files(catalog.getKey("/AF"), 0, visit);
  look_at_outlines(catalog.getKey("/Outlines"), visit);
}

void look_at_annotation(QPDFObjectHandle annotation, int page, PdfVisit& visit) {
  if (!annotation.isDictionary() || !visit.enter(annotation)) return;
  const PdfSite site{.place = PdfPlace::annotation, .page = page};
  look_at_actions(annotation, site, visit);
  look_at_file(annotation.getKey("/FS"), "", page, visit);
  look_at_files(annotation.getKey("/AF"), page, visit);
  if (entry_of(annotation.getKey("/3DD"), "/OnInstantiate").isStream()) {
    visit.add(visit.facts().scripts, {.place = site.place, .page = page, .trigger = "OnInstantiate"}, "scripts");
  }
  auto assets = entry_of(annotation.getKey("/RichMediaContent"), "/Assets");
  each_name_in_tree(assets, visit,
                    [&](const std::string& name, QPDFObjectHandle file) { look_at_file(file, name, page, visit); });
}

void look_for_foreign_data(QPDFObjectHandle stream, int page, PdfVisit& visit) {
  for (auto specification : {entry_of(stream, "/F"), entry_of(entry_of(stream, "/Ref"), "/F")}) {
    const auto name = file_name(specification);
    if (!name.empty()) add_reference(PdfReferenceKind::stream_data, page, name, visit);
  }
}

}  // namespace docmill
