#include "processors/preprocessing/pdf_tools.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "documents/pdf_inspection.hpp"
#include "processors/output.hpp"
#include "processors/preprocessing/pdf_pieces.hpp"
#include "processors/preprocessing/piece_writer.hpp"

namespace docmill::preprocessing {
namespace {

namespace json = boost::json;

// So much of the source is kept in memory while pieces are written.
constexpr std::size_t pages_between_readings = 500;
// Each is a file that stays open until the document is done.
constexpr std::size_t most_pieces = 1'000;
constexpr std::size_t most_damage = 20;  // in the record

// What begins the sentence when qpdf cannot do it.
std::string trouble_with(const std::string& name) { return "the PDF '" + name + "' cannot be written again"; }

// Where writing is only tried, to know how large the output will be.
std::uint64_t size_of_piece(PdfSource& source, const Piece& piece, const WriteStyle& style) {
  std::uint64_t size = 0;
  static_cast<void>(write_piece(source, piece, style, [&](std::string_view bytes) {
    size += bytes.size();
    return Status();
  }));
  return size;
}

// Takes the other pages out.
void keep_pages(PdfSource& source, const std::vector<int>& kept) {
  source.pdf().pushInheritedAttributesToPage();
  std::vector<QPDFObjectHandle> pages;
  for (const int number : kept) {
    pages.push_back(source.pages().at(static_cast<std::size_t>(number) - 1).getObjectHandle());
  }
  set_pages(source.pdf(), pages);
}

json::object damage_of(const PdfFacts& facts) {
  json::array damage;
  for (const auto& one : facts.damage) {
    if (damage.size() == most_damage) break;
    json::object row{{"kind", to_string(one.kind)}, {"message", one.message}};
    if (one.page > 0) row["page"] = one.page;
    damage.push_back(std::move(row));
  }
  return {{"rebuilt", facts.is_rebuilt}, {"problems", facts.damage.size()}, {"damage", std::move(damage)}};
}

json::array signatures_of(const PdfFacts& facts) {
  json::array names;
  for (const auto& signature : facts.signatures) names.emplace_back(signature.field);
  return names;
}

}  // namespace

PdfTools::PdfTools(const StageSetup& setup, const PdfToolOptions& options, std::unique_ptr<PdfSource> source)
    : name_(setup.input.name), context_(setup.context), options_(options), source_(std::move(source)) {}

Result<std::unique_ptr<PdfTools>> PdfTools::open(const StageSetup& setup, const PdfToolOptions& options) {
  if (setup.document.type() != DocumentType::pdf) {
    return fail(ErrorCode::unsupported_type, "'" + setup.input.name + "' is " +
                                                 std::string(media_type(setup.document.type())) +
                                                 ": only PDFs can be repaired, linearized, decrypted and split");
  }
  DOCMILL_TRY(file, MappedFile::map(setup.input.descriptor));
  std::unique_ptr<PdfSource> source;
  DOCMILL_CHECK(guard_qpdf(setup.input.name, trouble_with(setup.input.name), [&] {
    source = std::make_unique<PdfSource>(setup.input.name, std::move(file),
                                         std::string(setup.options.at("password").as_string()));
  }));
  const auto pages = source->pages().size();
  if (pages != static_cast<std::size_t>(setup.document.page_count())) {
    return fail(ErrorCode::unreadable,
                "the PDF '" + setup.input.name + "' is too damaged to be written again: " + std::to_string(pages) +
                    " of its " + std::to_string(setup.document.page_count()) + " pages can be found");
  }
  if (options.splits() && !options.decrypt && source->pdf().isEncrypted()) {
    return fail(ErrorCode::encrypted,
                "the PDF '" + setup.input.name + "' is encrypted, and its pieces would not be: --decrypt allows that");
  }
  return std::unique_ptr<PdfTools>(new PdfTools(setup, options, std::move(source)));
}

Status PdfTools::finish(RecordMembers& record) {
  DOCMILL_CHECK(
      guard_qpdf(name_, trouble_with(name_), [&] { return options_.splits() ? write_pieces() : write_whole(); }));
  source_->close();  // its objects and those of the inspection would be too many at once
  report(record);
  return {};
}

Status PdfTools::write_whole() {
  auto& pdf = source_->pdf();
  if (kept_.size() != source_->pages().size()) keep_pages(*source_, kept_);
  DOCMILL_TRY(descriptor, context_.artifact("pdf"));
  Output output(descriptor, "output pdf of '" + name_ + "'");
  const WriteStyle style{.linearize = options_.linearize, .keep_encryption = !options_.decrypt};
  DOCMILL_CHECK(write_document(pdf, style, [&](std::string_view bytes) { return output.write(bytes); }));
  return output.flush();
}

Status PdfTools::write_pieces() {
  const int count = static_cast<int>(kept_.size());
  std::size_t pieces = 0;
  std::size_t since_reading = 0;
  int finished = 0;
  while (finished < count) {
    context_.progress(count, finished, kept_[static_cast<std::size_t>(finished)], 0);
    if (since_reading >= pages_between_readings) {
      source_->reopen();
      since_reading = 0;
    }
    if (++pieces > most_pieces) {
      return fail(ErrorCode::too_large, "'" + name_ + "' would be split into more than " + std::to_string(most_pieces) +
                                            " files: allow larger ones");
    }
    const auto piece = next_piece(static_cast<std::size_t>(finished));
    DOCMILL_CHECK(put_piece(piece));
    finished += static_cast<int>(piece.size());
    since_reading += piece.size();
  }
  return {};
}

// As many pages from `begin` on as the options allow, one at least.
Piece PdfTools::next_piece(std::size_t begin) {
  const auto rest = kept_.size() - begin;
  const auto most = options_.split_pages > 0 ? std::min(rest, static_cast<std::size_t>(options_.split_pages)) : rest;
  const auto first = kept_.begin() + static_cast<std::ptrdiff_t>(begin);
  Piece piece;
  if (options_.split_size == 0) {
    piece.assign(first, first + static_cast<std::ptrdiff_t>(most));
    return piece;
  }
  std::set<QPDFObjGen> seen;
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < most; ++i) {
    size += estimate_page(*source_, first[static_cast<std::ptrdiff_t>(i)], seen);
    if (i > 0 && size > options_.split_size) break;
    piece.push_back(first[static_cast<std::ptrdiff_t>(i)]);
  }
  // The estimate may be too low: what counts is what is written.
  const WriteStyle style{.linearize = options_.linearize};
  while ((size = size_of_piece(*source_, piece, style)) > options_.split_size && piece.size() > 1) {
    piece.resize(std::max<std::size_t>(1, std::min(piece.size() - 1, piece.size() * options_.split_size / size)));
  }
  if (size > options_.split_size) oversized_.push_back(piece.front());
  return piece;
}

Status PdfTools::put_piece(const Piece& piece) {
  const auto artifact = piece_name(piece, static_cast<int>(source_->pages().size()));
  DOCMILL_TRY(descriptor, context_.artifact(artifact));
  Output output(descriptor, "output " + artifact + " of '" + name_ + "'");
  const WriteStyle style{.linearize = options_.linearize};
  DOCMILL_CHECK(write_piece(*source_, piece, style, [&](std::string_view bytes) { return output.write(bytes); }));
  return output.flush();
}

// What was wrong, and what is lost by writing anew.
void PdfTools::report(RecordMembers& record) const {
  json::object tools;
  const auto facts = inspect_pdf(source_->bytes(), source_->password());
  if (facts) {
    tools = damage_of(*facts);
    if (!facts->signatures.empty()) tools["broken_signatures"] = signatures_of(*facts);
  }
  if (!oversized_.empty()) tools["oversized_pages"] = json::array(oversized_.begin(), oversized_.end());
  record.add("pdf_tools", json::serialize(tools));
}

}  // namespace docmill::preprocessing
