#include "processors/part_file.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cerrno>
#include <charconv>
#include <memory>
#include <system_error>
#include <utility>

#include "processors/returned_room.hpp"

namespace docmill {
namespace {

namespace json = boost::json;

constexpr std::size_t frame_size = 512U << 10U;  // of lines or trees, before they are compressed
constexpr std::size_t footer_size = 16;
constexpr int level = 3;  // of zstd

Error damaged(const std::string& what) {
  return fail(ErrorCode::unreadable, "the pages of a part cannot be read back: " + what);
}

Error cut_off() { return fail(ErrorCode::unreadable, "the pages of a part are cut off"); }

// pread: the descriptor's own offset belongs to whoever lent it.
Result<std::string> read_bytes(int descriptor, std::uint64_t offset, std::uint64_t size) {
  std::string bytes(size, '\0');
  for (std::uint64_t done = 0; done < size;) {
    const auto got = ::pread(descriptor, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return damaged(std::generic_category().message(errno));
    if (got == 0) return cut_off();
    done += static_cast<std::uint64_t>(got);
  }
  return bytes;
}

// What stands of a page beside its text.
struct Head {
  std::vector<std::pair<std::string, std::string>> notes;
  std::vector<std::pair<std::string, std::size_t>> files;
};

Result<Head> read_head(std::string_view line) {
  try {
    Head head;
    const auto value = json::parse(json::string_view(line.data(), line.size()));
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
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
  if (!context) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::string bytes(ZSTD_compressBound(text.size()), '\0');
  const auto size = ZSTD_compress2(context.get(), bytes.data(), bytes.size(), text.data(), text.size());
  if (ZSTD_isError(size)) throw std::bad_alloc();  // nothing else can go wrong: there is room enough
  bytes.resize(size);
  return bytes;
}

Result<std::string> decompressed(std::string_view bytes) {
  const auto size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN) return damaged("a frame of no known size");
  std::string text(size, '\0');
  const auto got = ZSTD_decompress(text.data(), text.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(got) || got != size) return damaged("a frame that cannot be unpacked");
  return text;
}

struct StoredFile {
  std::string stage;
  std::uint64_t offset = 0;
  std::size_t size = 0;
};

Result<std::string> read_file(int descriptor, const StoredFile& file) {
  DOCMILL_TRY(bytes, read_bytes(descriptor, file.offset, file.size));
  return decompressed(bytes);
}

// The file of a part, as long as anybody needs it.
struct Part {
  int descriptor;
  ReturnedRoom room{descriptor};
};

class FilesOfPage final : public StoredFiles {
 public:
  FilesOfPage(std::shared_ptr<Part> part, std::vector<StoredFile> files, bool stays)
      : part_(std::move(part)), files_(std::move(files)), stays_(stays) {}

  Result<std::string> read(std::string_view stage) override {
    const auto file = std::find_if(files_.begin(), files_.end(),
                                   [&](const StoredFile& candidate) { return candidate.stage == stage; });
    if (file == files_.end()) return damaged("no file of '" + std::string(stage) + "'");
    return read_file(part_->descriptor, *file);
  }

  void give_back() override {
    if (!stays_) part_->room.give_back(files_.front().offset, files_.back().offset + files_.back().size);
  }

 private:
  const std::shared_ptr<Part> part_;
  const std::vector<StoredFile> files_;  // one at least, one after the other
  const bool stays_;
};

// The frames, packed; they are small.
Result<std::string> read_frames(int descriptor) {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) return damaged(std::generic_category().message(errno));
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size < footer_size) return cut_off();
  DOCMILL_TRY(footer, read_bytes(descriptor, size - footer_size, footer_size));
  std::uint64_t begin = 0;
  const auto [end, error] = std::from_chars(footer.data(), footer.data() + footer.size(), begin, 16);
  if (error != std::errc() || end != footer.data() + footer.size() || begin > size - footer_size) return cut_off();
  return read_bytes(descriptor, begin, size - footer_size - begin);
}

Result<std::string_view> take_line(std::string_view& lines) {
  const auto end = lines.find('\n');
  if (end == std::string_view::npos) return cut_off();
  const auto line = lines.substr(0, end);
  lines.remove_prefix(end + 1);
  return line;
}

Result<std::string> take_frame(std::string_view& frames) {
  const auto size = ZSTD_findFrameCompressedSize(frames.data(), frames.size());
  if (ZSTD_isError(size)) return damaged("a frame that is none");
  DOCMILL_TRY(text, decompressed(frames.substr(0, size)));
  frames.remove_prefix(size);
  return text;
}

Result<TreeColumns> take_columns(std::string_view& frames) {
  TreeColumns columns;
  for (auto& column : columns) {
    DOCMILL_TRY(frame, take_frame(frames));
    column = std::move(frame);
  }
  return columns;
}

// Reads one part.
class PartPages {
 public:
  PartPages(int descriptor, const PartReader::Use& use, std::uint64_t& kept_bytes)
      : part_(std::make_shared<Part>(Part{descriptor})), use_(use), kept_bytes_(kept_bytes) {}

