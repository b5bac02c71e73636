#include "processors/part_file.hpp"

#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <optional>
#include <system_error>

namespace docmill {
namespace {

namespace json = boost::json;

constexpr std::size_t chunk_size = 256U << 10U;
constexpr int level = 3;  // of zstd: 7 times smaller, in a fiftieth of the time that the tree takes to be made

Error damaged(const std::string& what) {
  return fail(ErrorCode::unreadable, "the pages of a part cannot be read back: " + what);
}

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
      return damaged(std::generic_category().message(number));
    }
    offset_ += static_cast<off_t>(got);
    return static_cast<std::size_t>(got);
  }

  const int descriptor_;
  off_t offset_ = 0;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what has not been taken
};

// What a page begins with.
struct Head {
  std::size_t tree = 0;  // bytes
  std::vector<std::pair<std::string, std::string>> notes;
  std::vector<std::pair<std::string, std::size_t>> files;
};

Result<Head> read_head(const std::string& line) {
  try {
    Head head;
    const auto value = json::parse(line);
    head.tree = value.at("tree").to_number<std::size_t>();
    for (const auto& note : value.at("notes").as_object()) {
      head.notes.emplace_back(note.key(), note.value().as_string());
    }
    for (const auto& file : value.at("files").as_array()) {
      head.files.emplace_back(file.at(0).as_string(), file.at(1).to_number<std::size_t>());
    }
    return head;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& problem) {
    return damaged(problem.what());
  }
}

std::string compressed(std::string_view text) {
  std::string bytes(ZSTD_compressBound(text.size()), '\0');
  const auto size = ZSTD_compress(bytes.data(), bytes.size(), text.data(), text.size(), level);
  DOCMILL_ASSERT(!ZSTD_isError(size));
  bytes.resize(size);
  return bytes;
}

Result<std::string> decompressed(std::string_view bytes) {
  const auto size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN) return damaged("a tree of no known size");
  std::string text(size, '\0');
  const auto got = ZSTD_decompress(text.data(), text.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(got) || got != size) return damaged("a tree that cannot be unpacked");
  return text;
}

Result<PageResult> read_page(Reader& reader, const std::string& line) {
  PageResult page;
  DOCMILL_TRY(head, read_head(line));
  DOCMILL_TRY(packed, reader.bytes(head.tree));
  DOCMILL_TRY(tree, decompressed(packed));
  DOCMILL_TRY(text, text_page_from_json(tree));
  page.text = std::move(text);
  for (auto& [stage, note] : head.notes) page.notes.emplace(std::move(stage), std::move(note));
  for (auto& [stage, size] : head.files) {
    DOCMILL_TRY(bytes, reader.bytes(size));
    page.files.emplace(std::move(stage), std::move(bytes));
  }
  return page;
}

}  // namespace

Status write_page(Output& output, const PageResult& page) {
  const auto tree = compressed(to_json(page.text, true));
  json::object notes;
  for (const auto& [stage, note] : page.notes) notes[stage] = note;
  json::array files;
  for (const auto& [stage, bytes] : page.files) files.push_back(json::array{stage, bytes.size()});
  const json::object head{{"tree", tree.size()}, {"notes", notes}, {"files", files}};
  DOCMILL_CHECK(output.write(json::serialize(head) + '\n'));
  DOCMILL_CHECK(output.write(tree));
  for (const auto& [stage, bytes] : page.files) DOCMILL_CHECK(output.write(bytes));
  return {};
}

Status read_pages(int descriptor, const std::function<Status(PageResult)>& page) {
  Reader reader(descriptor);
  for (;;) {
    DOCMILL_TRY(head, reader.line());
    if (!head) return {};
    DOCMILL_TRY(result, read_page(reader, *head));
    DOCMILL_CHECK(page(std::move(result)));
  }
}

}  // namespace docmill
