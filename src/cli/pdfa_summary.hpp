// Which documents of a job got a plain PDF where PDF/A was asked for.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace docmill::cli {

class PdfaSummary {
 public:
  // Documents that are named at most.
  static constexpr std::size_t most_named = 20;

  // A document and its result record.
  void add(const std::string& document, const boost::json::object& record);

  std::uint64_t plain() const { return plain_; }
  boost::json::object json() const;
  std::string text() const;  // lines for people; empty: every PDF is a PDF/A

 private:
  std::uint64_t archival_ = 0;
  std::uint64_t plain_ = 0;
  std::vector<std::pair<std::string, std::string>> named_;  // document, reason
};

// Whether these options ask for PDF/A.
bool wants_pdfa(const boost::json::object& options);

}  // namespace docmill::cli
