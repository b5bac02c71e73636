// Tally: counts the pages of a task, and puts its record together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "processors/stage.hpp"

namespace docmill {

class Tally final : public RecordMembers {
 public:
  void count(const TextPage& page);
  void add(std::string_view name, std::string_view json) override;
  // Of a document that has no pages that could fail, parts are missing: sentences.
  void leave_out(const std::vector<std::string>& parts);

  enum class Tolerance { some_pages, none };
  // What fails the whole document: the first error of a page, if no page could be done, or none may have an error.
  std::optional<Error> failure(Tolerance tolerance) const;

  TaskOutput output() const;

 private:
  std::string manifest_;  // JSON objects, parted by commas
  std::string members_;   // of the record, each with a comma behind
  std::optional<Error> first_error_;
  int pages_ = 0;
  int failed_ = 0;
  bool is_whole_ = true;
};

}  // namespace docmill
