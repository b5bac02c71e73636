// Measures the nlp stage: what it gets right, beside the library that it is built on, and how fast it is.
//
// - languages FILE: lines LANGUAGE<tab>SENTENCE: whole, the first three words, ten sentences in a row; beside CLD2
// alone
// - sentences FILE: paragraphs of LANGUAGE and one sentence a line: boundaries found; beside ICU alone
// - entities FILE: lines LANGUAGE<tab>TEXT with [[kind|text]]: precision and recall
// - speed FILE: megabytes a second over the whole file, and in documents of 20 kB
// - documents FILE: the last of these alone, once, findings to standard output: for profilers, and to compare builds
#include <fcntl.h>
#include <unicode/brkiter.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "core/descriptor.hpp"
#include "processors/nlp/analysis.hpp"
#include "processors/nlp/entities.hpp"
#include "processors/nlp/findings.hpp"
#include "processors/nlp/name_tagger.hpp"
#include "processors/words/language.hpp"

namespace docmill::nlp {
namespace {

struct Labelled {
  std::string language;
  std::string text;
};

std::vector<Labelled> read_lines(const char* path) {
  std::ifstream file(path);
  std::vector<Labelled> lines;
  for (std::string line; std::getline(file, line);) {
    const auto tab = line.find('\t');
    if (tab != std::string::npos) lines.push_back({line.substr(0, tab), line.substr(tab + 1)});
  }
  return lines;
}

// -- Languages

std::string first_words(const std::string& text, int count) {
  std::size_t end = 0;
  for (int i = 0; i < count && end != std::string::npos; ++i) end = text.find(' ', end + 1);
  return text.substr(0, end);
}

void compare_languages(const char* name, const std::vector<Labelled>& texts) {
  int ours = 0;
  int cld2 = 0;
  for (const auto& item : texts) {
    ours += guess_language(item.text).code == item.language ? 1 : 0;
    cld2 += guess_language_by_cld2(item.text).code.starts_with(item.language) ? 1 : 0;
  }
  const auto percent = [&](int right) { return 100.0 * right / static_cast<double>(texts.size()); };
  std::printf("%-14s %5zu texts   docmill %5.1f %%   CLD2 alone %5.1f %%\n", name, texts.size(), percent(ours),
              percent(cld2));
}

void languages(const char* path) {
  const auto lines = read_lines(path);
  std::vector<Labelled> three;
  std::map<std::string, std::vector<std::string>> by_language;
  for (const auto& line : lines) {
    if (line.text.find(' ') != std::string::npos) three.push_back({line.language, first_words(line.text, 3)});
    by_language[line.language].push_back(line.text);
  }
  std::vector<Labelled> ten;
  for (const auto& [language, sentences] : by_language) {
    std::string text;
    for (std::size_t i = 0; i < sentences.size() && i < 10; ++i) text += sentences[i] + " ";
    ten.push_back({language, text});
  }
  compare_languages("three words", three);
  compare_languages("one sentence", lines);
  compare_languages("ten sentences", ten);
}

// -- Sentences

using Ends = std::set<std::uint32_t>;

struct Score {
  int right = 0;
  int wrong = 0;
  int missed = 0;

