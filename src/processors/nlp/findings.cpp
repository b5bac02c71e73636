#include "processors/nlp/findings.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <map>

#include "documents/text_format.hpp"

namespace docmill::nlp {
namespace {

namespace json = boost::json;

constexpr int decimals = 3;

std::string quoted(std::string_view text) { return json::serialize(json::string_view(text.data(), text.size())); }

void append_integer(std::string& out, std::uint32_t value) {
  char digits[16];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

std::string number(double value) {
  std::string text;
  append_number(text, value, decimals);
  return text;
}

bool is_redacted(const Entity& entity, const NlpOptions& options) {
  return std::find(options.redact.begin(), options.redact.end(), entity.kind) != options.redact.end();
}

// Writes members of one object, each of a list on a line of its own, so that tools for lines can work on it.
class Writer {
 public:
  Writer(const Findings& findings, const NlpOptions& options, Output& output)
      : analysis_(findings.analysis),
        entities_(findings.entities),
        barcodes_(findings.barcodes),
        options_(options),
        output_(output),
        places_(findings.analysis.text, findings.analysis.statistics.characters) {}

  Status write() {
    DOCMILL_CHECK(output_.write("{\"schema\":\"docmill.nlp/1\",\"characters\":" +
                                std::to_string(analysis_.statistics.characters)));
    if (options_.writes("language")) DOCMILL_CHECK(languages());
    if (options_.writes("sentences")) DOCMILL_CHECK(sentences());
    if (options_.writes("tokens")) DOCMILL_CHECK(tokens());
    if (options_.writes("phrases")) DOCMILL_CHECK(phrases());
    if (options_.writes("summary")) DOCMILL_CHECK(summary());
    if (options_.writes("entities")) DOCMILL_CHECK(entities());
    if (options_.writes("barcodes")) DOCMILL_CHECK(barcodes());
    if (options_.writes("statistics")) DOCMILL_CHECK(statistics());
    if (options_.writes("signature") && analysis_.signature) {
      DOCMILL_CHECK(member("signature", quoted(to_hex(*analysis_.signature))));
    }
    DOCMILL_CHECK(output_.write("\n}\n"));
    return output_.flush();
  }

 private:
  Status member(std::string_view name, std::string_view value) {
    DOCMILL_CHECK(output_.write(",\n\""));
    DOCMILL_CHECK(output_.write(name));
    DOCMILL_CHECK(output_.write("\":"));
    return output_.write(value);
  }

  template <class Items, class Append>
  Status list(std::string_view name, const Items& items, Append append) {
    DOCMILL_CHECK(member(name, "["));
    std::string line;
    for (const auto& item : items) {
      line = &item == &*items.begin() ? "\n" : ",\n";
      append(line, item);
      DOCMILL_CHECK(output_.write(line));
    }
    return output_.write("]");
  }

  void append_place(std::string& line, Span span) {
    append_integer(line, places_.at(span.begin));
    line += ',';
    append_integer(line, places_.at(span.end));
  }

  void append_span(std::string& line, Span span) {
    line += "\"begin\":";
    append_integer(line, places_.at(span.begin));
    line += ",\"end\":";
    append_integer(line, places_.at(span.end));
  }

  Status languages() {
    DOCMILL_CHECK(member("language", "{\"code\":" + quoted(analysis_.language.code) +
                                         ",\"confidence\":" + number(analysis_.language.confidence) +
                                         ",\"script\":" + quoted(analysis_.script) + "}"));
    DOCMILL_CHECK(list("languages", analysis_.languages, [](std::string& line, const LanguageShare& share) {
      line += "{\"code\":" + quoted(share.code) + ",\"share\":" + number(share.share) + "}";
    }));
    return list("paragraphs", analysis_.paragraphs, [&](std::string& line, const Paragraph& paragraph) {
      line += '{';
      append_span(line, paragraph.span);
      line += ",\"language\":\"" + paragraph.language.code +
              "\",\"confidence\":" + number(paragraph.language.confidence) + "}";
    });
  }

  Status sentences() {
    return list("sentences", analysis_.sentences, [&](std::string& line, const Sentence& sentence) {
      line += '[';
      append_place(line, sentence.span);
      line += ']';
    });
  }

  Status tokens() {
    return list("tokens", analysis_.tokens, [&](std::string& line, const Token& token) {
      line += '[';
      append_place(line, token.span);
      line += ',';
      line += quoted(analysis_.vocabulary.stem(token.word));
      line += ']';
    });
  }

  Status phrases() {
    return list("key_phrases", analysis_.key_phrases, [&](std::string& line, const KeyPhrase& phrase) {
      line += "{\"text\":" + quoted(phrase.span.in(analysis_.text)) + ",";
      append_span(line, phrase.span);
      line += ",\"score\":" + number(phrase.score) + ",\"count\":" + std::to_string(phrase.count) + "}";
    });
  }

  Status summary() {
    return list("summary", analysis_.summary, [&](std::string& line, std::uint32_t index) {
      const auto span = analysis_.sentences[index].span;
      line += "{\"text\":" + quoted(span.in(analysis_.text)) + ",";
      append_span(line, span);
      line += '}';
    });
  }

  Status entities() {
    return list("entities", entities_, [&](std::string& line, const Entity& entity) {
      line += "{\"kind\":\"" + std::string(to_string(entity.kind)) + "\",";
      append_span(line, entity.span);
      if (is_redacted(entity, options_)) {
        line += ",\"redacted\":true}";
      } else {
        line += ",\"text\":" + quoted(entity.span.in(analysis_.text)) + ",\"value\":" + quoted(entity.value) + "}";
      }
    });
  }

  Status barcodes() {
    return list("barcodes", barcodes_, [](std::string& line, const PageBarcode& item) {
      const auto& box = item.barcode.box;
      line += "{\"page\":" + std::to_string(item.page) + ",\"format\":" + quoted(item.barcode.format) +
              ",\"text\":" + quoted(item.barcode.text) + ",\"box\":[" + number(box.left) + "," + number(box.top) + "," +
              number(box.right) + "," + number(box.bottom) + "],\"dpi\":" + number(item.dpi) + "}";
    });
  }

  Status statistics() {
    const auto& counts = analysis_.statistics;
    std::string text = "{\"words\":" + std::to_string(counts.words) +
                       ",\"sentences\":" + std::to_string(counts.sentences) +
                       ",\"paragraphs\":" + std::to_string(counts.paragraphs) +
                       ",\"distinct_words\":" + std::to_string(counts.distinct_words) +
                       ",\"distinct_stems\":" + std::to_string(counts.distinct_stems) +
                       ",\"words_used_once\":" + std::to_string(counts.words_used_once) +
                       ",\"mean_word_length\":" + number(counts.mean_word_length) +
                       ",\"mean_sentence_length\":" + number(counts.mean_sentence_length) +
                       ",\"long_words\":" + number(counts.long_words) +
                       ",\"syllables_a_word\":" + number(counts.syllables_a_word) + ",\"readability\":{";
    for (const auto& item : counts.readability) {
      if (text.back() != '{') text += ',';
      text += quoted(item.name) + ":" + number(item.value);
    }
    return member("statistics", text + "}}");
  }

  const Analysis& analysis_;
  const std::vector<Entity>& entities_;
  const std::vector<PageBarcode>& barcodes_;
  const NlpOptions& options_;
  Output& output_;
  CodePointCounter places_;
};

// {"date":4,"email":1}
std::string counts_json(const std::map<std::string_view, std::uint32_t>& counts) {
  std::string text = "{";
  for (const auto& [name, count] : counts) {
    if (text.size() > 1) text += ',';
    text += quoted(name) + ":" + std::to_string(count);
  }
  return text + "}";
}

}  // namespace

Status write_findings(const Findings& findings, const NlpOptions& options, Output& output) {
  return Writer(findings, options, output).write();
}

std::string record_of(const Findings& findings, const NlpOptions& options) {
  const auto& analysis = findings.analysis;
  std::map<std::string_view, std::uint32_t> counts;
  std::map<std::string_view, std::uint32_t> redacted;
  for (const auto& entity : findings.entities) {
    ++counts[to_string(entity.kind)];
    if (is_redacted(entity, options)) ++redacted[to_string(entity.kind)];
  }
  std::string text = "{\"language\":" + quoted(analysis.language.code) +
                     ",\"characters\":" + std::to_string(analysis.statistics.characters) +
                     ",\"words\":" + std::to_string(analysis.statistics.words) +
                     ",\"sentences\":" + std::to_string(analysis.statistics.sentences);
  if (options.writes("entities")) text += ",\"entities\":" + counts_json(counts);
  if (options.writes("barcodes")) text += ",\"barcodes\":" + std::to_string(findings.barcodes.size());
  if (!options.redact.empty()) text += ",\"redacted\":" + counts_json(redacted);
  if (options.writes("signature") && analysis.signature) {
    text += ",\"signature\":" + quoted(to_hex(*analysis.signature));
  }
  return text + "}";
}

}  // namespace docmill::nlp
