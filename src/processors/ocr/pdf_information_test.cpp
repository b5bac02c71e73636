#include "processors/ocr/pdf_information.hpp"

#include <gtest/gtest.h>

namespace docmill::ocr {
namespace {

// A document with this dictionary, and this XMP below rdf:RDF.
PdfInformation information_of(const std::string& dictionary, const std::string& xmp) {
  QPDF pdf;
  pdf.emptyPDF();
  if (!dictionary.empty()) {
    pdf.getTrailer().replaceKey("/Info", pdf.makeIndirectObject(QPDFObjectHandle::parse(dictionary)));
  }
  const auto packet =
      "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>" + xmp +
      "</rdf:RDF></x:xmpmeta>";
  if (!xmp.empty()) pdf.getRoot().replaceKey("/Metadata", QPDFObjectHandle::newStream(&pdf, packet));
  return read_information(pdf);
}

const std::string whole_xmp =
    "<rdf:Description rdf:about='' xmlns:d='http://purl.org/dc/elements/1.1/' xmlns:xmp='http://ns.adobe.com/xap/1.0/' "
    "xmlns:pdf='http://ns.adobe.com/pdf/1.3/' xmp:CreateDate='2024-01-31T12:00:00+01:00' pdf:Keywords='one, two'>"
    "<d:title>\n<rdf:Alt>\n<rdf:li xml:lang='de'>Brücke</rdf:li><rdf:li xml:lang='x-default'> The bridge &amp; I "
    "</rdf:li></rdf:Alt></d:title>"
    "<d:creator><rdf:Seq><rdf:li>Ada</rdf:li><rdf:li>Bob</rdf:li></rdf:Seq></d:creator>"
    "<d:description><rdf:Alt><rdf:li>About it</rdf:li></rdf:Alt></d:description>"
    "<xmp:CreatorTool>Pen</xmp:CreatorTool><xmp:ModifyDate>2024-02-01T08:30:00.25Z</xmp:ModifyDate></rdf:Description>";

TEST(ReadInformation, TakesFromXmpWhatTheDictionaryDoesNotSay) {
  for (const std::string dictionary : {"", "<< /Title () /Producer (somebody) /Author 3 /ModDate (yesterday) >>"}) {
    const auto information = information_of(dictionary, whole_xmp);
    EXPECT_EQ(information.title, "The bridge & I");
    EXPECT_EQ(information.author, "Ada, Bob");
    EXPECT_EQ(information.subject, "About it");
    EXPECT_EQ(information.keywords, "one, two");
    EXPECT_EQ(information.creator, "Pen");
    EXPECT_EQ(information.created, "D:20240131120000+01'00'");
    EXPECT_EQ(information.modified, "D:20240201083000Z");
  }
}

TEST(ReadInformation, PrefersTheDictionary) {
  const auto information = information_of("<< /Title (Mine) /CreationDate (D:20200101) >>", whole_xmp);
  EXPECT_EQ(information.title, "Mine");
  EXPECT_EQ(information.author, "Ada, Bob");
  EXPECT_EQ(information.created, "D:20240131120000+01'00'") << "a date without its time is none for qpdf";
}

TEST(ReadInformation, TakesNoOtherNamespaceAndNoOtherDate) {
  auto information = information_of("", "<rdf:Description xmlns:dc='http://else.example/'><dc:title>No</dc:title>");
  EXPECT_EQ(information.title, "");
  for (const std::string date : {"2024", "2024-01-31", "yesterday at noon or so", "2024-01-31T12:00:00+1"}) {
    information =
        information_of("", "<rdf:Description xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:CreateDate='" + date + "'/>");
    EXPECT_EQ(information.created, date.starts_with("2024-01-31T") ? "D:20240131120000" : "") << date;
  }
}

TEST(ReadInformation, SurvivesWhatIsNoXmp) {
  EXPECT_EQ(information_of("<< /Title (Mine) >>", "<<<& \xff").title, "Mine");
  EXPECT_EQ(information_of("", "").title, "");
}

TEST(ReadInformation, CutsAPacketWithoutEnd) {
  const auto information = information_of("", whole_xmp + std::string(6 << 20, ' '));
  EXPECT_EQ(information.author, "Ada, Bob");
}

}  // namespace
}  // namespace docmill::ocr
