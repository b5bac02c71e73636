#include "documents/passwords.hpp"

#include <qpdf/QUtil.hh>

namespace docmill {

std::vector<std::string> other_passwords(const std::string& given) {
  if (given.empty()) return {};
  auto passwords = QUtil::possible_repaired_encodings(given);
  passwords.erase(passwords.begin());  // as it was given
  passwords.emplace_back();
  return passwords;
}

}  // namespace docmill
