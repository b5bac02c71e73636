#include "cli/inputs.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>
#include <unordered_map>

#include "cli/console.hpp"
#include "cli/path_list.hpp"
#include "node/sources.hpp"

namespace docmill::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 17> extensions{"pdf", "png", "jpg", "jpeg", "jpe", "tif", "tiff", "webp", "jp2",
                                                      "j2k", "jpx", "jpf", "bmp",  "pnm", "pbm", "pgm",  "ppm"};

constexpr std::array<std::string_view, 12> text_extensions{"txt",   "text", "md",  "markdown", "html", "htm",
                                                           "xhtml", "docx", "odt", "pptx",     "xlsx", "eml"};

struct FileId {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileId&) const = default;
};

std::optional<struct stat> stat_of(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return info;
}

std::string join(std::string_view directory, std::string_view rest) {
  std::string path(directory);
  if (path.empty() || path.back() != '/') path += '/';
  path += rest;
  return path;
}

// "/a/b" and "c/d" → "/a/b/./c/d"; "/" and "c" → "/./c".
std::string marked(std::string_view root, std::string_view rest) {
  if (root == "/") root = "";
  return std::string(root) + std::string(output_mark) + std::string(rest);
}

std::string_view parent_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? std::string_view("/") : path.substr(0, slash);
}

Input make_input(std::string name, const std::optional<struct stat>& info) {
  Input input;
  input.name = std::move(name);
  if (info) {
    input.size = static_cast<std::uint64_t>(info->st_size);
    input.modified_ns = std::int64_t{info->st_mtim.tv_sec} * 1'000'000'000 + info->st_mtim.tv_nsec;
  }
  return input;
}

class Lister {
 public:
  explicit Lister(const InputRequest& request) : texts_(request.texts), here_(fs::current_path().string()) {
    if (const auto info = stat_of(request.output)) output_ = FileId{info->st_dev, info->st_ino};
  }

  // First all names are looked at, because the layout depends on how many of them are directories.
  void look_at(std::string given) {
    Named named;
    if (!is_local(given)) {
      named.path = std::move(given);
      named.is_address = true;
      named_.push_back(std::move(named));
      return;
    }
    named.path = absolute_path(here_, given);
    named.info = stat_of(named.path);
    named.is_directory = named.info && S_ISDIR(named.info->st_mode);
    named.is_relative = given.empty() || given.front() != '/';
    if (named.is_directory) {
      ++directories_;
    } else if (!lies_below(here_, named)) {
      const auto parent = parent_of(named.path);
      far_root_ = far_root_ ? common_parent(*far_root_, parent) : std::string(parent);
    }
    named_.push_back(std::move(named));
  }

  InputList take() {
    for (auto& named : named_) {
      if (named.is_address) {
        list_.documents.push_back(make_input(std::move(named.path), std::nullopt));
      } else if (named.is_directory) {
        root_ = named.path == "/" || directories_ == 1 ? named.path : std::string(parent_of(named.path));
        walk(named.path, FileId{named.info->st_dev, named.info->st_ino} == output_);
      } else {
        const std::string_view root = lies_below(here_, named) ? here_ : *far_root_;
        add(named.path, root, named.info);
      }
    }
    return std::move(list_);
  }

 private:
  struct Named {
    std::string path;
    std::optional<struct stat> info;
    bool is_directory = false;
    bool is_relative = false;
    bool is_address = false;  // http(s)://, s3://: kept as it is
  };

  // Given relative to here and without leaving it: its outputs mirror what was given.
  static bool lies_below(std::string_view here, const Named& named) {
    return named.is_relative && (here == "/" || (named.path.size() > here.size() && named.path.starts_with(here) &&
                                                 named.path[here.size()] == '/'));
  }

  static std::string common_parent(std::string_view a, std::string_view b) {
    std::size_t end = 0;  // of the longest common run of whole names
    for (std::size_t i = 0;; ++i) {
      const bool a_ends = i == a.size() || a[i] == '/';
      const bool b_ends = i == b.size() || b[i] == '/';
      if (a_ends && b_ends) end = i;
      if (i >= a.size() || i >= b.size() || a[i] != b[i]) break;
    }
    return end == 0 ? "/" : std::string(a.substr(0, end));
  }

  void add(std::string_view path, std::string_view root, const std::optional<struct stat>& info) {
    const auto rest = path.substr(root == "/" ? 1 : std::min(root.size() + 1, path.size()));
    list_.documents.push_back(make_input(marked(root, rest), info));
  }

  void walk(const std::string& directory, bool holds_outputs) {
    std::error_code error;
    std::vector<std::string> names;
    for (fs::directory_iterator entries(directory, error), end; !error && entries != end; entries.increment(error)) {
      names.push_back(entries->path().filename().string());
    }
    if (error) {
      const auto code = error == std::errc::permission_denied ? ErrorCode::access_denied : ErrorCode::unreadable;
      InputProblem problem{directory, fail(code, "cannot read the directory " + directory + ": " + error.message())};
      list_.problems.push_back(std::move(problem));
      return;
    }
    std::sort(names.begin(), names.end());
    for (const auto& name : names) {
      if (!name.starts_with('.') && !(holds_outputs && is_own_output(name, names))) visit(directory, name);
    }
  }

