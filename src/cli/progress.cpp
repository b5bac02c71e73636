#include "cli/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>

#include "cli/console.hpp"
#include "node/sources.hpp"

namespace docmill::cli {
namespace {

namespace json = boost::json;

std::string rate_text(const Figures& figures) {
  char text[48];
  std::snprintf(text, sizeof text, figures.per_second < 100 ? "%.1f %s/s" : "%.0f %s/s", figures.per_second,
                figures.counts_pages ? "pages" : "documents");
  return text;
}

std::string figures_text(const Figures& figures) {
  std::string text = number_text(figures.ended) + " of " + count_text(figures.documents, "document");
  if (figures.counts_pages) text += ", " + count_text(figures.pages, "page");
  if (figures.per_second > 0) text += ", " + rate_text(figures);
  if (figures.seconds_left) text += ", " + duration_text(*figures.seconds_left) + " left";
  if (figures.failed > 0) text += ", " + number_text(figures.failed) + " failed";
  if (figures.partial > 0) text += ", " + number_text(figures.partial) + " partial";
  return text;
}

// For people: a line on stderr for what the log level lets through, and no progress.
class Quiet : public ProgressView {
 public:
  explicit Quiet(LogLevel level) : level_(level) {}

  void notice(const std::string& message) override { tell(LogLevel::warning, message); }
  void failed(const std::string& document, const Error& error) override {
    tell(LogLevel::info, plain_path(document) + " failed: " + told(error));
  }
  void retry(const LeasedTask& task, const Error& error) override {
    tell(LogLevel::info, plain_path(task.document) + " will be tried again: " + told(error));
  }

 protected:
  virtual void make_room() {}

 private:
  static std::string told(const Error& error) { return std::string(to_string(error.code)) + ": " + error.message; }
  void tell(LogLevel level, const std::string& text) {
    if (level > level_) return;
    make_room();
    complain(text);
  }

  const LogLevel level_;
};

// One line that is drawn over itself.
class Bar final : public Quiet {
 public:
  using Quiet::Quiet;
  void figures(const Figures& figures) override {
    constexpr std::size_t cells = 20;
    const double share =
        figures.documents == 0 ? 1 : static_cast<double>(figures.ended) / static_cast<double>(figures.documents);
    const auto full = std::min(cells, static_cast<std::size_t>(share * static_cast<double>(cells)));
    std::string line = "[" + std::string(full, '#') + std::string(cells - full, '.') + "] " + figures_text(figures);
    line.resize(std::min(line.size(), width() - 1));
    draw(line);
  }
  void close() override { make_room(); }

 private:
  static std::size_t width() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 80;
    return size.ws_col;
  }
  static void draw(const std::string& line) {
    const std::string text = "\r" + line + "\x1b[K";
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  }
  void make_room() override { draw(""); }
};

// Now and then a line, when there is something new.
class Lines final : public Quiet {
 public:
  using Quiet::Quiet;
  void figures(const Figures& figures) override {
    const auto now = std::chrono::steady_clock::now();
    const bool same = figures.ended == last_.ended && figures.pages == last_.pages;
    if (same || now - shown_at_ < std::chrono::seconds(5)) return;
    complain(figures_text(figures));
    shown_at_ = now;
    last_ = figures;
  }

 private:
  Moment shown_at_ = std::chrono::steady_clock::now();
  Figures last_;
};

class Events final : public ProgressView {
 public:
  void started(const LeasedTask& task) override {
    auto event = about("started", task);
    event["kind"] = task.kind == TaskKind::document ? "document" : task.kind == TaskKind::part ? "part" : "merge";
    if (task.kind == TaskKind::part) event["pages"] = json::array{task.pages.first, task.pages.last};
    event["attempt"] = task.attempt;
    print_line(event);
  }
  void page(const LeasedTask& task, int pages, int finished) override {
    auto event = about("page", task);
    if (task.ref.part > 0) event["part"] = task.ref.part;
    event["finished"] = finished;
    event["of"] = pages;
    print_line(event);
  }
  void done(const LeasedTask& task, const Completion& completion) override {
    auto event = about("document", task);
    event["outcome"] = to_string(completion.outcome);
    event["pages"] = completion.pages;
    print_line(event);
  }
  void failed(const std::string& document, const Error& error) override {
    print_line(json::object{
        {"event", "document"}, {"document", json_name(document)}, {"outcome", "failed"}, {"error", error_json(error)}});
  }
  void retry(const LeasedTask& task, const Error& error) override {
    auto event = about("retry", task);
    event["attempt"] = task.attempt;
    event["error"] = error_json(error);
    print_line(event);
  }
  void notice(const std::string& message) override {
    print_line(json::object{{"event", "notice"}, {"message", printable(message)}});
  }
  void figures(const Figures& figures) override {
    const auto now = std::chrono::steady_clock::now();
    if (now - shown_at_ < std::chrono::seconds(1)) return;
    shown_at_ = now;
    json::object event{{"event", "progress"},
                       {"documents", figures.documents},
                       {"ended", figures.ended},
                       {"failed", figures.failed},
                       {"partial", figures.partial},
                       {"pages", figures.pages},
                       {"per_second", std::round(figures.per_second * 100) / 100}};
    if (figures.seconds_left) event["seconds_left"] = std::round(*figures.seconds_left);
    print_line(event);
  }

 private:
  static json::object about(std::string_view what, const LeasedTask& task) {
    return json::object{{"event", what}, {"document", json_name(task.document)}};
  }

  Moment shown_at_ = std::chrono::steady_clock::now();
};

}  // namespace

LogLevel log_level(const Config& config) {
  const auto& level = config.text("log.level");
  return level == "info" ? LogLevel::info : level == "error" ? LogLevel::error : LogLevel::warning;
}

std::unique_ptr<ProgressView> make_progress_view(ProgressStyle style, LogLevel level) {
  switch (style) {
    case ProgressStyle::quiet:
      return std::make_unique<Quiet>(level);
    case ProgressStyle::json:
      return std::make_unique<Events>();
    case ProgressStyle::automatic:
      break;
  }
  if (::isatty(STDERR_FILENO) == 1) return std::make_unique<Bar>(level);
  return std::make_unique<Lines>(level);
}

}  // namespace docmill::cli
