#include "documents/text/text_document.hpp"

#include <algorithm>

#include "documents/mapped_file.hpp"
#include "documents/sniff.hpp"
#include "documents/text/charset.hpp"
#include "documents/text/zip_members.hpp"

namespace docmill {
namespace {

using namespace std::string_view_literals;

constexpr double a4_width = 595;  // points: a page must have a size
constexpr double a4_height = 842;

class TextOnlyPage final : public Page {
 public:
  int number() const override { return 1; }
  double width_points() const override { return a4_width; }
  double height_points() const override { return a4_height; }
  Result<TextPage> text_layer() override {
    TextPage page;
    page.number = 1;
    page.width = a4_width;
    page.height = a4_height;
    page.status = PageStatus::read;
    page.confidence = 1;
    return page;
  }
  bool has_invisible_text() override { return false; }
  std::optional<ScanInfo> scan() override { return std::nullopt; }
  Result<Image> image(double) override {
    return fail(ErrorCode::unsupported_type, "The document is text: it has no pages to be drawn.");
  }
};

class TextDocument final : public Document {
 public:
  TextDocument(DocumentType type, PlainText text) : type_(type), text_(std::move(text)) {}
  DocumentType type() const override { return type_; }
  int page_count() const override { return 1; }
  Result<std::unique_ptr<Page>> page(int number) override {
    if (number != 1) return fail(ErrorCode::internal, "a text has one page");
    return std::make_unique<TextOnlyPage>();
  }
  const std::string* text() const override { return &text_.text; }
  std::vector<std::string> left_out() const override { return text_.left_out; }

 private:
  const DocumentType type_;
  const PlainText text_;
};

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

bool is_zip(std::string_view bytes) { return bytes.starts_with("PK\3\4"sv) || bytes.starts_with("PK\5\6"sv); }

// Names of members stand in a zip uncompressed, at its beginning and in the directory at its end.
std::optional<DocumentType> zip_type(std::string_view bytes) {
  const auto has = [&](std::string_view name) { return bytes.find(name) != std::string_view::npos; };
  if (bytes.substr(0, 128).find("mimetypeapplication/vnd.oasis.opendocument.text") != std::string_view::npos) {
    return DocumentType::odt;
  }
  if (has("word/document.xml")) return DocumentType::docx;
  if (has("ppt/slides/") || has("ppt/presentation.xml")) return DocumentType::pptx;
  if (has("xl/worksheets/") || has("xl/workbook.xml")) return DocumentType::xlsx;
  if (has("META-INF/manifest.xml") && has("content.xml")) return DocumentType::odt;
  return std::nullopt;
}

// Office files with a password are no zips but an older container with the zip in it, encrypted.
bool is_encrypted_office(std::string_view bytes) {
  constexpr auto container = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv;
  constexpr auto package = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"sv;
  return bytes.starts_with(container) && bytes.find(package) != std::string_view::npos;
}

bool is_html(std::string_view head) {
  auto text = lower(head.substr(0, 2048));
  text.erase(std::remove(text.begin(), text.end(), '\0'), text.end());  // UTF-16 looks the same without
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  if (text.find("<!doctype html") != std::string::npos || text.find("<html") != std::string::npos) return true;
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || text[first] != '<') return false;
  for (const auto tag :
       {"<head"sv, "<body"sv, "<div"sv, "<p>"sv, "<table"sv, "<title"sv, "<script"sv, "<h1"sv, "<meta"sv}) {
    if (std::string_view(text).substr(first).starts_with(tag)) return true;
  }
  return false;
}

// At least two of the header fields that mails have in the first lines; in a file that is named as a mail one. With
// lines among them that are none (mail programs break long ones wrongly) four, or two.
bool is_mail(std::string_view bytes, std::string_view name) {
  constexpr std::string_view known[] = {
      "from:",         "received:", "return-path:",  "message-id:",      "date:", "subject:", "mime-version:",
      "delivered-to:", "to:",       "content-type:", "x-mozilla-status:"};
  std::size_t hits = 0;
  bool has_other_lines = false;
  std::size_t line = bytes.starts_with("From ") ? bytes.find('\n') + 1 : 0;
  for (int i = 0; i < 40 && line < bytes.size(); ++i) {
    const auto end = std::min(bytes.find('\n', line), bytes.size());
    const auto text = bytes.substr(line, end - line);
    line = end + 1;
    if (text.empty() || text == "\r") break;
    if (text[0] == ' ' || text[0] == '\t') continue;
    const auto name_end = text.find(':');
    if (name_end == std::string_view::npos || name_end == 0 ||
        text.substr(0, name_end).find(' ') != std::string_view::npos) {
      has_other_lines = true;
      continue;
    }
    const auto field = lower(text.substr(0, name_end + 1));
    hits += std::find(std::begin(known), std::end(known), field) != std::end(known) ? 1U : 0U;
  }
  const auto least = lower(name).ends_with(".eml") ? 1U : 2U;
  return hits >= (has_other_lines ? 2 * least : least);
}

bool is_markdown_name(std::string_view name) {
  const auto text = lower(name);
  return text.ends_with(".md") || text.ends_with(".markdown");
}

Result<PlainText> read(DocumentType type, std::string_view bytes, const TextLimits& limits) {
  switch (type) {
    case DocumentType::markdown:
      return read_markdown(bytes, limits);
    case DocumentType::html:
      return read_html(bytes, limits);
    case DocumentType::docx:
      return read_docx(bytes, limits);
    case DocumentType::pptx:
      return read_pptx(bytes, limits);
    case DocumentType::xlsx:
      return read_xlsx(bytes, limits);
    case DocumentType::odt:
      return read_odt(bytes, limits);
    case DocumentType::mail:
      return read_mail(bytes, limits);
    default:
      return read_plain(bytes, limits);
  }
}

}  // namespace

