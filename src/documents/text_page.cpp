#include "documents/text_page.hpp"

#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <utility>

#include "documents/text_format.hpp"

namespace docmill {
namespace {

namespace json = boost::json;

constexpr std::array page_statuses{
    std::pair{PageStatus::ok, std::string_view{"ok"}},
    std::pair{PageStatus::read, std::string_view{"read"}},
    std::pair{PageStatus::blank, std::string_view{"blank"}},
    std::pair{PageStatus::skipped, std::string_view{"skipped"}},
    std::pair{PageStatus::retried, std::string_view{"retried"}},
    std::pair{PageStatus::degraded, std::string_view{"degraded"}},
    std::pair{PageStatus::failed, std::string_view{"failed"}},
};

constexpr int size_decimals = 2;
constexpr int seconds_decimals = 3;

// Writes JSON straight into a string: Boost.JSON would print 0.1 as 1E-1 and need a second tree of every page.
class JsonWriter {
 public:
  std::string take() { return std::move(out_); }

  // Before each member or element but the first of its object or array.
  void separate() {
    if (const char last = out_.back(); last != '{' && last != '[') out_ += ',';
  }
  void open(char bracket) { out_ += bracket; }
  void close(char bracket) { out_ += bracket; }
  void key(std::string_view name) {
    separate();
    out_.append("\"").append(name).append("\":");
  }
  void text(std::string_view value) { out_ += json::serialize(json::string_view(valid_utf8(value))); }
  void number(double value, int decimals) { append_number(out_, value, decimals); }

  void member(std::string_view name, std::string_view value) {
    key(name);
    text(value);
  }
  void member(std::string_view name, double value, int decimals) {
    key(name);
    number(value, decimals);
  }
  // A member that stands there only where it is true.
  void flag(std::string_view name) {
    key(name);
    out_ += "true";
  }
  void member(std::string_view name, const Box& box) {
    key(name);
    open('[');
    for (const double side : {box.left, box.top, box.right, box.bottom}) {
      separate();
      number(side, box_decimals);
    }
    close(']');
  }
  template <class Items, class Write>
  void members(std::string_view name, const Items& items, Write write) {
    key(name);
    open('[');
    for (const auto& item : items) {
      separate();
      open('{');
      write(*this, item);
      close('}');
    }
    close(']');
  }

