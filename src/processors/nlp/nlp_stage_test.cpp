#include "processors/nlp/nlp_stage.hpp"

#include <BitMatrix.h>
#include <MultiFormatWriter.h>
#include <gmock/gmock.h>
#include <leptonica/allheaders.h>

#include <array>
#include <boost/json.hpp>

#include "core/options.hpp"
#include "documents/test_files.hpp"
#include "processors/nlp/options.hpp"
#include "processors/pipeline.hpp"
#include "processors/test_support.hpp"

namespace docmill {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

struct Done {
  Result<TaskOutput> output = TaskOutput{};
  Surroundings surroundings;

  json::object findings() { return json::parse(surroundings.text("nlp.json")).as_object(); }
  json::object record() const { return json::parse(output->record).as_object().at("nlp").as_object(); }
  std::string text() { return surroundings.text("txt"); }
};

Done processed(const std::string& bytes, const std::string& options = "{}", const std::string& name = "a.txt") {
  const std::array stages{&nlp_stage()};
  const auto file = docmill::memory_file(bytes);
  TaskInput input;
  input.name = name;
  input.pipeline = "nlp";
  input.descriptor = file.get();
  input.options = options;
  Done done;
  done.output = run_pipeline(stages, input, done.surroundings);
  return done;
}

// The code points from begin to end.
std::string piece(const std::string& text, const json::value& item) {
  std::string result;
  std::int64_t at = -1;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++at;
    if (at >= item.at("begin").as_int64() && at < item.at("end").as_int64()) result += c;
  }
  return result;
}

const std::string letter =
    "Größe und Gruß! 😀\n\nDer Ausschuss hat am 3. Mai 2024 beschlossen, dass die alte Brücke vermessen wird. Fragen "
    "beantwortet Frau Dr. Müller unter müller@example.de oder 030 1234567. Die Brücke ist alt.\n";

TEST(Nlp, SaysWhereThingsAreInCodePointsOfTheText) {
  auto done = processed(letter);
  ASSERT_TRUE(done.output) << done.output.error().message;
  EXPECT_EQ(done.text(), letter);
  const auto findings = done.findings();
  EXPECT_EQ(findings.at("language").at("code").as_string(), "de");
  EXPECT_EQ(findings.at("sentences").as_array().size(), 5U);
  for (const auto& entity : findings.at("entities").as_array()) {
    EXPECT_EQ(piece(letter, entity), entity.at("text").as_string());
  }
  EXPECT_EQ(findings.at("entities").at(0).at("value").as_string(), "2024-05-03");
  for (const auto& sentence : findings.at("summary").as_array()) {
    EXPECT_EQ(piece(letter, sentence), sentence.at("text").as_string());
  }
  EXPECT_FALSE(findings.contains("tokens"));
  const auto record = done.record();
  EXPECT_EQ(record.at("entities").at("date").to_number<int>(), 1);
  EXPECT_EQ(record.at("signature").as_string().size(), 256U);
}

TEST(Nlp, WritesWhatIsAskedFor) {
  auto done = processed("Dogs were running.\n", R"({"analyses":"tokens"})");
  const auto findings = done.findings();
  EXPECT_EQ(json::serialize(findings.at("tokens")), R"([[0,4,"dog"],[5,9,"were"],[10,17,"run"]])");
  EXPECT_FALSE(findings.contains("entities"));
  EXPECT_FALSE(done.record().contains("signature"));
}

TEST(Nlp, MasksWhatItIsTold) {
  auto done = processed(letter, R"({"redact":"email,phone"})");
  ASSERT_TRUE(done.output) << done.output.error().message;
  EXPECT_THAT(done.text(), HasSubstr("unter █████████████████ oder ███████████."));
  EXPECT_THAT(done.text(), HasSubstr("3. Mai 2024"));
  const auto findings = done.surroundings.text("nlp.json");
  EXPECT_THAT(findings, Not(HasSubstr("müller@")));
  EXPECT_THAT(findings, Not(HasSubstr("1234567")));
  EXPECT_EQ(json::serialize(done.record().at("redacted")), R"({"email":1,"phone":1})");
  int masked = 0;
  const auto parsed = done.findings();
  for (const auto& entity : parsed.at("entities").as_array()) {
    if (!entity.as_object().contains("redacted")) continue;
    ++masked;
    EXPECT_THAT(piece(done.text(), entity), testing::MatchesRegex("(█)+"));
  }
  EXPECT_EQ(masked, 2);
}

TEST(Nlp, TakesTheTextLayerOfPdfs) {
  test::PdfFile pdf;
  for (int i = 1; i <= 2; ++i) {
    pdf.add_page(
        "BT /F 12 Tf 100 700 Td (The committee measured bridge " + std::to_string(i) + " on 3 May 2024.) Tj ET",
        test::helvetica, test::letter_size);
  }
  auto done = processed(pdf.bytes(), "{}", "a.pdf");
  ASSERT_TRUE(done.output) << done.output.error().message;
  EXPECT_THAT(done.text(), HasSubstr("bridge 1 on 3 May 2024.\n\fThe committee measured bridge 2"));
  EXPECT_EQ(done.record().at("entities").at("date").to_number<int>(), 2);
}