  void add(const Ends& found, const Ends& expected) {
    for (const auto end : found) ++(expected.contains(end) ? right : wrong);
    for (const auto end : expected) missed += found.contains(end) ? 0 : 1;
  }
  void print(const char* name) const {
    const double precision = right + wrong > 0 ? 100.0 * right / (right + wrong) : 0;
    const double recall = right + missed > 0 ? 100.0 * right / (right + missed) : 0;
    std::printf("%-14s precision %5.1f %%   recall %5.1f %%   (%d right, %d wrong, %d missed)\n", name, precision,
                recall, right, wrong, missed);
  }
};

// Ends of sentences but the last, by ICU alone, with lines joined.
Ends icu_ends(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> rules(
      icu::BreakIterator::createSentenceInstance(icu::Locale::getRoot(), error));
  const auto units = icu::UnicodeString::fromUTF8(text);
  rules->setText(units);
  Ends ends;
  for (auto end = rules->next(); end != icu::BreakIterator::DONE; end = rules->next()) {
    std::string before;
    units.tempSubString(0, end).toUTF8String(before);
    while (!before.empty() && before.back() == ' ') before.pop_back();
    ends.insert(static_cast<std::uint32_t>(before.size()));
  }
  ends.erase(static_cast<std::uint32_t>(text.size()));
  return ends;
}

void sentences(const char* path) {
  std::ifstream file(path);
  Segmenter segmenter;
  Score ours;
  Score icu;
  for (std::string language; std::getline(file, language);) {
    std::string text;
    Ends expected;
    for (std::string line; std::getline(file, line) && !line.empty();) {
      if (!text.empty()) expected.insert(static_cast<std::uint32_t>(text.size()));
      text += (text.empty() ? "" : " ") + line;
    }
    std::vector<Span> found;
    segmenter.sentences(text, {0, static_cast<std::uint32_t>(text.size())}, language, found);
    Ends ends;
    for (const auto span : found) ends.insert(span.end);
    ends.erase(static_cast<std::uint32_t>(text.size()));
    ours.add(ends, expected);
    icu.add(icu_ends(text), expected);
  }
  ours.print("docmill");
  icu.print("ICU alone");
}

// -- Entities

void entities(const char* path) {
  std::map<std::string, Score> scores;
  for (const auto& line : read_lines(path)) {
    std::string text;
    std::map<std::string, std::set<Span>> expected;
    for (std::size_t i = 0; i < line.text.size(); ++i) {
      if (line.text.compare(i, 2, "[[") != 0) {
        text += line.text[i];
        continue;
      }
      const auto bar = line.text.find('|', i);
      const auto end = line.text.find("]]", i);
      const auto begin = static_cast<std::uint32_t>(text.size());
      text += line.text.substr(bar + 1, end - bar - 1);
      expected[line.text.substr(i + 2, bar - i - 2)].insert({begin, static_cast<std::uint32_t>(text.size())});
      i = end + 1;
    }
    std::map<std::string, std::set<Span>> found;
    for (const auto& entity : find_entities(text, line.language)) {
      found[std::string(to_string(entity.kind))].insert(entity.span);
    }
    for (const auto& kind : entity_names) {
      if (is_name(*entity_kind_from_string(kind))) continue;  // bench/names
      for (const auto& name : {std::string(kind), std::string("all")}) {
        auto& score = scores[name];
        for (const auto& span : found[std::string(kind)])
          ++(expected[std::string(kind)].contains(span) ? score.right : score.wrong);
        for (const auto& span : expected[std::string(kind)])
          score.missed += found[std::string(kind)].contains(span) ? 0 : 1;
      }
    }
  }
  for (const auto& [name, score] : scores) score.print(name.c_str());
}

// -- Speed

// Of the processor: other work on the machine counts less.
double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double best_seconds(int rounds, const std::function<void()>& work) {
  double best = 1e9;
  for (int i = 0; i < rounds; ++i) {
    const auto begin = cpu_seconds();
    work();
    best = std::min(best, cpu_seconds() - begin);
  }
  return best;
}

std::string read_whole(const char* path) {
  std::ifstream file(path);
  std::stringstream stream;
  stream << file.rdbuf();
  return stream.str();
}

// All analyses but tokens and barcodes, as the stage makes and writes them.
class Analyst {
 public:
  // `output`: lent.
  explicit Analyst(int output) : output_(output) {
    options_.analyses = {"language", "sentences", "phrases", "summary", "entities", "statistics", "signature"};
  }
  void read(std::string_view text) {
    Findings findings{analyse(text, options_.analysis, segmenter_), {}, {}};
    findings.entities = find_entities(text, findings.analysis.language.code);
    Output output(output_, "findings");
    static_cast<void>(write_findings(findings, options_, output));
  }
  void read_in_pieces(std::string_view text) {
    constexpr std::size_t size = 20'000;
    while (!text.empty()) {
      auto end = std::min(size, text.size());
      while (end < text.size() && is_continuation(text[end])) ++end;
      read(text.substr(0, end));
      text.remove_prefix(end);
    }
  }

 private:
  int output_;
  NlpOptions options_;
  Segmenter segmenter_;
};

void speed(const char* path) {
  const auto text = read_whole(path);
  Segmenter segmenter;
  const Descriptor nowhere{::open("/dev/null", O_WRONLY | O_CLOEXEC)};
  Analyst analyst(nowhere.get());
  const auto report = [&](const char* name, const std::function<void()>& work) {
    const auto seconds = best_seconds(9, work);
    std::printf("%-28s %6.1f MB/s\n", name, static_cast<double>(text.size()) / seconds / 1e6);
  };
  report("whole: all, written as JSON", [&] { analyst.read(text); });
  report("whole: analysis", [&] { analyse(text, {}, segmenter); });
  report("whole: entities", [&] { find_entities(text, "en"); });
  const auto analysis = analyse(text, {}, segmenter);
  report("whole: names", [&] { find_names(analysis, NameModel::built_in()); });
  report("20 kB documents: all", [&] { analyst.read_in_pieces(text); });
}

void documents(const char* path) { Analyst(STDOUT_FILENO).read_in_pieces(read_whole(path)); }

}  // namespace
}  // namespace docmill::nlp

int main(int count, char** arguments) {
  const std::map<std::string, void (*)(const char*)> sections{{"languages", docmill::nlp::languages},
                                                              {"sentences", docmill::nlp::sentences},
                                                              {"entities", docmill::nlp::entities},
                                                              {"speed", docmill::nlp::speed},
                                                              {"documents", docmill::nlp::documents}};
  const auto section = count == 3 ? sections.find(arguments[1]) : sections.end();
  if (section == sections.end()) {
    std::fprintf(stderr, "usage: nlp_bench languages|sentences|entities|speed|documents FILE\n");
    return 2;
  }
  section->second(arguments[2]);
  return 0;
}