 private:
  std::string out_;
};

void write_word(JsonWriter& out, const Word& word) {
  out.member("text", word.text);
  out.member("box", word.box);
  out.member("confidence", word.confidence, confidence_decimals);
}

void write_line(JsonWriter& out, const Line& line) {
  out.member("box", line.box);
  out.key("baseline");
  out.open('[');
  out.number(line.baseline_slope, slope_decimals);
  out.separate();
  out.number(line.baseline_offset, box_decimals);
  out.close(']');
  if (line.right_to_left) out.member("direction", "rtl");
  out.members("words", line.words, write_word);
}

void write_paragraph(JsonWriter& out, const Paragraph& paragraph) {
  out.member("box", paragraph.box);
  out.members("lines", paragraph.lines, write_line);
}

void write_block(JsonWriter& out, const Block& block) {
  out.member("box", block.box);
  out.members("paragraphs", block.paragraphs, write_paragraph);
}

void write_error(JsonWriter& out, const Error& error) {
  out.key("error");
  out.open('{');
  out.member("code", to_string(error.code));
  out.member("message", error.message);
  if (error.page > 0) out.member("page", error.page, 0);
  out.close('}');
}

void write_preparation(JsonWriter& out, const Preparation& preparation) {
  if (preparation.turned != 0) out.member("turned", preparation.turned, 0);
  if (!preparation.script.empty()) out.member("script", preparation.script);
  if (preparation.steps.empty()) return;
  out.key("steps");
  out.open('[');
  for (const auto& step : preparation.steps) {
    out.separate();
    out.text(step);
  }
  out.close(']');
}

// Reading: a member that is missing or of another type throws, and text_page_from_json says so in its Result.
double number_of(const json::object& object, std::string_view name) { return object.at(name).to_number<double>(); }

std::string text_of(const json::object& object, std::string_view name) {
  return std::string(object.at(name).as_string());
}

Box read_box(const json::object& object) {
  const auto& sides = object.at("box").as_array();
  return {.left = sides.at(0).to_number<double>(),
          .top = sides.at(1).to_number<double>(),
          .right = sides.at(2).to_number<double>(),
          .bottom = sides.at(3).to_number<double>()};
}

template <class Item, class Read>
std::vector<Item> read_all(const json::object& object, std::string_view name, Read read) {
  std::vector<Item> items;
  const auto& array = object.at(name).as_array();
  items.reserve(array.size());
  for (const auto& value : array) items.push_back(read(value.as_object()));
  return items;
}

Word read_word(const json::object& object) {
  return {.text = text_of(object, "text"), .box = read_box(object), .confidence = number_of(object, "confidence")};
}

Line read_line(const json::object& object) {
  const auto& baseline = object.at("baseline").as_array();
  return {.box = read_box(object),
          .baseline_slope = baseline.at(0).to_number<double>(),
          .baseline_offset = baseline.at(1).to_number<double>(),
          .right_to_left = object.contains("direction") && text_of(object, "direction") == "rtl",
          .words = read_all<Word>(object, "words", read_word)};
}

Paragraph read_paragraph(const json::object& object) {
  return {.box = read_box(object), .lines = read_all<Line>(object, "lines", read_line)};
}

Block read_block(const json::object& object) {
  return {.box = read_box(object), .paragraphs = read_all<Paragraph>(object, "paragraphs", read_paragraph)};
}

PageStatus read_status(const json::object& object) {
  const auto name = text_of(object, "status");
  for (const auto& [status, spelling] : page_statuses) {
    if (spelling == name) return status;
  }
  throw std::out_of_range("no page status is called '" + name + "'");
}

Error read_error(const json::object& object) {
  Error error;
  const auto code = text_of(object, "code");
  if (const auto known = error_code_from_string(code)) {
    error.code = *known;
  } else {
    throw std::out_of_range("no error code is called '" + code + "'");
  }
  error.message = text_of(object, "message");
  if (object.contains("page")) error.page = object.at("page").to_number<int>();
  return error;
}

Preparation read_preparation(const json::object& object) {
  Preparation preparation;
  if (object.contains("turned")) preparation.turned = object.at("turned").to_number<int>();
  if (object.contains("script")) preparation.script = text_of(object, "script");
  if (!object.contains("steps")) return preparation;
  for (const auto& step : object.at("steps").as_array()) preparation.steps.emplace_back(step.as_string());
  return preparation;
}

TextPage read_page(const json::object& object) {
  TextPage page;
  page.number = object.at("page").to_number<int>();
  page.status = read_status(object);
  page.width = number_of(object, "width");
  page.height = number_of(object, "height");
  page.dpi = number_of(object, "dpi");
  if (object.contains("remembered")) page.remembered = object.at("remembered").as_bool();
  if (object.contains("language")) page.language = text_of(object, "language");
  page.confidence = number_of(object, "confidence");
  page.seconds = number_of(object, "seconds");
  page.rotation = object.at("rotation").to_number<int>();
  page.skew = number_of(object, "skew");
  page.preparation = read_preparation(object);
  if (object.contains("reason")) page.reason = text_of(object, "reason");
  if (object.contains("error")) page.error = read_error(object.at("error").as_object());
  if (object.contains("blocks")) page.blocks = read_all<Block>(object, "blocks", read_block);
  return page;
}

void append_line(std::string& text, const Line& line) {
  const auto begin = text.size();
  for (const auto& word : line.words) {
    if (word.text.empty()) continue;
    if (text.size() > begin) text += ' ';
    text += valid_utf8(word.text);
  }
  if (text.size() > begin) text += '\n';
}

}  // namespace

std::string_view to_string(PageStatus status) {
  for (const auto& [known, spelling] : page_statuses) {
    if (known == status) return spelling;
  }
  return "failed";
}

std::string plain_text(const TextPage& page) {
  std::string text;
  for (const auto& block : page.blocks) {
    std::string lines;
    for (const auto& paragraph : block.paragraphs) {
      for (const auto& line : paragraph.lines) append_line(lines, line);
    }
    if (!text.empty() && !lines.empty()) text += '\n';
    text += lines;
  }
  return text;
}

std::string to_json(const TextPage& page, bool with_blocks) {
  JsonWriter out;
  out.open('{');
  out.member("page", page.number, 0);
  out.member("status", to_string(page.status));
  out.member("width", page.width, size_decimals);
  out.member("height", page.height, size_decimals);
  out.member("dpi", page.dpi, size_decimals);
  if (page.remembered) out.flag("remembered");
  if (!page.language.empty()) out.member("language", page.language);
  out.member("confidence", page.confidence, confidence_decimals);
  out.member("seconds", page.seconds, seconds_decimals);
  out.member("rotation", page.rotation, 0);
  out.member("skew", page.skew, size_decimals);
  write_preparation(out, page.preparation);
  if (!page.reason.empty()) out.member("reason", page.reason);
  if (page.error) write_error(out, *page.error);
  if (with_blocks) out.members("blocks", page.blocks, write_block);
  out.close('}');
  return out.take();
}

Result<TextPage> text_page_from_json(std::string_view text) {
  try {
    return read_page(json::parse(json::string_view(text.data(), text.size())).as_object());
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& problem) {
    return fail(ErrorCode::unreadable, std::string("the text of a page cannot be read back: ") + problem.what());
  }
}

}  // namespace docmill
