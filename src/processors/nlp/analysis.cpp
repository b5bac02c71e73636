#include "processors/nlp/analysis.hpp"

#include <algorithm>

#include "processors/nlp/key_phrases.hpp"
#include "processors/nlp/summary.hpp"
#include "processors/nlp/text_statistics.hpp"
#include "processors/words/paragraphs.hpp"
#include "processors/words/stop_words.hpp"

namespace docmill::nlp {
namespace {

class Analyser {
 public:
  Analyser(std::string_view text, Segmenter& segmenter) : segmenter_(segmenter) {
    result_.text = text;
    result_.tokens.reserve(std::min<std::size_t>(text.size() / 6, 1U << 16U));  // words of English
    first_guess_ = guess_document_language(text);
  }

  Analysis run() {
    for (const auto span : find_paragraphs(result_.text)) add_paragraph(span);
    weigh_languages();
    result_.script = script_of(result_.text);
    return std::move(result_);
  }

 private:
  void add_paragraph(Span paragraph_span) {
    words_.clear();
    segmenter_.words(result_.text, paragraph_span, words_);
    auto language = language_of(paragraph_span);
    Paragraph paragraph;
    paragraph.span = paragraph_span;
    paragraph.tokens.begin = static_cast<std::uint32_t>(result_.tokens.size());
    if (language.code != first_guess_.code) ids_.clear();
    for (std::size_t i = 0; i < words_.size(); ++i) {
      const auto& [span, kind] = words_[i];
      const auto id = i < ids_.size() ? ids_[i] : result_.vocabulary.find_or_add(span.in(result_.text), language.code);
      result_.vocabulary.count(id);
      result_.tokens.push_back({span, id, kind});
    }
    paragraph.tokens.end = static_cast<std::uint32_t>(result_.tokens.size());
    add_sentences(paragraph, language.code);
    paragraph.language = std::move(language);
    result_.paragraphs.push_back(std::move(paragraph));
  }

  void add_sentences(const Paragraph& paragraph, std::string_view language) {
    spans_.clear();
    segmenter_.sentences(result_.text, paragraph.span, language, spans_);
    auto token = paragraph.tokens.begin;
    for (const auto span : spans_) {
      Sentence sentence;
      sentence.span = span;
      sentence.paragraph = static_cast<std::uint32_t>(result_.paragraphs.size());
      sentence.tokens.begin = token;
      while (token < paragraph.tokens.end && result_.tokens[token].span.begin < span.end) ++token;
      sentence.tokens.end = token;
      result_.sentences.push_back(sentence);
    }
  }

  // CLD2 costs more than all the rest together. A paragraph of which a fifth is function words of the document's
  // language is in that language without asking; most are. Words that were looked up are left in ids_.
  LanguageGuess language_of(Span span) {
    constexpr std::size_t few = 8;
    constexpr std::size_t enough = 40;
    const auto& expected = first_guess_.code;
    ids_.clear();
    if (is_mail_header(span.in(result_.text))) return {.code = expected};
    constexpr auto& told = languages_told_by_stop_words;
    if (std::find(told.begin(), told.end(), expected) != told.end() && !words_.empty()) {
      const auto looked_at = std::min(words_.size(), enough);
      std::size_t hits = 0;
      for (std::size_t i = 0; i < looked_at; ++i) {
        ids_.push_back(result_.vocabulary.find_or_add(words_[i].span.in(result_.text), expected));
        hits += result_.vocabulary.entry(ids_.back()).is_stop_word ? 1U : 0U;
      }
      if (words_.size() < few ? hits > 0 : hits * 5 >= looked_at) {
        LanguageGuess same = first_guess_;
        same.confidence = std::min(1.0, 0.5 + static_cast<double>(hits) / static_cast<double>(looked_at));
        return same;
      }
    }
    constexpr std::size_t bytes_to_ask = 512;
    auto guess = guess_language(span.in(result_.text), bytes_to_ask);
    // A heading, a name, a row of figures: nothing that says otherwise.
    if (words_.size() < few && !guess.is_reliable && first_guess_.code != "und") {
      guess.code = first_guess_.code;
      guess.confidence = 0;
    }
    return guess;
  }

  void weigh_languages() {
    std::vector<std::pair<std::string, std::uint64_t>> weights;
    std::uint64_t total = 0;
    for (const auto& paragraph : result_.paragraphs) {
      std::uint64_t weight = 0;
      for (auto i = paragraph.tokens.begin; i < paragraph.tokens.end; ++i) weight += result_.tokens[i].span.size();
      if (weight == 0) continue;
      total += weight;
      const auto known = std::find_if(weights.begin(), weights.end(),
                                      [&](const auto& item) { return item.first == paragraph.language.code; });
      if (known == weights.end()) {
        weights.emplace_back(paragraph.language.code, weight);
      } else {
        known->second += weight;
      }
    }
    std::stable_sort(weights.begin(), weights.end(), [](auto& a, auto& b) { return a.second > b.second; });
    for (const auto& [code, weight] : weights) {
      result_.languages.push_back({code, static_cast<double>(weight) / static_cast<double>(total)});
    }
    result_.language = first_guess_;
    if (weights.empty() || weights.front().first == first_guess_.code) return;
    result_.language.code = weights.front().first;
    result_.language.confidence = result_.languages.front().share;
  }

  Segmenter& segmenter_;
  Analysis result_;
  LanguageGuess first_guess_;
  std::vector<Word> words_;  // of the paragraph
  std::vector<WordId> ids_;  // of the first of them, as words of the language of the first guess
  std::vector<Span> spans_;
};

std::optional<Signature> signature_of(const Analysis& analysis) {
  std::vector<std::uint64_t> hashes;
  hashes.reserve(analysis.tokens.size());
  for (const auto& token : analysis.tokens) hashes.push_back(analysis.vocabulary.entry(token.word).hash);
  return make_signature(hashes);
}

}  // namespace

Analysis analyse(std::string_view text, const AnalysisOptions& options, Segmenter& segmenter) {
  auto analysis = Analyser(text, segmenter).run();
  const auto content = content_stems(analysis);
  analysis.key_phrases = find_key_phrases(analysis, content, options.key_phrases);
  analysis.summary = summarise(analysis, content, options.summary_sentences);
  analysis.statistics = measure(analysis);
  analysis.signature = signature_of(analysis);
  return analysis;
}

}  // namespace docmill::nlp
