#include "processors/part_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <optional>
#include <system_error>

namespace docmill {
namespace {

namespace json = boost::json;

constexpr std::size_t chunk_size = 256U << 10U;

Error cut_off() { return fail(ErrorCode::unreadable, "the pages of a part are cut off"); }

// Reads on from the start of a file. pread: the descriptor's own offset belongs to whoever lent it.
class Reader {
 public:
  explicit Reader(int descriptor) : descriptor_(descriptor) {}

  // nullopt: the file ends here.
  Result<std::optional<std::string>> line() {
    std::size_t searched = 0;
    for (;;) {
      const auto end = buffer_.find('\n', begin_ + searched);
      if (end != std::string::npos) return take(end - begin_, 1);
      searched = buffer_.size() - begin_;
      DOCMILL_TRY(got, read_on());
      if (got == 0 && searched == 0) return std::optional<std::string>();
      if (got == 0) return cut_off();
    }
  }

  Result<std::string> bytes(std::size_t size) {
    while (buffer_.size() - begin_ < size) {
      DOCMILL_TRY(got, read_on());
      if (got == 0) return cut_off();
    }
    return *take(size, 0);
  }

 private:
  std::optional<std::string> take(std::size_t size, std::size_t separator) {
    auto taken = buffer_.substr(begin_, size);
    begin_ += size + separator;
    return taken;
  }

  Result<std::size_t> read_on() {
    buffer_.erase(0, std::exchange(begin_, 0));
    const auto size = buffer_.size();
    buffer_.resize(size + chunk_size);
    ssize_t got = -1;
    do {
      got = ::pread(descriptor_, buffer_.data() + size, chunk_size, offset_);
    } while (got < 0 && errno == EINTR);
    const int number = errno;
    buffer_.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0) {
      return fail(ErrorCode::unreadable,
                  "the pages of a part cannot be read: " + std::generic_category().message(number));
    }
    offset_ += static_cast<off_t>(got);
    return static_cast<std::size_t>(got);
  }

  const int descriptor_;
  off_t offset_ = 0;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what has not been taken
};

struct Appendix {
  std::vector<std::pair<std::string, std::string>> notes;
  std::vector<std::pair<std::string, std::size_t>> files;
};

Result<Appendix> read_appendix(const std::string& line) {
  try {
    Appendix appendix;
    const auto value = json::parse(line);
    for (const auto& note : value.at("notes").as_object()) {
      appendix.notes.emplace_back(note.key(), note.value().as_string());
    }
    for (const auto& file : value.at("files").as_array()) {
      appendix.files.emplace_back(file.at(0).as_string(), file.at(1).to_number<std::size_t>());
    }
    return appendix;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& problem) {
    return fail(ErrorCode::unreadable, std::string("the pages of a part cannot be read back: ") + problem.what());
  }
}

Result<PageResult> read_page(Reader& reader, std::string_view tree) {
  PageResult page;
  DOCMILL_TRY(text, text_page_from_json(tree));
  page.text = std::move(text);
  DOCMILL_TRY(line, reader.line());
  if (!line) return cut_off();
  DOCMILL_TRY(appendix, read_appendix(*line));
  for (auto& [stage, note] : appendix.notes) page.notes.emplace(std::move(stage), std::move(note));
  for (auto& [stage, size] : appendix.files) {
    DOCMILL_TRY(bytes, reader.bytes(size));
    page.files.emplace(std::move(stage), std::move(bytes));
  }
  return page;
}

}  // namespace

Status write_page(Output& output, const PageResult& page) {
  json::object notes;
  for (const auto& [stage, note] : page.notes) notes[stage] = note;
  json::array files;
  for (const auto& [stage, bytes] : page.files) files.push_back(json::array{stage, bytes.size()});
  DOCMILL_CHECK(output.write(to_json(page.text, true) + '\n'));
  DOCMILL_CHECK(output.write(json::serialize(json::object{{"notes", notes}, {"files", files}}) + '\n'));
  for (const auto& [stage, bytes] : page.files) DOCMILL_CHECK(output.write(bytes));
  return {};
}

Status read_pages(int descriptor, const std::function<Status(PageResult)>& page) {
  Reader reader(descriptor);
  for (;;) {
    DOCMILL_TRY(tree, reader.line());
    if (!tree) return {};
    DOCMILL_TRY(result, read_page(reader, *tree));
    DOCMILL_CHECK(page(std::move(result)));
  }
}

}  // namespace docmill
