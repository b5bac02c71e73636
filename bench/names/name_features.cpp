// Writes what docmill's tagger of names sees, for the program that trains it: see README.md.
//
//   name_features features FILE   FILE: documents parted by lines "#", sentences of one line each, with names as
//                                 [[kind|name]]; of each token a line LABEL<tab>FEATURE…, sentences parted by empty
//                                 lines
//   name_features phrases FILE    FILE: LIST<tab>PHRASE; of each the hash
//   name_features names FILE      FILE: as for features, marks left out; the sentences with the names that docmill
//   finds
#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "processors/nlp/name_tagger.hpp"

namespace docmill::nlp {
namespace {

const std::vector<std::string> kind_names{"person", "organisation", "place"};

struct Sentence {
  std::string text;
  std::vector<std::pair<Span, std::size_t>> names;  // with the index of their kind
  std::vector<Span> tokens;
};

Sentence read_sentence(const std::string& line) {
  Sentence sentence;
  for (std::size_t i = 0; i < line.size();) {
    if (line.compare(i, 2, "[[") != 0) {
      sentence.text += line[i++];
      continue;
    }
    const auto bar = line.find('|', i);
    const auto end = line.find("]]", bar);
    const auto kind = std::find(kind_names.begin(), kind_names.end(), line.substr(i + 2, bar - i - 2));
    const auto begin = static_cast<std::uint32_t>(sentence.text.size());
    sentence.text += line.substr(bar + 1, end - bar - 1);
    sentence.names.push_back({{begin, static_cast<std::uint32_t>(sentence.text.size())},
                              static_cast<std::size_t>(kind - kind_names.begin())});
    i = end + 2;
  }
  name_tokens(sentence.text, {0, static_cast<std::uint32_t>(sentence.text.size())}, sentence.tokens);
  return sentence;
}

template <class Visit>
void each_document(const char* path, Visit visit) {
  std::ifstream file(path);
  std::vector<Sentence> document;
  for (std::string line; std::getline(file, line);) {
    if (line != "#") {
      document.push_back(read_sentence(line));
    } else if (!document.empty()) {
      visit(document);
      document.clear();
    }
  }
  if (!document.empty()) visit(document);
}

std::size_t label_of(const Sentence& sentence, Span token) {
  for (const auto& [span, kind] : sentence.names) {
    if (token.begin == span.begin) return 2 * kind + 1;
    if (token.begin > span.begin && token.begin < span.end) return 2 * kind + 2;
  }
  return 0;
}

void features(const char* path, const NameLists& lists) {
  each_document(path, [&](const std::vector<Sentence>& document) {
    WordsOfDocument words;
    for (const auto& sentence : document) words.add(sentence.text, sentence.tokens);
    NameFeatures features(lists, words);
    for (const auto& sentence : document) {
      const auto& rows = features.of(sentence.text, sentence.tokens);
      for (std::size_t i = 0; i < sentence.tokens.size(); ++i) {
        std::printf("%zu", label_of(sentence, sentence.tokens[i]));
        for (const auto feature : rows[i]) std::printf("\t%x", feature);
        std::printf("\n");
      }
      std::printf("\n");
    }
  });
}

// Each document as one text of English, its sentences parted by empty lines, so that nothing but the tagger is judged.
void names(const char* path) {
  each_document(path, [&](const std::vector<Sentence>& document) {
    std::string text;
    std::vector<std::uint32_t> begins;
    Analysis analysis;
    for (const auto& sentence : document) {
      const auto begin = static_cast<std::uint32_t>(text.size());
      text += sentence.text + "\n\n";
      Paragraph paragraph;
      paragraph.span = {begin, begin + static_cast<std::uint32_t>(sentence.text.size())};
      paragraph.language.code = "en";
      analysis.sentences.push_back({paragraph.span, {}, static_cast<std::uint32_t>(analysis.paragraphs.size())});
      analysis.paragraphs.push_back(std::move(paragraph));
    }
    analysis.text = text;
    std::uint32_t done = 0;
    std::string marked = "#\n";
    for (const auto& name : find_names(analysis, NameModel::built_in())) {
      marked.append(text, done, name.span.begin - done);
      marked += "[[" + std::string(to_string(name.kind)) + "|" + std::string(name.span.in(text)) + "]]";
      done = name.span.end;
    }
    marked.append(text, done);
    for (auto at = marked.find("\n\n"); at != std::string::npos; at = marked.find("\n\n", at)) marked.erase(at, 1);
    std::fputs(marked.c_str(), stdout);
  });
}

// LIST<tab>PHRASE becomes LIST<tab>HASH.
void phrases(const char* path) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto tab = line.find('\t');
    std::string phrase;
    std::vector<Span> tokens;
    const auto text = line.substr(tab + 1);
    name_tokens(text, {0, static_cast<std::uint32_t>(text.size())}, tokens);
    for (const auto token : tokens) {
      if (!phrase.empty()) phrase += ' ';
      append_lower(phrase, token.in(text));
    }
    if (!tokens.empty() && tokens.size() <= NameLists::longest)
      std::printf("%s\t%x\n", line.substr(0, tab).c_str(), hash_of(phrase));
  }
}

// HASH<tab>LISTS, ascending.
struct Lists {
  std::vector<FeatureHash> phrases;
  std::vector<std::uint8_t> lists;

  explicit Lists(const char* path) {
    std::map<FeatureHash, std::uint8_t> all;
    std::ifstream file(path);
    unsigned lists_of_phrase = 0;
    FeatureHash hash = 0;
    while (file >> std::dec >> lists_of_phrase >> std::hex >> hash)
      all[hash] |= static_cast<std::uint8_t>(lists_of_phrase);
    for (const auto& [phrase, bits] : all) {
      phrases.push_back(phrase);
      lists.push_back(bits);
    }
  }
};

int run(const std::vector<std::string>& arguments) {
  const std::string section = arguments.empty() ? "" : arguments[0];
  if (section == "features" && arguments.size() == 3) {
    const Lists lists(arguments[2].c_str());
    features(arguments[1].c_str(), NameLists(lists.phrases, lists.lists));
  } else if (section == "names" && arguments.size() == 2) {
    names(arguments[1].c_str());
  } else if (section == "phrases" && arguments.size() == 2) {
    phrases(arguments[1].c_str());
  } else {
    std::fprintf(stderr, "usage: name_features features FILE PHRASES | names FILE | phrases FILE\n");
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace docmill::nlp

int main(int count, char** arguments) { return docmill::nlp::run({arguments + 1, arguments + count}); }
