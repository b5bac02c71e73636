// Writing PDFs with qpdf. Its exceptions end here, as failures.
#pragma once

#include <functional>
#include <qpdf/QPDF.hh>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace docmill {

// A failure of ours on its way through qpdf, which knows only exceptions.
struct ThrownError : std::runtime_error {
  explicit ThrownError(Error cause) : std::runtime_error(cause.message), error(std::move(cause)) {}
  Error error;
};

// Runs `action`, in which qpdf works on the document `name`. What it throws becomes the failure that is returned: a
// ThrownError as it is, a password that is missing or wrong as `encrypted`, all else as `unreadable` with a sentence
// that begins with `trouble` ("no searchable PDF can be made of 'a.pdf'"). std::bad_alloc passes: it is the task's end.
Status guard_qpdf(const std::string& name, std::string_view trouble, const std::function<Status()>& action);

// The same for an action that returns nothing.
template <class Action>
  requires std::is_void_v<std::invoke_result_t<Action>>
Status guard_qpdf(const std::string& name, std::string_view trouble, Action&& action) {
  return guard_qpdf(name, trouble, std::function<Status()>([&] {
                      action();
                      return Status();
                    }));
}

// Takes what is written; an error stops the writing, and is returned.
using ByteSink = std::function<Status(std::string_view)>;

struct WriteStyle {
  bool linearize = false;
  bool keep_encryption = false;
  bool newline_before_endstream = false;  // PDF/A wants it so (ISO 19005-2, 6.1.7.1)
  std::string minimum_version = {};       // empty: that of the document
};

// Makes these the pages of the document, in one flat tree. Singly, by qpdf, that takes time by the square of their
// number. Pages must not inherit anything (QPDF::pushInheritedAttributesToPage).
void set_pages(QPDF& pdf, const std::vector<QPDFObjectHandle>& pages);

// The whole document, every stream as it is; a tree of pages that lies about their number is set right, because other
// readers believe it. What qpdf throws passes through.
//   unreadable: to be linearized while it stays encrypted, but without /ID · what `sink` returns
Status write_document(QPDF& pdf, const WriteStyle& style, const ByteSink& sink);

}  // namespace docmill