std::optional<DocumentType> sniff_text(std::string_view bytes, std::string_view name) {
  if (is_zip(bytes)) return zip_type(bytes);
  if (bytes.starts_with("{\\rtf")) return std::nullopt;  // text of a kind, but its words stand between commands
  if (is_mail(bytes, name)) return DocumentType::mail;   // before HTML, which many a mail contains
  if (is_html(bytes)) return DocumentType::html;
  constexpr std::size_t enough = 64U << 10U;
  const auto decoded = decode_text(bytes.substr(0, enough));
  if (!decoded && decoded.error().code == ErrorCode::unsupported_type) return std::nullopt;
  return is_markdown_name(name) ? DocumentType::markdown : DocumentType::text;
}

Result<std::unique_ptr<Document>> open_text_document(int descriptor, const OpenOptions& options,
                                                     const TextLimits& limits) {
  DOCMILL_TRY(file, MappedFile::map(descriptor));
  if (is_encrypted_office(file.bytes())) {
    return fail(ErrorCode::encrypted, "The document is encrypted; docmill opens encrypted PDFs only.");
  }
  const auto type = sniff_text(file.bytes(), options.name);
  const bool is_cut_off = is_zip(file.bytes()) && !has_zip_directory(file.bytes());
  if (!type && is_cut_off) {
    return fail(ErrorCode::unreadable, "The archive is cut off or damaged: the directory at its end is missing.");
  }
  if (!type) {
    const auto what = describe_content(file.bytes());
    return fail(
        ErrorCode::unsupported_type,
        (what.empty() || what == "data" ? "The content is of no type that docmill knows" : "The content is: " + what) +
            ". docmill reads PDF, images, and as text TXT, Markdown, HTML, DOCX, ODT, PPTX, XLSX and EML.");
  }
  DOCMILL_TRY(text, read(*type, file.bytes(), limits));
  if (is_cut_off) text.left_out.emplace_back("The directory at the end of the archive is missing: parts may be, too.");
  return std::make_unique<TextDocument>(*type, std::move(text));
}

}  // namespace docmill
