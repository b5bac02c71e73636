#include "processors/validation/page_checks.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <exception>
#include <new>

#include "processors/html_page.hpp"
#include "processors/page_measure.hpp"
#include "processors/page_text.hpp"
#include "processors/pix.hpp"

namespace docmill::validation {
namespace {

namespace json = boost::json;

constexpr double least_dpi = 150;
constexpr double least_x_height = 7;  // pixels: below, recognition errors grow fast (docs/design/recognition.md)
constexpr double most_skew = 1;       // degrees
constexpr double most_blur = 0.2;     // width of an edge against the height of a small letter
constexpr double least_edge = 3;      // pixels: narrower edges are sharp at any resolution
constexpr double least_contrast = 0.3;
constexpr double least_confidence = 0.6;

constexpr std::array pixel_checks{std::string_view{"blank"},    std::string_view{"resolution"},
                                  std::string_view{"skew"},     std::string_view{"blur"},
                                  std::string_view{"contrast"}, std::string_view{"borders"}};

// A negative or a dark picture: what is dark in it are no letters.
bool is_mostly_dark(const Image& gray) {
  constexpr float half = 0.5F;
  constexpr float dark = 96;
  constexpr l_int32 every = 4;
  l_float32 median = 255;
  pixGetRankValueMasked(gray.pix(), nullptr, 0, 0, every, half, &median, nullptr);
  return median < dark;
}

class PageCheck {
 public:
  PageCheck(PageWork& work, const ValidationOptions& options, bool is_image)
      : work_(work), text_(work.result.text), options_(options), is_image_(is_image), number_(work.page().number()) {}

  PageReport operator()() {
    report_.has_text = has_words(text_);
    report_.is_blank = text_.status == PageStatus::blank;
    if (!report_.is_blank && wants_pixels()) look_at_pixels();
    if (report_.is_blank) {
      if (options_.looks_for("blank")) add(FindingCode::blank_page);
    } else {
      check_text();
    }
    check_confidence();
    if (const auto damage = work_.page().damage()) add(FindingCode::page_damaged, {damage->message});
    add_picture();
    return std::move(report_);
  }

 private:
  void add(FindingCode code, std::initializer_list<std::string_view> details = {}) {
    report_.findings.push_back(make_finding(code, number_, details));
  }

  bool wants_pixels() {
    if (options_.looks_for("rendering")) return true;
    const bool is_measured = options_.min_dpi > 0 || std::any_of(pixel_checks.begin(), pixel_checks.end(),
                                                                 [&](auto name) { return options_.looks_for(name); });
    return is_measured && (!report_.has_text || work_.page().scan());
  }

  void look_at_pixels() {
    auto image = work_.untouched();
    if (!image) {
      add(FindingCode::page_unreadable, {image.error().message});
      return;
    }
    gray_ = gray_of(*image);
    report_.is_blank = !report_.has_text && is_blank(gray_);
    if (!report_.is_blank) measure();
  }

  void measure() {
    const auto measured = is_mostly_dark(gray_) ? PageMeasure() : measure_page(gray_);
    const auto scan = work_.page().scan();
    check_resolution(scan ? scan->dpi : 0, measured.x_height);
    if (measured.x_height == 0) return;  // too few letters to tell how they lie and how well they can be read
    if (options_.looks_for("skew")) check_skew(measured.skew);
    const auto print = measure_print(gray_, measured.noise);
    const double blur = print.edge_width / measured.x_height;
    const bool is_blurred = print.edge_width > least_edge && blur > most_blur;
    if (is_blurred && options_.looks_for("blur")) add(FindingCode::blurred, {number_text(blur * 100, 0) + " %"});
    // What is blurred is pale for that reason: thin strokes no longer reach the ink's darkness.
    if (!is_blurred && options_.looks_for("contrast") && print.contrast > 0 && print.contrast < least_contrast) {
      add(FindingCode::low_contrast, {number_text(print.contrast * 100, 0) + " %"});
    }
    if (options_.looks_for("borders")) check_borders(measured.x_height);
  }

