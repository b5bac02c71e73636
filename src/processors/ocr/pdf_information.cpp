#include "processors/ocr/pdf_information.hpp"

#include <algorithm>
#include <array>
#include <qpdf/QUtil.hh>

#include "docmill_version.hpp"
#include "documents/text_format.hpp"
#include "documents/xmp.hpp"
#include "processors/ocr/render_xml.hpp"

namespace docmill::ocr {
namespace {

constexpr std::string_view dublin_core = "http://purl.org/dc/elements/1.1/";
constexpr std::string_view pdf_namespace = "http://ns.adobe.com/pdf/1.3/";
constexpr std::string_view xmp_namespace = "http://ns.adobe.com/xap/1.0/";

// The same thing in the trailer's dictionary and in XMP.
struct Entry {
  const char* key;
  std::string PdfInformation::* member;
  std::string_view xmp_namespace;
  std::string_view xmp_name;
  bool is_date = false;
};
constexpr std::array entries{
    Entry{"/Title", &PdfInformation::title, dublin_core, "title"},
    Entry{"/Author", &PdfInformation::author, dublin_core, "creator"},
    Entry{"/Subject", &PdfInformation::subject, dublin_core, "description"},
    Entry{"/Keywords", &PdfInformation::keywords, pdf_namespace, "Keywords"},
    Entry{"/Creator", &PdfInformation::creator, xmp_namespace, "CreatorTool"},
    Entry{"/CreationDate", &PdfInformation::created, xmp_namespace, "CreateDate", true},
    Entry{"/ModDate", &PdfInformation::modified, xmp_namespace, "ModifyDate", true},
};

const std::string producer = "docmill " DOCMILL_VERSION;

// `property` with `value` between `open` and `close`, if there is one.
void append_property(std::string& xmp, std::string_view property, std::string_view value, std::string_view open = {},
                     std::string_view close = {}) {
  if (value.empty()) return;
  xmp.append("<").append(property).append(">").append(open);
  append_xml(xmp, value);
  xmp.append(close).append("</").append(property).append(">\n");
}

// Empty: it is no date.
std::string iso_date(const std::string& pdf_date) {
  QUtil::QPDFTime time;
  return QUtil::pdf_time_to_qpdf_time(pdf_date, &time) ? QUtil::qpdf_time_to_iso8601(time) : std::string();
}

// 2024-01-31T12:00:00+01:00 as D:20240131120000+01'00'. Empty: it is no date, or one without a time of the day.
std::string pdf_date(std::string_view iso) {
  constexpr std::size_t zone_at = std::string_view("2024-01-31T12:00:00").size();
  if (iso.size() < zone_at) return "";
  std::string date = "D:";
  for (const char c : iso.substr(0, zone_at)) {
    if (c >= '0' && c <= '9') date += c;
  }
  const auto zone = iso.substr(std::min(iso.size(), iso.find_first_of("Z+-", zone_at)));  // behind parts of a second
  if (zone == "Z") date += zone;
  if (zone.size() == std::string_view("+01:00").size()) {
    date.append(zone.substr(0, 3)).append("'").append(zone.substr(4)).append("'");
  }
  return iso_date(date).empty() ? "" : date;
}

std::string xmp_of(const PdfInformation& information) {
  constexpr std::string_view first_alternative = "<rdf:Alt><rdf:li xml:lang=\"x-default\">";
  std::string xmp =
      "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
      "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
      "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
      "xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" "
      "xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n"
      "<pdfaid:part>2</pdfaid:part>\n<pdfaid:conformance>B</pdfaid:conformance>\n";
  append_property(xmp, "dc:title", information.title, first_alternative, "</rdf:li></rdf:Alt>");
  append_property(xmp, "dc:creator", information.author, "<rdf:Seq><rdf:li>", "</rdf:li></rdf:Seq>");
  append_property(xmp, "dc:description", information.subject, first_alternative, "</rdf:li></rdf:Alt>");
  append_property(xmp, "pdf:Keywords", information.keywords);
  append_property(xmp, "pdf:Producer", producer);
  append_property(xmp, "xmp:CreatorTool", information.creator);
  append_property(xmp, "xmp:CreateDate", iso_date(information.created));
  append_property(xmp, "xmp:ModifyDate", iso_date(information.modified));
  return xmp + "</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>";
}

}  // namespace

PdfInformation read_information(QPDF& pdf) {
  PdfInformation information;
  auto dictionary = pdf.getTrailer().getKey("/Info");
  auto metadata = pdf.getRoot().getKey("/Metadata");
  const XmpProperties properties(metadata.isStream() ? read_xmp_packet(metadata).text : "");
  for (const auto& entry : entries) {
    auto& value = information.*entry.member;
    auto said = dictionary.isDictionary() ? dictionary.getKey(entry.key) : QPDFObjectHandle::newNull();
    if (said.isString()) value = valid_utf8(said.getUTF8Value());
    // What is no date cannot stand in XMP.
    if (entry.is_date && iso_date(value).empty()) value.clear();
    if (!value.empty()) continue;
    value = valid_utf8(properties.value(entry.xmp_namespace, entry.xmp_name));
    if (entry.is_date) value = pdf_date(value);
  }
  return information;
}

void write_pdfa_information(QPDF& pdf, const PdfInformation& information) {
  auto dictionary = QPDFObjectHandle::newDictionary();
  for (const auto& entry : entries) {
    const auto& value = information.*entry.member;
    if (!value.empty()) dictionary.replaceKey(entry.key, QPDFObjectHandle::newUnicodeString(value));
  }
  dictionary.replaceKey("/Producer", QPDFObjectHandle::newUnicodeString(producer));
  pdf.getTrailer().replaceKey("/Info", pdf.makeIndirectObject(dictionary));
  auto metadata = QPDFObjectHandle::newStream(&pdf, xmp_of(information));
  metadata.getDict().replaceKey("/Type", QPDFObjectHandle::newName("/Metadata"));
  metadata.getDict().replaceKey("/Subtype", QPDFObjectHandle::newName("/XML"));
  pdf.getRoot().replaceKey("/Metadata", metadata);
}

}  // namespace docmill::ocr
