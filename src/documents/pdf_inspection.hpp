// inspect_pdf: what stands in a PDF besides what its pages show: damage, encryption, scripts, attached files,
// references, signatures, claims, fonts that are missing. Facts, no verdicts: nothing is run, fetched, drawn or proved
// by cryptography. Takes under 1 ms for most pages, the greater part of it to expand their content.
//
// Made for hostile files: no loop of theirs is followed twice, nothing recurses, each object is looked at once, and
// over a limit it is said in `looked_no_further` what was left. Only a stream of cross-references or of objects that
// expands to gigabytes is not stopped here, but by the worker's limit on memory.
//
// Text is valid UTF-8 and cut at 1,000 bytes. Pages count from 1; page 0: of the document as a whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace docmill {

enum class PdfDamageKind {
  header,            // does not begin with %PDF-
  truncated,         // does not end with %%EOF
  cross_references,  // the table or the trailer is wrong
  page_tree,         // loops, wrong counts, pages that are none
  stream,            // data that cannot be decoded or have another length
  object,            // any other
};

std::string_view to_string(PdfDamageKind kind);  // as it is spelled here

struct PdfDamage {
  PdfDamageKind kind = PdfDamageKind::object;
  int page = 0;  // 0: not known to concern one page
  std::string message;
};

struct PdfEncryption {
  std::string method;       // RC4, AES-128, AES-256, identity, unknown
  int key_bits = 0;         // 0: not known
  int revision = 0;         // of the standard security handler: 2, 3, 4, 5, 6
  bool as_owner = false;    // the password given (or none) is the owner's: nothing is forbidden to him
  bool needs_none = false;  // it opens without a password
  // What the user may do; programs keep to it or do not.
  bool may_print = true;
  bool may_print_well = true;  // in full resolution
  bool may_copy = true;        // text and pictures
  bool may_extract_for_accessibility = true;
  bool may_modify = true;  // anything not named below
  bool may_annotate = true;
  bool may_fill_forms = true;
  bool may_assemble = true;  // insert, delete and turn pages
};

enum class PdfPlace { document, page, annotation, field, outline };

struct PdfScript {
  PdfPlace place = PdfPlace::document;
  int page = 0;
  std::string trigger;  // OpenAction, Names, A (a click), or the event of the additional action: O, WC, K, …
};

struct PdfLaunch {
  PdfPlace place = PdfPlace::document;
  int page = 0;
  std::string target;  // the program or file; empty: not said
};

enum class PdfReferenceKind { uri, remote_document, form_target, form_data, media, stream_data };

struct PdfReference {
  PdfReferenceKind kind = PdfReferenceKind::uri;
  int page = 0;
  std::string target;
};

struct PdfEmbeddedFile {
  std::string name;
  int page = 0;
  std::int64_t size = -1;  // as the PDF says; -1: it does not
};

struct PdfSignature {
  std::string field;   // its full name
  std::string signer;  // as the PDF says, not as a certificate proves
  std::string date;    // as PDF writes dates: D:20240131120000+01'00'
  std::string format;  // adbe.pkcs7.detached, ETSI.CAdES.detached, …
  // Every byte but the signature itself. False: something was added later, or the ranges make no sense.
  bool covers_whole_file = false;
};

// What the metadata claim; whether it is true is for others to say. Empty: no such claim.
struct PdfClaims {
  std::string pdfa;   // 1b, 2u, 3a, 4, 4f …
  std::string pdfua;  // 1, 2
};

struct PdfMissingFont {
  std::string name;          // without the prefix of subsets
  std::string type;          // Type1, TrueType, Type0, …
  bool is_standard = false;  // one of the 14 that every reader has
  std::vector<int> pages;    // that may use it, ascending
};

struct PdfBoxProblem {
  int page = 0;
  std::string box;      // MediaBox, CropBox, …, Rotate, UserUnit
  std::string problem;  // "is missing", "has no area", …
};

struct PdfFacts {
  std::string version;  // 1.7
  bool is_linearized = false;
  int page_count = 0;           // found in the page tree, as far as it was walked
  int declared_page_count = 0;  // what its root says; -1: nothing
  bool is_rebuilt = false;      // the cross-references were useless: objects were searched for in the whole file
  std::vector<PdfDamage> damage;
  std::optional<PdfEncryption> encryption;
  std::vector<PdfScript> scripts;
  std::vector<PdfLaunch> launches;
  std::vector<PdfReference> references;
  std::vector<PdfEmbeddedFile> embedded_files;
  std::vector<PdfSignature> signatures;
  bool has_xfa_form = false;  // a form in XML, which may have scripts of its own
  PdfClaims claims;
  std::vector<PdfMissingFont> missing_fonts;
  std::vector<PdfBoxProblem> box_problems;
  std::vector<std::string> looked_no_further;  // empty: everything was seen

  bool is_encrypted() const { return encryption.has_value(); }
};

struct PdfInspectionLimits {
  int objects = 200'000;                  // looked at; one takes 1 to 2 KB of memory
  std::size_t items = 1'000;              // of each list of facts; of a font's pages
  std::uint64_t content_bytes = 1 << 20;  // expanded of one content stream
  std::uint64_t all_content_bytes = 1 << 30;
};

// `bytes`: the file. unreadable: not even a search for objects finds a catalog · encrypted: `password` (may be empty)
// does not open it. Throws nothing but std::bad_alloc.
Result<PdfFacts> inspect_pdf(std::string_view bytes, const std::string& password,
                             const PdfInspectionLimits& limits = {});

// What in the file itself contradicts its claim to be PDF/A, as sentences without an end ("it is encrypted"). Without
// such a claim: nothing.
std::vector<std::string> pdfa_contradictions(const PdfFacts& facts);

}  // namespace docmill
