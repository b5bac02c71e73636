// E-mail (RFC 5322, MIME) by GMime: subject, people and date, then the text of the message, then what is attached: its
// messages likewise, other files by name (or type).
#include <gmime/gmime.h>

#include <memory>
#include <vector>

#include "documents/text/charset.hpp"
#include "documents/text/readers.hpp"
#include "documents/text/text_builder.hpp"
#include "documents/text_format.hpp"

namespace docmill {
namespace {

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Ref = std::unique_ptr<T, Unref>;

struct Free {
  void operator()(char* text) const { g_free(text); }
};
using Text = std::unique_ptr<char, Free>;

Ref<GMimeMessage> parse(std::string_view bytes) {
  static const bool is_ready = [] {
    g_mime_init();
    return true;
  }();
  static_cast<void>(is_ready);
  const Ref<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size()));
  const Ref<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  return Ref<GMimeMessage>(g_mime_parser_construct_message(parser.get(), nullptr));
}

// The content of a part, its transfer encoding undone.
std::string content_of(GMimePart* part) {
  GMimeDataWrapper* const content = g_mime_part_get_content(part);
  if (content == nullptr) return {};
  const Ref<GMimeStream> stream(g_mime_stream_mem_new());
  g_mime_data_wrapper_write_to_stream(content, stream.get());
  const GByteArray* const bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
  return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

class MailReader {
 public:
  explicit MailReader(const TextLimits& limits) : limits_(limits), builder_(limits.max_bytes) {}

  Status message(GMimeMessage* message, int depth) {
    if (depth > limits_.max_depth) {
      builder_.leave_out("Messages are attached to messages more than " + std::to_string(limits_.max_depth) +
                         " deep: those further down are not read.");
      return {};
    }
    headers(message);
    auto* const body = g_mime_message_get_mime_part(message);
    return body == nullptr ? Status() : object(body, depth);
  }

  Result<PlainText> finish() { return finish_text(builder_, limits_); }

 private:
  void headers(GMimeMessage* message) {
    const auto line = [&](std::string_view name, const char* value) {
      if (value == nullptr || *value == '\0') return;
      builder_.text(std::string(name) + ": ");
      builder_.words(valid_utf8(value));
      builder_.line_end();
    };
    line("Subject", g_mime_message_get_subject(message));
    const auto people = [&](std::string_view name, InternetAddressList* list) {
      if (list == nullptr) return;
      const Text text(internet_address_list_to_string(list, nullptr, FALSE));
      line(name, text.get());
    };
    people("From", g_mime_message_get_from(message));
    people("To", g_mime_message_get_to(message));
    people("Cc", g_mime_message_get_cc(message));
    line("Date", g_mime_object_get_header(GMIME_OBJECT(message), "Date"));
    builder_.paragraph_end();
  }

  // Recursion is bounded: GMime itself stops at a depth of 1,024 parts.
  Status object(GMimeObject* part, int depth) {
    if (GMIME_IS_MESSAGE_PART(part)) {
      auto* const inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
      builder_.paragraph_end();
      return inner == nullptr ? Status() : message(inner, depth + 1);
    }
    if (GMIME_IS_MULTIPART(part)) return multipart(GMIME_MULTIPART(part), depth);
    if (GMIME_IS_PART(part)) return leaf(GMIME_PART(part));
    return {};
  }

  Status multipart(GMimeMultipart* parts, int depth) {
    const int count = g_mime_multipart_get_count(parts);
    auto* const type = g_mime_object_get_content_type(GMIME_OBJECT(parts));
    if (g_mime_content_type_is_type(type, "multipart", "alternative") != FALSE) {
      // The same in several forms, the plainest first; that may be empty where mail programs write HTML only.
      const auto before = builder_.size();
      for (int i = 0; i < count && builder_.size() == before; ++i) {
        DOCMILL_CHECK(object(g_mime_multipart_get_part(parts, i), depth));
      }
      return {};
    }
    for (int i = 0; i < count; ++i) DOCMILL_CHECK(object(g_mime_multipart_get_part(parts, i), depth));
    return {};
  }

  Status leaf(GMimePart* part) {
    auto* const type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    const bool is_text = type == nullptr || g_mime_content_type_is_type(type, "text", "*") != FALSE;
    builder_.paragraph_end();
    if (is_text && g_mime_part_is_attachment(part) == FALSE) {
      const auto text = text_of(part, type);
      if (!text && text.error().code == ErrorCode::too_large) return text.error();
      if (text) {
        if (!is_blank(*text)) builder_.text(*text);
        builder_.paragraph_end();
        return {};
      }
    }
    const char* const file_name = g_mime_part_get_filename(part);
    if (is_text && file_name == nullptr) builder_.leave_out("A part of the message calls itself text, and is none.");
    const Text type_name(type == nullptr ? nullptr : g_mime_content_type_get_mime_type(type));
    const char* const name = file_name != nullptr ? file_name : type_name.get();
    if (name != nullptr) builder_.text("[" + valid_utf8(name) + "]");
    builder_.paragraph_end();
    return {};
  }

  Result<std::string> text_of(GMimePart* part, GMimeContentType* type) const {
    const char* const charset = type == nullptr ? nullptr : g_mime_content_type_get_parameter(type, "charset");
    const std::string_view encoding = charset == nullptr ? "" : charset;
    const auto content = content_of(part);
    const bool is_html = type != nullptr && g_mime_content_type_is_type(type, "text", "html") != FALSE;
    if (is_html) {
      DOCMILL_TRY(html, read_html(content, limits_, encoding));
      return std::move(html.text);
    }
    DOCMILL_TRY(decoded, decode_text(content, encoding));
    return std::move(decoded.utf8);
  }

  static bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n\f") == std::string_view::npos; }

  const TextLimits limits_;
  TextBuilder builder_;
};

}  // namespace

Result<PlainText> read_mail(std::string_view bytes, const TextLimits& limits) {
  const auto message = parse(bytes);
  if (!message) return fail(ErrorCode::unreadable, "The message cannot be read: it has no headers.");
  MailReader reader(limits);
  DOCMILL_CHECK(reader.message(message.get(), 1));
  return reader.finish();
}

}  // namespace docmill
