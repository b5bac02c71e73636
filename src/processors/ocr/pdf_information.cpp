#include "processors/ocr/pdf_information.hpp"

#include <array>
#include <qpdf/QUtil.hh>

#include "docmill_version.hpp"
#include "documents/text_format.hpp"
#include "processors/ocr/render_xml.hpp"

namespace docmill::ocr {
namespace {

struct Entry {
  const char* key;
  std::string PdfInformation::* member;
};
constexpr std::array entries{
    Entry{"/Title", &PdfInformation::title},      Entry{"/Author", &PdfInformation::author},
    Entry{"/Subject", &PdfInformation::subject},  Entry{"/Keywords", &PdfInformation::keywords},
    Entry{"/Creator", &PdfInformation::creator},  Entry{"/CreationDate", &PdfInformation::created},
    Entry{"/ModDate", &PdfInformation::modified},
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
  if (!dictionary.isDictionary()) return information;
  for (const auto& entry : entries) {
    auto value = dictionary.getKey(entry.key);
    if (value.isString()) information.*entry.member = valid_utf8(value.getUTF8Value());
  }
  // What is no date cannot stand in XMP.
  if (iso_date(information.created).empty()) information.created.clear();
  if (iso_date(information.modified).empty()) information.modified.clear();
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
