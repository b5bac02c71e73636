#include "documents/pdf_content.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <memory>
#include <qpdf/BufferInputSource.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <qpdf/QPDFTokenizer.hh>
#include <string>
#include <utility>
#include <vector>

#include "documents/limited_sink.hpp"

namespace docmill {
namespace {

// A scan's content is short, with an invisible text layer perhaps some hundred kilobytes. What is longer is none.
constexpr std::size_t most_content_bytes = 16 << 20;
constexpr int deepest_form = 8;
constexpr std::size_t most_saved_states = 256;
constexpr double clip_tolerance = 1;  // points

struct State {
  Matrix to_display;
  Box clip;
  bool odd_clip = false;  // by something else than upright rectangles
  bool plain = true;      // opaque, no blending, no soft mask
  bool black_fill = true;
  int text_mode = 0;
};

constexpr std::array painting{"f", "F", "f*", "S", "s", "B", "B*", "b", "b*"};
constexpr std::array building{"m", "l", "c", "v", "y", "h"};
constexpr std::array coloring{"g", "rg", "k", "cs", "sc", "scn"};
constexpr std::array showing{"Tj", "TJ", "'", "\""};

template <class Names>
bool is_in(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Walker {
 public:
  explicit Walker(const PageFrame& frame) : page_{0, 0, frame.width(), frame.height()} {
    state_.to_display = frame.to_display();
    state_.clip = page_;
  }

  void walk(const std::string& text, QPDFObjectHandle resources, int depth);
  std::size_t bytes_left() const { return bytes_left_; }

  PageContent found;

 private:
  void perform(const std::string& op, QPDFObjectHandle resources, int depth);
  void end_path(bool paints);
  void set_fill(const std::string& op);
  void show_text();
  void set_state(QPDFObjectHandle parameters);
  void draw(QPDFObjectHandle object, QPDFObjectHandle resources, int depth);
  void draw_image(QPDFObjectHandle image);
  void draw_form(QPDFObjectHandle form, QPDFObjectHandle resources, int depth);
  void clip_to(const Box& box);
  void mark() { (found.image ? found.marks_after_image : found.marks_before_image) = true; }
  void restore();

  // The `count` numbers before the operator; false: there are fewer.
  bool numbers(std::size_t count, double* values) const;
  std::string name() const { return names_.empty() ? std::string{} : names_.back(); }

  const Box page_;
  State state_;
  std::vector<State> saved_;
  std::size_t saved_below_ = 0;  // states that belong to the content that draws this form
  std::vector<double> numbers_;
  std::vector<std::string> names_;
  std::vector<Box> rectangles_;  // of the path, in user space
  bool odd_path_ = false;
  bool clip_pending_ = false;
  std::size_t bytes_left_ = most_content_bytes;
};

bool Walker::numbers(std::size_t count, double* values) const {
  if (numbers_.size() < count) return false;
  std::copy(numbers_.end() - static_cast<std::ptrdiff_t>(count), numbers_.end(), values);
  return true;
}

void Walker::walk(const std::string& text, QPDFObjectHandle resources, int depth) {
  bytes_left_ -= std::min(bytes_left_, text.size());
  const auto input = std::make_shared<BufferInputSource>("content", text);
  QPDFTokenizer tokenizer;
  tokenizer.allowEOF();
  while (!found.uncertain) {
    const auto token = tokenizer.readToken(input, "content", true);
    switch (token.getType()) {
      case QPDFTokenizer::tt_eof:
        return;
      case QPDFTokenizer::tt_integer:
      case QPDFTokenizer::tt_real:
        numbers_.push_back(std::strtod(token.getValue().c_str(), nullptr));
        break;
      case QPDFTokenizer::tt_name:
        names_.push_back(token.getValue());
        break;
      case QPDFTokenizer::tt_word:
        if (token.getValue() == "ID") tokenizer.expectInlineImage(input);
        perform(token.getValue(), resources, depth);
        numbers_.clear();
        names_.clear();
        break;
      default:
        break;
    }
  }
}

void Walker::perform(const std::string& op, QPDFObjectHandle resources, int depth) {
  double n[6];
  if (op == "q") {
    if (saved_.size() >= most_saved_states) found.uncertain = true;
    saved_.push_back(state_);
  } else if (op == "Q") {
    restore();
  } else if (op == "cm") {
    if (numbers(6, n)) state_.to_display = Matrix{n[0], n[1], n[2], n[3], n[4], n[5]}.then(state_.to_display);
  } else if (op == "Do") {
    draw(resources.getKeyIfDict("/XObject").getKeyIfDict(name()), resources, depth);
  } else if (op == "gs") {
    set_state(resources.getKeyIfDict("/ExtGState").getKeyIfDict(name()));
  } else if (op == "Tr") {
    if (numbers(1, n)) state_.text_mode = static_cast<int>(n[0]);
  } else if (is_in(showing, op)) {
    show_text();
  } else if (op == "re") {
    if (numbers(4, n)) rectangles_.push_back({n[0], n[1], n[0] + n[2], n[1] + n[3]});
  } else if (is_in(building, op)) {
    odd_path_ = true;
  } else if (op == "W" || op == "W*") {
    clip_pending_ = true;
  } else if (op == "n" || is_in(painting, op)) {
    end_path(op != "n");
  } else if (is_in(coloring, op)) {
    set_fill(op);
  } else if (op == "sh" || op == "BI") {
    mark();
  } else if (op == "BDC" && !names_.empty() && names_.front() == "/OC") {
    found.uncertain = true;
  }
}

void Walker::restore() {
  if (saved_.size() <= saved_below_) return;
  state_ = saved_.back();
  saved_.pop_back();
}

void Walker::end_path(bool paints) {
  if (paints) mark();
  if (clip_pending_) {
    if (odd_path_ || rectangles_.size() != 1) {
      state_.odd_clip = true;
    } else {
      clip_to(rectangles_.front());
    }
  }
  rectangles_.clear();
  odd_path_ = false;
  clip_pending_ = false;
}

void Walker::clip_to(const Box& box) {
  const auto& m = state_.to_display;
  const bool upright = (m.b == 0 && m.c == 0) || (m.a == 0 && m.d == 0);
  if (!upright) state_.odd_clip = true;
  state_.clip = intersection(state_.clip, transformed(box, m));
}

// Other color spaces than the plain ones may show anything: not black.
void Walker::set_fill(const std::string& op) {
  double n[4];
  state_.black_fill = (op == "g" && numbers(1, n) && n[0] == 0) ||
                      (op == "rg" && numbers(3, n) && n[0] == 0 && n[1] == 0 && n[2] == 0) ||
                      (op == "k" && numbers(4, n) && n[3] == 1);
}

void Walker::show_text() {
  constexpr int invisible = 3;
  constexpr int clip_only = 7;
  if (state_.text_mode == invisible) {
    found.invisible_text = true;
  } else if (state_.text_mode == clip_only) {
    found.invisible_text = true;
    state_.odd_clip = true;
  } else {
    (found.image ? found.text_after_image : found.text_before_image) = true;
  }
}

void Walker::set_state(QPDFObjectHandle parameters) {
  if (!parameters.isDictionary()) return;
  const auto below_one = [&](const char* key) {
    auto value = parameters.getKey(key);
    return value.isNumber() && value.getNumericValue() < 1;
  };
  auto mask = parameters.getKey("/SMask");
  auto blend = parameters.getKey("/BM");
  const bool blends =
      !blend.isNull() && !(blend.isName() && (blend.getName() == "/Normal" || blend.getName() == "/Compatible"));
  const bool masks = !mask.isNull() && !(mask.isName() && mask.getName() == "/None");
  if (below_one("/ca") || below_one("/CA") || blends || masks) state_.plain = false;
}

void Walker::draw(QPDFObjectHandle object, QPDFObjectHandle resources, int depth) {
  if (!object.isStream()) return;
  auto kind = object.getDict().getKey("/Subtype");
  if (object.getDict().hasKey("/OC")) {
    found.uncertain = true;
  } else if (kind.isName() && kind.getName() == "/Image") {
    draw_image(object);
  } else if (kind.isName() && kind.getName() == "/Form") {
    draw_form(object, resources, depth);
  }
}

void Walker::draw_image(QPDFObjectHandle image) {
  if (!state_.plain) found.uncertain = true;
  if (found.image) {
    found.marks_after_image = true;
    return;
  }
  const Box on_page = intersection(transformed({0, 0, 1, 1}, state_.to_display), page_);
  PlacedImage placed;
  placed.stream = image;
  placed.to_display = state_.to_display;
  placed.black = state_.black_fill;
  placed.clipped = state_.odd_clip || !contains(state_.clip, on_page, clip_tolerance);
  found.image = std::move(placed);
}

void Walker::draw_form(QPDFObjectHandle form, QPDFObjectHandle resources, int depth) {
  LimitedSink content(bytes_left_, LimitedSink::Content::keep);
  if (depth >= deepest_form || !form.pipeStreamData(&content, 0, qpdf_dl_specialized, true)) {
    found.uncertain = true;
    return;
  }
  const auto outer = state_;
  const auto outer_below = std::exchange(saved_below_, saved_.size());
  auto dict = form.getDict();
  if (auto matrix = dict.getKey("/Matrix"); matrix.isMatrix()) {
    const auto m = matrix.getArrayAsMatrix();
    state_.to_display = Matrix{m.a, m.b, m.c, m.d, m.e, m.f}.then(state_.to_display);
  }
  if (auto bounds = dict.getKey("/BBox"); bounds.isRectangle()) {
    const auto box = bounds.getArrayAsRectangle();
    clip_to({box.llx, box.lly, box.urx, box.ury});
  }
  auto own = dict.getKey("/Resources");
  walk(content.take(), own.isDictionary() ? own : resources, depth + 1);
  saved_.resize(saved_below_);
  saved_below_ = outer_below;
  state_ = outer;
}

// Whether stamps, notes or form fields are painted over the content. Links and pop-ups paint nothing that matters.
bool has_visible_annotations(QPDFObjectHandle page) {
  auto annotations = page.getKey("/Annots");
  if (!annotations.isArray()) return false;
  constexpr int hidden_flags = 2 | 32;  // hidden, no view
  for (auto& annotation : annotations.getArrayAsVector()) {
    if (!annotation.isDictionary()) continue;
    auto kind = annotation.getKey("/Subtype");
    if (kind.isNameAndEquals("/Link") || kind.isNameAndEquals("/Popup")) continue;
    auto flags = annotation.getKey("/F");
    if (flags.isInteger() && (flags.getIntValueAsInt() & hidden_flags) != 0) continue;
    if (annotation.getKey("/AP").isDictionary()) return true;
  }
  return false;
}

}  // namespace

PageContent read_content(QPDFObjectHandle page, const PageFrame& frame) {
  Walker walker(frame);
  try {
    QPDFPageObjectHelper helper(page);
    LimitedSink content(walker.bytes_left(), LimitedSink::Content::keep);
    helper.pipeContents(&content);
    walker.walk(content.take(), helper.getAttribute("/Resources", false), 0);
    if (has_visible_annotations(page)) walker.found.marks_after_image = true;
  } catch (const std::exception&) {  // damaged, or longer than a scan's
    walker.found.uncertain = true;
  }
  return walker.found;
}

}  // namespace docmill
