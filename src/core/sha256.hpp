// SHA-256 in hexadecimal: of bytes, or over fields (what makes two runs or two submissions the same).
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;  // OpenSSL's

namespace docmill {

class Sha256 {
 public:
  Sha256();
  void add(std::string_view bytes);
  // Parted from the next field by a NUL, which no name has.
  void add_field(std::string_view field);
  // Once, at the end.
  std::string hexadecimal();

 private:
  std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> context_;
};

}  // namespace docmill
