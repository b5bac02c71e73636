#include "worker/merge.hpp"

#include <boost/json.hpp>
#include <charconv>
#include <cstdio>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "documents/mapped_file.hpp"
#include "processors/output.hpp"
#include "processors/preprocessing/pdf_merge.hpp"
#include "worker/limits.hpp"

namespace docmill {
namespace {

namespace json = boost::json;

constexpr int merged = 0;
constexpr int not_merged = 1;
constexpr int usage_error = 2;

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

struct MergeList {
  std::string password;
  std::vector<preprocessing::MergeInput> inputs;
};

std::optional<MergeList> read_list(int descriptor) {
  const auto file = MappedFile::map(descriptor);
  if (!file) return std::nullopt;
  auto rest = file->bytes();
  const auto next = [&] {
    const auto field = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(rest.size(), field.size() + 1));
    return field;
  };
  MergeList list;
  list.password = next();
  while (!rest.empty()) {
    const auto number = number_of<int>(next());
    if (!number) return std::nullopt;
    list.inputs.push_back({std::string(next()), Descriptor(*number)});
  }
  return list;
}

int tell(const json::object& answer, int status) {
  std::puts(json::serialize(answer).c_str());
  return status;
}

int tell(const Error& error) {
  return tell({{"error", {{"code", to_string(error.code)}, {"message", error.message}}}}, not_merged);
}

}  // namespace

int merge_command(char** arguments) {
  const auto output = number_of<int>(arguments[0]);
  const auto list_file = number_of<int>(arguments[1]);
  const auto memory = number_of<std::uint64_t>(arguments[2]);
  const auto seconds = number_of<std::uint64_t>(arguments[3]);
  if (!output || !list_file || !memory || !seconds) return usage_error;
  auto list = read_list(*list_file);
  if (!list) return usage_error;
  set_limit(RLIMIT_CORE, 0);
  set_limit(RLIMIT_DATA, *memory);
  set_limit(RLIMIT_CPU, *seconds);
  try {
    Output file(*output, "merged PDF");
    const auto pages = preprocessing::merge_pdfs(std::move(list->inputs), list->password,
                                                 [&](std::string_view bytes) { return file.write(bytes); });
    if (!pages) return tell(pages.error());
    if (const auto written = file.flush(); !written) return tell(written.error());
    return tell({{"pages", *pages}}, merged);
  } catch (const std::bad_alloc&) {
    return tell(fail(ErrorCode::out_of_memory, "merging takes more memory than --memory-limit allows"));
  }
}

}  // namespace docmill