  Status read() {
    DOCMILL_TRY(frames, read_frames(part_->descriptor));
    for (std::string_view rest = frames; !rest.empty();) {
      DOCMILL_TRY(text, take_frame(rest));
      DOCMILL_TRY(columns, take_columns(rest));
      TreeUnpacker trees(std::move(columns));
      for (std::string_view lines = text; !lines.empty();) DOCMILL_CHECK(pass_on(lines, trees));
    }
    return {};
  }

 private:
  // The next page.
  Status pass_on(std::string_view& lines, TreeUnpacker& trees) {
    PageResult page;
    DOCMILL_TRY(row, take_line(lines));
    DOCMILL_TRY(text, text_page_from_json(row));
    page.text = std::move(text);
    DOCMILL_TRY(blocks, trees.next());
    page.text.blocks = std::move(blocks);
    DOCMILL_TRY(line, take_line(lines));
    DOCMILL_TRY(head, read_head(line));
    for (auto& [stage, note] : head.notes) page.notes.emplace(std::move(stage), std::move(note));
    DOCMILL_TRY(files, read_files(head, page));
    const auto stored = page.stored;
    DOCMILL_CHECK(use_(std::move(page), files));
    if (stored && stored.use_count() == 1) stored->give_back();
    return {};
  }

  Result<PartReader::Files> read_files(Head& head, PageResult& page) {
    std::vector<StoredFile> stored;
    std::uint64_t size = 0;
    for (auto& [stage, bytes] : head.files) {
      stored.push_back({stage, offset_ + size, bytes});
      size += bytes;
    }
    offset_ += size;
    for (const auto& file : stored) {
      auto content = read_file(part_->descriptor, file);
      if (!content) {
        page.files.clear();
        return PartReader::Files::gone;
      }
      page.files.emplace(file.stage, std::move(*content));
    }
    if (stored.empty()) return PartReader::Files::whole;
    const bool stays = size <= kept_bytes_;
    kept_bytes_ -= std::min(size, kept_bytes_);
    page.stored = std::make_shared<FilesOfPage>(part_, std::move(stored), stays);
    return PartReader::Files::whole;
  }

  const std::shared_ptr<Part> part_;
  const PartReader::Use& use_;
  std::uint64_t& kept_bytes_;
  std::uint64_t offset_ = 0;  // of the files of the next page
};

}  // namespace

Status PartWriter::page(const PageResult& page) {
  json::object notes;
  for (const auto& [stage, note] : page.notes) notes[stage] = note;
  json::array sizes;
  for (const auto& [stage, bytes] : page.files) {
    const auto packed = compressed(bytes);
    sizes.push_back(json::array{stage, packed.size()});
    DOCMILL_CHECK(output_.write(packed));
    files_end_ += packed.size();
  }
  const json::object head{{"notes", notes}, {"files", sizes}};
  lines_ += to_json(page.text, false) + '\n' + json::serialize(head) + '\n';
  trees_.add(page.text.blocks);
  if (std::max(lines_.size(), trees_.size()) >= frame_size) pack();
  return {};
}

void PartWriter::pack() {
  frames_ += compressed(lines_);
  for (const auto& column : trees_.take()) frames_ += compressed(column);
  lines_.clear();
}

Status PartWriter::finish() {
  if (!lines_.empty()) pack();
  DOCMILL_CHECK(output_.write(frames_));
  std::array<char, footer_size> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), files_end_, 16);
  const std::string_view number(digits.data(), end);
  DOCMILL_CHECK(output_.write(std::string(footer_size - number.size(), '0').append(number)));
  return output_.flush();
}

Status PartReader::read(int descriptor, const Use& use) { return PartPages(descriptor, use, kept_bytes_).read(); }

}  // namespace docmill
