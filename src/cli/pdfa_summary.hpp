// Which documents of a job got a plain PDF where PDF/A was asked for.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "cli/record_summary.hpp"

namespace docmill::cli {

class PdfaSummary {
 public:
  // A document and its result record.
  void add(const std::string& document, const boost::json::object& record);

  std::uint64_t plain() const { return plain_.count(); }
  boost::json::object json() const;
  std::string text() const;  // lines for people; empty: every PDF is a PDF/A

 private:
  std::uint64_t archival_ = 0;
  NamedDocuments plain_;
};

}  // namespace docmill::cli
