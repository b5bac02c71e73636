// HTML by libxml2's parser, as a stream of events: no tree is built, so nesting costs nothing.
#include <libxml/HTMLparser.h>

#include <algorithm>
#include <array>
#include <memory>

#include "documents/text/charset.hpp"
#include "documents/text/readers.hpp"
#include "documents/text/text_builder.hpp"

namespace docmill {
namespace {

using namespace std::string_view_literals;

// What it holds is not shown.
constexpr std::array hidden{"script"sv, "style"sv, "head"sv, "template"sv, "noscript"sv, "svg"sv, "object"sv};
constexpr std::array paragraphs{"p"sv,          "div"sv,     "h1"sv,      "h2"sv,       "h3"sv,     "h4"sv,
                                "h5"sv,         "h6"sv,      "ul"sv,      "ol"sv,       "dl"sv,     "table"sv,
                                "blockquote"sv, "pre"sv,     "section"sv, "article"sv,  "header"sv, "footer"sv,
                                "aside"sv,      "nav"sv,     "main"sv,    "form"sv,     "hr"sv,     "figure"sv,
                                "figcaption"sv, "address"sv, "body"sv,    "fieldset"sv, "title"sv};
constexpr std::array lines{"br"sv, "li"sv, "tr"sv, "dt"sv, "dd"sv, "option"sv, "caption"sv};

template <class List>
bool contains(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// What libxml2 calls; a failure is kept, as nothing may be thrown through C.
class HtmlSink {
 public:
  explicit HtmlSink(std::uint64_t max_bytes) : builder_(max_bytes) {}

  TextBuilder& builder() { return builder_; }
  bool has_failed() const { return has_failed_; }

  void start(std::string_view name) {
    if (contains(hidden, name)) ++hidden_depth_;
    if (name == "title") ++title_depth_;
    if (name == "pre" || name == "textarea") ++preformatted_depth_;
    mark(name);
  }

  void end(std::string_view name) {
    mark(name);
    if ((name == "td" || name == "th") && hidden_depth_ == 0) builder_.cell_end();
    if (contains(hidden, name) && hidden_depth_ > 0) --hidden_depth_;
    if (name == "title" && title_depth_ > 0) --title_depth_;
    if ((name == "pre" || name == "textarea") && preformatted_depth_ > 0) --preformatted_depth_;
  }

  // The title stands in the hidden head, and is shown.
  void text(std::string_view piece) {
    if (hidden_depth_ > 0 && title_depth_ == 0) return;
    if (preformatted_depth_ > 0) {
      builder_.text(piece);
    } else {
      builder_.words(piece);
    }
  }

  void failed() { has_failed_ = true; }

 private:
  void mark(std::string_view name) {
    if (contains(paragraphs, name)) builder_.paragraph_end();
    if (contains(lines, name)) builder_.line_end();
  }

  TextBuilder builder_;
  int hidden_depth_ = 0;
  int title_depth_ = 0;
  int preformatted_depth_ = 0;
  bool has_failed_ = false;
};

template <class Action>
void guarded(void* data, Action action) noexcept {
  auto& sink = *static_cast<HtmlSink*>(data);
  try {
    action(sink);
  } catch (...) {
    sink.failed();
  }
}

std::string_view view(const xmlChar* text) { return reinterpret_cast<const char*>(text); }

void on_start(void* data, const xmlChar* name, const xmlChar**) {
  guarded(data, [&](HtmlSink& sink) { sink.start(view(name)); });
}
void on_end(void* data, const xmlChar* name) {
  guarded(data, [&](HtmlSink& sink) { sink.end(view(name)); });
}
void on_text(void* data, const xmlChar* text, int size) {
  guarded(data, [&](HtmlSink& sink) { sink.text(view(text).substr(0, static_cast<std::size_t>(size))); });
}

struct FreeParser {
  void operator()(htmlParserCtxt* parser) const { htmlFreeParserCtxt(parser); }
};

// <meta charset=…> and its elder forms, in the first kilobytes.
std::string charset_in(std::string_view html) {
  std::string head(html.substr(0, 4096));
  std::transform(head.begin(), head.end(), head.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto found = head.find("charset");
  if (found == std::string::npos) return {};
  const auto begin = head.find_first_not_of(" =\"'", found + 7);
  if (begin == std::string::npos) return {};
  return head.substr(begin, head.find_first_of("\"' />;", begin) - begin);
}

}  // namespace

Result<PlainText> read_html(std::string_view bytes, const TextLimits& limits, std::string_view charset) {
  DOCMILL_TRY(decoded, decode_text(bytes, charset.empty() ? charset_in(bytes) : std::string(charset)));
  HtmlSink sink(limits.max_bytes);
  htmlSAXHandler handler{};
  handler.startElement = on_start;
  handler.endElement = on_end;
  handler.characters = on_text;
  handler.ignorableWhitespace = on_text;
  const std::unique_ptr<htmlParserCtxt, FreeParser> parser(
      htmlCreatePushParserCtxt(&handler, &sink, nullptr, 0, nullptr, XML_CHAR_ENCODING_UTF8));
  if (!parser) throw std::bad_alloc();
  // Huge: the limits of libxml2 on depth and length are not needed here, and would cut documents silently.
  htmlCtxtUseOptions(parser.get(), HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_RECOVER |
                                       HTML_PARSE_IGNORE_ENC);
  constexpr std::size_t chunk = 64U << 10U;
  for (std::size_t i = 0; i < decoded.utf8.size() && !sink.builder().is_full(); i += chunk) {
    const auto piece = std::string_view(decoded.utf8).substr(i, chunk);
    htmlParseChunk(parser.get(), piece.data(), static_cast<int>(piece.size()), 0);
  }
  htmlParseChunk(parser.get(), nullptr, 0, 1);
  if (sink.has_failed()) throw std::bad_alloc();
  return finish_text(sink.builder(), limits);
}

}  // namespace docmill
