#include "processors/pdf_writing.hpp"

#include <iterator>
#include <new>
#include <qpdf/Pl_Function.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFWriter.hh>

namespace docmill {
namespace {

// qpdf 11 copies the trailer's entries, and leaves out of a linearized file the size that is not there to be corrected.
void ensure_size_in_trailer(QPDF& pdf) {
  auto trailer = pdf.getTrailer();
  if (!trailer.getKey("/Size").isInteger()) trailer.replaceKey("/Size", QPDFObjectHandle::newInteger(0));
}

// qpdf 11 reads a file with the length that its encryption must have, and writes it with the one that is given there:
// if that is missing or another, nobody can read the result.
void ensure_length_of_key(QPDF& pdf) {
  auto encryption = pdf.getTrailer().getKey("/Encrypt");
  const auto version = encryption.getKey("/V").getIntValue();
  if (version >= 4) {
    encryption.replaceKey("/Length", QPDFObjectHandle::newInteger(version == 4 ? 128 : 256));
  } else if (!encryption.getKey("/Length").isInteger()) {
    encryption.replaceKey("/Length", QPDFObjectHandle::newInteger(40));
  }
}

// qpdf 11 leaves no room for the identifier that it makes in the place of none, where the key depends on the old one.
bool can_be_linearized(QPDF& pdf) {
  auto identifier = pdf.getTrailer().getKey("/ID");
  return identifier.isArray() && identifier.getArrayNItems() > 0 && identifier.getArrayItem(0).isString() &&
         !identifier.getArrayItem(0).getStringValue().empty();
}

void ensure_page_count(QPDF& pdf) {
  auto count = pdf.getRoot().getKey("/Pages").getKey("/Count");
  const auto pages = pdf.getAllPages();
  if (count.isInteger() && count.getIntValue() == std::ssize(pages)) return;
  pdf.pushInheritedAttributesToPage();
  set_pages(pdf, pdf.getAllPages());
}

}  // namespace

void set_pages(QPDF& pdf, const std::vector<QPDFObjectHandle>& pages) {
  auto root = pdf.getRoot().getKey("/Pages");
  auto kids = QPDFObjectHandle::newArray();
  for (auto page : pages) {
    page.replaceKey("/Parent", root);
    kids.appendItem(page);
  }
  root.replaceKey("/Kids", kids);
  root.replaceKey("/Count", QPDFObjectHandle::newInteger(std::ssize(pages)));
  pdf.updateAllPagesCache();
}

Status guard_qpdf(const std::string& name, std::string_view trouble, const std::function<Status()>& action) {
  const auto unreadable = [&](const std::string& cause) {
    return fail(ErrorCode::unreadable, std::string(trouble) + ": " + cause);
  };
  try {
    return action();
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const ThrownError& thrown) {
    return thrown.error;
  } catch (const QPDFExc& problem) {  // whose what() begins with the name
    if (problem.getErrorCode() == qpdf_e_password) {
      return fail(ErrorCode::encrypted,
                  "'" + name + "' is encrypted, and the password is missing or wrong: give it with --password");
    }
    return unreadable(problem.getMessageDetail());
  } catch (const std::exception& problem) {
    return unreadable(problem.what());
  }
}

Status write_document(QPDF& pdf, const WriteStyle& style, const ByteSink& sink) {
  Status written;
  Pl_Function end("output", nullptr, [&](const unsigned char* data, std::size_t size) {
    written = sink(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!written) throw ThrownError(written.error());
  });
  ensure_size_in_trailer(pdf);
  ensure_page_count(pdf);
  const bool stays_encrypted = style.keep_encryption && pdf.isEncrypted();
  if (stays_encrypted) ensure_length_of_key(pdf);
  if (stays_encrypted && style.linearize && !can_be_linearized(pdf)) {
    return fail(ErrorCode::unreadable, "the PDF is encrypted and has no /ID: it can be linearized with --decrypt only");
  }
  QPDFWriter writer(pdf);
  writer.setOutputPipeline(&end);
  writer.setStreamDataMode(qpdf_s_preserve);
  writer.setLinearization(style.linearize);
  writer.setNewlineBeforeEndstream(style.newline_before_endstream);
  writer.setPreserveEncryption(style.keep_encryption);
  if (!style.minimum_version.empty()) writer.setMinimumPDFVersion(style.minimum_version);
  // The same document gives the same bytes. qpdf cannot do that with encryption.
  writer.setDeterministicID(!stays_encrypted);
  try {
    writer.write();
  } catch (const std::exception&) {
    if (written) throw;
  }
  return written;
}

}  // namespace docmill