  // `dpi` 0: the page is no scan, and was drawn at a resolution of our own.
  void check_resolution(double dpi, double x_height) {
    if (dpi == 0) return;
    if (options_.min_dpi > 0) {
      if (std::round(dpi) < options_.min_dpi) {
        add(FindingCode::below_min_dpi, {number_text(dpi, 0), number_text(options_.min_dpi, 0)});
      }
    } else if (options_.looks_for("resolution")) {
      // What a photograph says of its resolution means nothing (72 dpi, mostly): its letters do.
      const bool has_large_letters = x_height >= 2 * least_x_height;
      if (dpi < least_dpi && !has_large_letters) {
        add(FindingCode::low_resolution, {number_text(dpi, 0) + " dpi"});
      } else if (x_height > 0 && x_height < least_x_height) {
        add(FindingCode::low_resolution, {"letters of " + number_text(x_height, 0) + " pixels"});
      }
    }
  }

  void check_skew(double skew) {
    if (std::abs(skew) > most_skew) add(FindingCode::skewed, {number_text(std::abs(skew), 1)});
  }

  void check_borders(double x_height) {
    const auto sides = clipped_sides(gray_, x_height);
    if (sides.left) add(FindingCode::clipped, {"left"});
    if (sides.top) add(FindingCode::clipped, {"upper"});
    if (sides.right) add(FindingCode::clipped, {"right"});
    if (sides.bottom) add(FindingCode::clipped, {"lower"});
  }

  void check_text() {
    if (!options_.looks_for("text")) return;
    const bool has_layer = text_.status == PageStatus::read;
    if (!report_.has_text) {
      if (!(is_image_ && has_layer)) add(FindingCode::no_text);
    } else if (has_layer && !is_usable(text_)) {
      add(FindingCode::garbled_text);
    }
  }

  void check_confidence() {
    if (!is_recognised(text_.status) || !report_.has_text) return;
    const auto shown = number_text(text_.confidence, 2);
    if (options_.min_confidence > 0) {
      if (text_.confidence < options_.min_confidence) {
        add(FindingCode::below_min_confidence, {shown, number_text(options_.min_confidence, 2)});
      }
    } else if (options_.looks_for("confidence") && text_.confidence < least_confidence) {
      add(FindingCode::low_confidence, {shown});
    }
  }

  void add_picture() {
    if (!gray_ || options_.thumbnails == 0 || !options_.writes_html) return;
    const bool complains = std::any_of(report_.findings.begin(), report_.findings.end(), [&](const Finding& finding) {
      return options_.severity_of(finding.code) >= Severity::warning;
    });
    if (complains) report_.picture = html_picture(gray_, thumbnail_width);
  }

  PageWork& work_;
  const TextPage& text_;
  const ValidationOptions& options_;
  const bool is_image_;
  const int number_;
  Image gray_;
  PageReport report_;
};

}  // namespace

PageReport check_page(PageWork& work, const ValidationOptions& options, bool is_image) {
  return PageCheck(work, options, is_image)();
}

std::string to_note(const PageReport& report) {
  json::array findings;
  for (const auto& finding : report.findings) {
    findings.push_back({json::string_view(info_of(finding.code).name), json::string_view(finding.message)});
  }
  return json::serialize(
      json::object{{"findings", std::move(findings)}, {"blank", report.is_blank}, {"text", report.has_text}});
}

Result<PageReport> from_note(std::string_view note, int page) {
  PageReport report;
  try {
    const auto value = json::parse(json::string_view(note.data(), note.size()));
    for (const auto& row : value.at("findings").as_array()) {
      const auto code = finding_code_from_string(row.at(0).as_string());
      if (!code) return fail(ErrorCode::internal, "the note about a page names an unknown finding", page);
      report.findings.push_back({*code, page, std::string(row.at(1).as_string())});
    }
    report.is_blank = value.at("blank").as_bool();
    report.has_text = value.at("text").as_bool();
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& problem) {
    return fail(ErrorCode::internal, std::string("the note about a page cannot be read: ") + problem.what(), page);
  }
  return report;
}

}  // namespace docmill::validation