  // In place (`run ocr scans -o scans`): "page.png.pdf" beside "page.png" and its record is what an earlier run wrote.
  static bool is_own_output(std::string_view name, const std::vector<std::string>& names) {
    for (const std::string_view suffix : {".pdf", ".txt"}) {
      if (!name.ends_with(suffix)) continue;
      const auto stem = std::string(name.substr(0, name.size() - suffix.size()));
      return is_document_name(stem, true) && std::binary_search(names.begin(), names.end(), stem) &&
             std::binary_search(names.begin(), names.end(), stem + ".json");
    }
    return false;
  }

  void visit(const std::string& directory, const std::string& name) {
    const auto path = join(directory, name);
    struct stat link{};
    if (::lstat(path.c_str(), &link) != 0) return;  // gone since it was listed
    if (S_ISDIR(link.st_mode)) {
      if (FileId{link.st_dev, link.st_ino} != output_) walk(path, false);
      return;
    }
    const auto info = stat_of(path);
    if (is_document_name(name, texts_) && (!info || S_ISREG(info->st_mode))) {
      add(path, root_, info);
    } else {
      ++list_.skipped;
    }
  }

  const bool texts_;
  std::string here_;
  std::optional<FileId> output_;
  std::vector<Named> named_;
  std::size_t directories_ = 0;
  std::optional<std::string> far_root_;  // common parent of the files that do not lie below here
  std::string root_;                     // of the directory that is walked now
  InputList list_;
};

// Two documents must not write to the same files. The same document twice is one.
Status drop_repetitions(InputList& list) {
  std::unordered_map<std::string_view, std::size_t> seen;
  seen.reserve(list.documents.size());
  std::vector<std::size_t> repeated;
  for (std::size_t i = 0; i < list.documents.size(); ++i) {
    const auto& name = list.documents[i].name;
    const auto [first, is_new] = seen.emplace(output_stem(name), i);
    if (is_new) continue;
    const auto& other = list.documents[first->second].name;
    if (other != name) {
      return fail(ErrorCode::invalid_option, plain_path(other) + " and " + plain_path(name) +
                                                 " would have the same outputs (" + std::string(output_stem(name)) +
                                                 "); give one of them in a run with another -o");
    }
    repeated.push_back(i);
  }
  if (repeated.empty()) return {};
  std::vector<Input> kept;
  kept.reserve(list.documents.size() - repeated.size());
  for (std::size_t i = 0; i < list.documents.size(); ++i) {
    if (!std::binary_search(repeated.begin(), repeated.end(), i)) kept.push_back(std::move(list.documents[i]));
  }
  list.documents = std::move(kept);
  return {};
}

std::string nothing_found(const InputRequest& request, const InputList& list) {
  std::string where;
  const auto add = [&](const std::string& place) { where += (where.empty() ? "" : ", ") + place; };
  for (const auto& path : request.paths) add(path == "-" ? "the list on stdin" : path);
  if (!request.from.empty()) add("the list " + (request.from == "-" ? "on stdin" : request.from));
  std::string what = "there are no documents in " + where;
  if (list.skipped > 0) {
    what += " (left out: " + count_text(list.skipped, "file") +
            " not named like a PDF or an image; a file that is named itself is read)";
  }
  return what;
}

}  // namespace

Result<InputList> list_inputs(const InputRequest& request) {
  Lister lister(request);
  for (const auto& given : request.paths) {
    if (given == "-") {
      DOCMILL_CHECK(read_path_list("-", request.separator, [&](std::string path) { lister.look_at(std::move(path)); }));
    } else {
      DOCMILL_TRY(expanded, expand_pattern(given));
      for (auto& path : expanded) lister.look_at(std::move(path));
    }
  }
  if (!request.from.empty()) {
    DOCMILL_CHECK(
        read_path_list(request.from, request.separator, [&](std::string path) { lister.look_at(std::move(path)); }));
  }
  InputList list = lister.take();
  DOCMILL_CHECK(drop_repetitions(list));
  if (list.documents.empty() && list.problems.empty()) return fail(ErrorCode::not_found, nothing_found(request, list));
  if (list.documents.empty()) return list.problems.front().error;
  return list;
}

bool is_document_name(std::string_view file_name, bool texts) {
  const auto dot = file_name.rfind('.');
  if (dot == std::string_view::npos) return false;
  std::string extension(file_name.substr(dot + 1));
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (std::find(extensions.begin(), extensions.end(), extension) != extensions.end()) return true;
  return texts && std::find(text_extensions.begin(), text_extensions.end(), extension) != text_extensions.end();
}

std::string absolute_path(std::string_view directory, std::string_view path) {
  std::string result;
  if (!path.starts_with('/')) result = directory == "/" ? "" : directory;
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    const auto part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      result.resize(std::min(result.rfind('/'), result.size()));
      continue;
    }
    result += '/';
    result += part;
  }
  return result.empty() ? "/" : result;
}

}  // namespace docmill::cli
