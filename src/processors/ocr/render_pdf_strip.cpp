#include "processors/ocr/render_pdf_strip.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <qpdf/Pl_Function.hh>
#include <qpdf/Pl_String.hh>
#include <qpdf/QPDFExc.hh>
#include <stdexcept>
#include <string>
#include <vector>

#include "processors/ocr/render_pdf_font.hpp"

namespace docmill::ocr {
namespace {

// Content beyond this is no page but an attack, and is left alone.
constexpr std::size_t most_content = 64U << 20U;

bool shows_text(const std::string& name) { return name == "Tj" || name == "TJ" || name == "'" || name == "\""; }

// Besides text: paths, shadings, images and forms.
bool paints(const std::string& name) {
  constexpr std::array painters{"f", "F", "f*", "B", "B*", "b", "b*", "s", "S", "sh", "Do"};
  return std::find(painters.begin(), painters.end(), name) != painters.end();
}

// Copies content, less the operators that show invisible text. Those that set fonts, modes and positions stay: what
// they set outlives the text object.
class InvisibleTextFilter final : public QPDFObjectHandle::TokenFilter {
 public:
  bool has_removed() const { return has_removed_; }
  // What is left shows something.
  bool shows() const { return shows_; }

  void handleToken(const QPDFTokenizer::Token& token) override {
    statement_ += token.getRawValue();
    switch (token.getType()) {
      case QPDFTokenizer::tt_integer:
        last_integer_ = token.getValue();
        return;
      case QPDFTokenizer::tt_word:
        handle_operator(token.getValue());
        statement_.clear();
        return;
      case QPDFTokenizer::tt_inline_image:
        shows_ = true;
        write(statement_);
        statement_.clear();
        return;
      default:
        return;
    }
  }

  void handleEOF() override { write(text_object_ + statement_); }

 private:
  void handle_operator(const std::string& name) {
    if (name == "Tr") mode_is_invisible_ = last_integer_ == "3";
    if (name == "q") saved_modes_.push_back(mode_is_invisible_);
    if (name == "Q" && !saved_modes_.empty()) {
      mode_is_invisible_ = saved_modes_.back();
      saved_modes_.pop_back();
    }
    if (name == "BT") in_text_object_ = true;
    shows_ = shows_ || paints(name);
    if (!in_text_object_) {
      write(statement_);
    } else {
      handle_in_text_object(name);
    }
  }

  void handle_in_text_object(const std::string& name) {
    text_object_ += statement_;
    if (!shows_text(name)) {
      without_invisible_ += statement_;
    } else if (mode_is_invisible_) {
      shows_invisible_ = true;
      without_invisible_ += '\n';
    } else {
      shows_visible_ = true;
    }
    if (name == "ET") end_text_object();
  }

  void end_text_object() {
    const bool remove = shows_invisible_ && !shows_visible_;
    write(remove ? without_invisible_ : text_object_);
    has_removed_ = has_removed_ || remove;
    shows_ = shows_ || (!remove && (shows_visible_ || shows_invisible_));
    text_object_.clear();
    without_invisible_.clear();
    in_text_object_ = shows_visible_ = shows_invisible_ = false;
  }

  bool has_removed_ = false;
  bool shows_ = false;
  bool mode_is_invisible_ = false;
  std::vector<bool> saved_modes_;
  std::string last_integer_;
  std::string statement_;  // since the last operator, as written
  // The text object that is being read, in full and stripped.
  bool in_text_object_ = false;
  bool shows_visible_ = false;
  bool shows_invisible_ = false;
  std::string text_object_;
  std::string without_invisible_;
};

struct Stripped {
  std::string content;
  bool shows = false;  // something
};

// Content without its invisible text; nullopt: it has none. `decode` writes the content to a pipeline.
std::optional<Stripped> stripped(const std::function<void(Pipeline*)>& decode,
                                 const std::function<void(QPDFObjectHandle::TokenFilter*, Pipeline*)>& filter) {
  try {
    std::string content;
    Pl_Function content_end("content", nullptr, [&](const unsigned char* data, std::size_t size) {
      if (content.size() + size > most_content) throw std::length_error("content too long");
      content.append(reinterpret_cast<const char*>(data), size);
    });
    decode(&content_end);
    if (content.find("Tr") == std::string::npos) return std::nullopt;
    InvisibleTextFilter invisible;
    Stripped result;
    Pl_String result_end("content without invisible text", nullptr, result.content);
    filter(&invisible, &result_end);
    result.shows = invisible.shows();
    if (invisible.has_removed()) return result;
  } catch (const QPDFExc&) {
    // It cannot be decoded, so a viewer shows nothing of it either.
  } catch (const std::length_error&) {
  }
  return std::nullopt;
}

std::optional<Stripped> stripped_form(QPDFObjectHandle form) {
  return stripped([&](Pipeline* end) { QPDFPageObjectHelper(form).pipeContents(end); },
                  [&](QPDFObjectHandle::TokenFilter* filter, Pipeline* end) {
                    QPDFPageObjectHelper(form).filterContents(filter, end);
                  });
}

// Of a form that shows nothing any more nothing is left but its name: what it sets ends with it. So the text of the
// next recognition takes the place of the last one's, fonts and all, and files do not grow from one to the next.
QPDFObjectHandle form_like(QPDF& pdf, QPDFObjectHandle form, const Stripped& stripped) {
  auto replacement = make_compressed_stream(pdf, stripped.shows ? stripped.content : std::string());
  for (const auto& key : form.getDict().getKeys()) {
    const bool tells_encoding = key == "/Filter" || key == "/DecodeParms" || key == "/Length";
    if (!tells_encoding) replacement.getDict().replaceKey(key, form.getDict().getKey(key));
  }
  if (!stripped.shows) replacement.getDict().replaceKey("/Resources", QPDFObjectHandle::newDictionary());
  return replacement;
}

void strip_forms(QPDF& pdf, QPDFPageObjectHelper& page) {
  auto old_forms = page.getAttribute("/Resources", false).getKeyIfDict("/XObject");
  if (!old_forms.isDictionary()) return;
  for (const auto& name : old_forms.getKeys()) {
    auto form = old_forms.getKey(name);
    if (!form.isFormXObject()) continue;
    const auto content = stripped_form(form);
    if (!content) continue;
    auto resources = page.getAttribute("/Resources", true);
    auto forms = resources.getKey("/XObject").shallowCopy();
    forms.replaceKey(name, form_like(pdf, form, *content));
    resources.replaceKey("/XObject", forms);
  }
}

}  // namespace

void strip_invisible_text(QPDF& pdf, QPDFPageObjectHelper page) {
  const auto content =
      stripped([&](Pipeline* end) { page.pipeContents(end); },
               [&](QPDFObjectHandle::TokenFilter* filter, Pipeline* end) { page.filterContents(filter, end); });
  if (content) page.getObjectHandle().replaceKey("/Contents", make_compressed_stream(pdf, content->content));
  strip_forms(pdf, page);
}

}  // namespace docmill::ocr