const std::string news =
    "On Monday the chancellor Angela Merkel travelled from Zürich to London, where she spoke with David Cameron on 5 "
    "March 2024 about the plans of her party.\n";

std::vector<std::string> kinds_in(Done& done) {
  std::vector<std::string> kinds;
  const auto findings = done.findings();
  for (const auto& entity : findings.at("entities").as_array()) {
    kinds.emplace_back(entity.at("kind").as_string());
  }
  return kinds;
}

TEST(Nlp, FindsNamesOnlyWhenAskedFor) {
  auto plain = processed(news);
  EXPECT_THAT(kinds_in(plain), testing::ElementsAre("date"));
  auto named = processed(news, R"({"names":true})");
  EXPECT_THAT(kinds_in(named), testing::ElementsAre("person", "place", "place", "person", "date"));
  const auto findings = named.findings();
  for (const auto& entity : findings.at("entities").as_array()) {
    EXPECT_EQ(piece(news, entity), entity.at("text").as_string());
  }
  EXPECT_EQ(named.record().at("entities").at("place").to_number<int>(), 2);
}

TEST(Nlp, MasksNamesOnlyWhereTheyAreNamed) {
  auto all = processed(news, R"({"redact":"all"})");
  EXPECT_THAT(all.text(), HasSubstr("Angela Merkel"));
  EXPECT_THAT(all.text(), Not(HasSubstr("2024")));
  auto masked = processed(news, R"({"redact":"person,place"})");
  EXPECT_THAT(masked.text(), HasSubstr("chancellor █████████████ travelled from ██████ to ██████, where"));
  EXPECT_THAT(kinds_in(masked), testing::ElementsAre("person", "place", "place", "person", "date"));
  for (const auto* name : {"Merkel", "Zürich", "London", "Cameron"}) {
    EXPECT_THAT(masked.surroundings.text("nlp.json"), Not(HasSubstr(name)));
  }
  EXPECT_EQ(json::serialize(masked.record().at("redacted")), R"({"person":2,"place":2})");
}

TEST(Nlp, ReadsMarkupAsText) {
  auto done = processed("<html><title>A title</title><body><p>Some words.<script>no</script>", "{}", "a.html");
  ASSERT_TRUE(done.output) << done.output.error().message;
  EXPECT_EQ(done.text(), "A title\n\nSome words.\n");
  EXPECT_EQ(json::parse(done.output->record).at("media_type").as_string(), "text/html");
}

TEST(Nlp, HasLittleToSayAboutNothing) {
  auto done = processed("***\n");
  ASSERT_TRUE(done.output) << done.output.error().message;
  EXPECT_FALSE(done.findings().contains("signature"));
  EXPECT_EQ(done.record().at("words").to_number<int>(), 0);
}

// A page with one QR code, as PNG.
std::string qr_page(const std::wstring& text) {
  ZXing::MultiFormatWriter writer(ZXing::BarcodeFormat::QRCode);
  const auto bits = writer.setMargin(10).encode(text, 300, 300);
  const Image page(pixCreate(600, 800, 8));
  pixSetAll(page.pix());
  for (int y = 0; y < bits.height(); ++y) {
    for (int x = 0; x < bits.width(); ++x) {
      if (bits.get(x, y)) pixSetPixel(page.pix(), x + 200, y + 400, 0);
    }
  }
  l_uint8* data = nullptr;
  std::size_t size = 0;
  EXPECT_EQ(pixWriteMemPng(&data, &size, page.pix(), 0), 0);
  std::string bytes(reinterpret_cast<const char*>(data), size);
  lept_free(data);
  return bytes;
}

TEST(Nlp, ReadsBarcodesFromImages) {
  auto done = processed(qr_page(L"ann@example.com"), R"({"analyses":"barcodes"})", "a.png");
  ASSERT_TRUE(done.output) << done.output.error().message;
  const auto findings = done.findings();
  const auto& code = findings.at("barcodes").as_array().at(0).as_object();
  EXPECT_EQ(code.at("page").to_number<int>(), 1);
  EXPECT_EQ(code.at("format").as_string(), "QRCode");
  EXPECT_EQ(code.at("text").as_string(), "ann@example.com");
  EXPECT_NEAR(code.at("box").as_array().at(1).to_number<double>(), 440, 40);
  EXPECT_EQ(done.record().at("barcodes").to_number<int>(), 1);
  auto masked = processed(qr_page(L"ann@example.com"), R"({"analyses":"barcodes","redact":"email"})", "a.png");
  EXPECT_EQ(masked.surroundings.text("nlp.json").find("example"), std::string::npos);
}

}  // namespace
}  // namespace docmill
