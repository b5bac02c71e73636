#include "processors/ocr/ghostscript.hpp"

#include <lcms2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <memory>
#include <qpdf/QUtil.hh>
#include <system_error>
#include <vector>

#include "core/program.hpp"

namespace docmill::ocr {
namespace {

namespace fs = std::filesystem;

// A directory that goes with its owner, beside the file `near` if that lies in one: there is room for files. Those of
// processes that were killed go when the next one is made there.
class TemporaryDirectory {
 public:
  explicit TemporaryDirectory(int near) {
    std::error_code error;
    const auto file = fs::read_symlink("/proc/self/fd/" + std::to_string(near), error);
    auto parent = file.parent_path();
    const bool is_in_memory = file.string().starts_with("/memfd:");
    if (error || is_in_memory || !fs::is_directory(parent, error) || ::access(parent.c_str(), W_OK) != 0) {
      parent = fs::temp_directory_path(error);
    }
    sweep(parent);
    path_ = (parent / (std::string(prefix) + std::to_string(::getpid()))).string();
    fs::remove_all(path_, error);
    if (::mkdir(path_.c_str(), S_IRWXU) != 0) path_.clear();
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }  // empty: it could not be made

 private:
  static constexpr std::string_view prefix = "docmill-ghostscript-";  // and the number of the process

  static void sweep(const fs::path& parent) {
    std::error_code error;
    for (fs::directory_iterator entries(parent, error), end; !error && entries != end; entries.increment(error)) {
      const auto name = entries->path().filename().string();
      if (!name.starts_with(prefix)) continue;
      std::error_code ignored;
      if (!fs::exists("/proc/" + name.substr(prefix.size()), ignored)) fs::remove_all(entries->path(), ignored);
    }
  }

  std::string path_;
};

struct ProfileCloser {
  void operator()(void* profile) const { cmsCloseProfile(profile); }
};

// The ICC profile of sRGB.
std::string srgb_profile() {
  const std::unique_ptr<void, ProfileCloser> profile(cmsCreate_sRGBProfile());
  cmsUInt32Number size = 0;
  cmsSaveProfileToMem(profile.get(), nullptr, &size);
  std::string bytes(size, '\0');
  cmsSaveProfileToMem(profile.get(), bytes.data(), &size);
  return bytes;
}

// What tells pdfwrite for which output the colours are meant (ISO 19005-2, 6.2.3), in PostScript.
std::string output_intent() {
  return "[/_objdef {docmill_profile} /type /stream /OBJ pdfmark "
         "[{docmill_profile} << /N 3 >> /PUT pdfmark "
         "[{docmill_profile} <" +
         QUtil::hex_encode(srgb_profile()) +
         "> /PUT pdfmark "
         "[/_objdef {docmill_intent} /type /dict /OBJ pdfmark "
         "[{docmill_intent} << /Type /OutputIntent /S /GTS_PDFA1 /DestOutputProfile {docmill_profile} "
         "/OutputConditionIdentifier (sRGB) /Info (sRGB) >> /PUT pdfmark "
         "[{Catalog} << /OutputIntents [{docmill_intent}] >> /PUT pdfmark";
}

std::vector<std::string> command_of(const std::string& program) {
  return {program, "-dBATCH", "-dNOPAUSE", "-dSAFER", "-sDEVICE=pdfwrite", "-dCompatibilityLevel=1.7", "-dPDFA=2",
          "-dPDFACompatibilityPolicy=1", "-sColorConversionStrategy=UseDeviceIndependentColor",
          "-dAutoRotatePages=/None",
          // Pixels stay as they are: JPEG is passed through, all else is packed without loss.
          "-dDownsampleColorImages=false", "-dDownsampleGrayImages=false", "-dDownsampleMonoImages=false",
          "-dAutoFilterColorImages=false", "-dAutoFilterGrayImages=false", "-dColorImageFilter=/FlateEncode",
          "-dGrayImageFilter=/FlateEncode", "-dMonoImageFilter=/CCITTFaxEncode", "-sOutputFile=/proc/self/fd/4", "-c",
          output_intent(), "-f", "/proc/self/fd/3"};
}

// "Page 12"
void tell_page(std::string_view line, const std::function<void(int)>& on_page) {
  constexpr std::string_view word = "Page ";
  if (!line.starts_with(word)) return;
  int number = 0;
  const auto [end, error] = std::from_chars(line.data() + word.size(), line.data() + line.size(), number);
  if (error == std::errc() && end == line.data() + line.size()) on_page(number);
}

// Its last line, which says most.
std::string last_words(std::string_view output) {
  while (!output.empty() && (output.back() == '\n' || output.back() == ' ')) output.remove_suffix(1);
  const auto line = output.rfind('\n');
  return std::string(line == std::string_view::npos ? output : output.substr(line + 1));
}

}  // namespace

std::string find_ghostscript() { return find_program("gs"); }

Status convert_to_pdfa(int input, int output, const std::string& name, const std::function<void(int)>& on_page) {
  const auto program = find_ghostscript();
  if (program.empty()) {
    return fail(ErrorCode::invalid_option,
                "PDF/A needs Ghostscript, and there is no gs in $PATH; install the package ghostscript");
  }
  const TemporaryDirectory temporary(output);
  if (temporary.path().empty()) {
    return fail(ErrorCode::output_unavailable, "no directory can be made for Ghostscript's temporary files: " +
                                                   std::generic_category().message(errno));
  }
  const auto answer =
      run_program(command_of(program), {.descriptors = {input, output},
                                        .environment = {"TMPDIR=" + temporary.path(), "LC_ALL=C"},
                                        .on_line = [&](std::string_view line) { tell_page(line, on_page); }});
  struct stat made{};
  if (answer.status == 0 && ::fstat(output, &made) == 0 && made.st_size > 0) return {};
  const auto words = last_words(answer.output);
  return fail(ErrorCode::unreadable, "Ghostscript cannot make PDF/A of '" + name + "'" +
                                         (words.empty() ? " and does not say why" : ": " + words));
}

}  // namespace docmill::ocr
