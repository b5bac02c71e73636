#include "processors/ocr/engine.hpp"

#include <dlfcn.h>
#include <leptonica/allheaders.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <new>
#include <utility>

#include "core/descriptor.hpp"
#include "core/language.hpp"
#include "processors/ocr/recognition_tree.hpp"
#include "processors/one_thread.hpp"

// Tesseract packs the pixels of each line, as PNG, and unpacks them again for the network: 3 % of a page's time. What
// it calls for that comes before leptonica's own, as the calls of one_thread.cpp do, and packs in leptonica's format
// without compression, which is unpacked by the same call. Nothing else asks for a PNG in this way: we call
// pixWriteMemPng().
extern "C" l_ok pixWriteMem(l_uint8** data, size_t* size, Pix* pix, l_int32 format) {
  if (format == IFF_PNG) return pixWriteMemSpix(data, size, pix);
  static auto* const next = reinterpret_cast<decltype(&pixWriteMem)>(::dlsym(RTLD_NEXT, "pixWriteMem"));
  return next(data, size, pix, format);
}

namespace docmill::ocr {
namespace {

std::string joined(const std::vector<std::string>& languages) {
  std::string names;
  for (const auto& language : languages) names.append(names.empty() ? "" : "+").append(language);
  return names;
}

// Tesseract goes on with the models that it finds, as long as it finds one, and names one as loaded that it did not
// find; we do neither.
Status check_loaded(const tesseract::TessBaseAPI& api, const std::vector<std::string>& languages,
                    const std::string& directory) {
  std::vector<std::string> loaded;
  api.GetLoadedLanguagesAsVector(&loaded);
  for (const auto& language : languages) {
    const auto path = directory + language + ".traineddata";
    if (::access(path.c_str(), R_OK) != 0) return missing_language(language, directory);
    if (std::find(loaded.begin(), loaded.end(), language) != loaded.end()) continue;
    return fail(ErrorCode::invalid_option, "the model of language '" + language + "', " + path +
                                               ", cannot be used: it is damaged, or has no neural network");
  }
  return {};
}

// Where the models are; ends in '/'.
std::string model_directory(tesseract::TessBaseAPI& api) {
  std::string directory = api.GetDatapath();
  if (!directory.ends_with('/')) directory += '/';
  return directory;
}

// "eng 15400601 1700000000.0": a file that is exchanged later is another.
std::string identity_of_model(const std::string& directory, const std::string& name) {
  struct stat file{};
  if (::stat((directory + name + ".traineddata").c_str(), &file) != 0) return name + " -";
  return name + ' ' + std::to_string(file.st_size) + ' ' + std::to_string(file.st_mtim.tv_sec) + '.' +
         std::to_string(file.st_mtim.tv_nsec);
}

std::string identity_of(const std::vector<std::string>& languages, const std::string& directory) {
  std::string identity = tesseract::TessBaseAPI::Version();
  for (const auto& language : languages) identity += '\n' + identity_of_model(directory, language);
  return identity + '\n' + identity_of_model(directory, "osd");  // it looks for the way up
}

// Text that Tesseract, which wants the name of a file, reads while it is set up.
class UserFile {
 public:
  explicit UserFile(const std::string& text) {
    if (text.empty()) return;
    file_ = Descriptor(::memfd_create("docmill", MFD_CLOEXEC));
    if (!file_ || ::write(file_.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      throw std::bad_alloc();
    }
  }
  explicit operator bool() const { return static_cast<bool>(file_); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(file_.get()); }

 private:
  Descriptor file_;
};

}  // namespace

Engine::Engine(std::unique_ptr<TesseractApi> api, std::string identity)
    : api_(std::move(api)), identity_(std::move(identity)) {}

Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::open(const EngineSetup& setup) {
  use_one_thread();
  auto api = std::make_unique<TesseractApi>();
  api->SetVariable("debug_file", "/dev/null");  // what it has to say goes to no log of ours
  const UserFile words(setup.user_words);
  const UserFile patterns(setup.user_patterns);
  std::vector<std::string> names;
  std::vector<std::string> values;
  const auto name_file = [&](const char* variable, const UserFile& file) {
    if (!file) return;
    names.emplace_back(variable);
    values.push_back(file.path());
  };
  name_file("user_words_file", words);
  name_file("user_patterns_file", patterns);
  const auto mode = setup.mode == 3 ? tesseract::OEM_LSTM_ONLY : static_cast<tesseract::OcrEngineMode>(setup.mode);
  const auto languages = joined(setup.languages);
  const int failed = api->Init(nullptr, languages.c_str(), mode, nullptr, 0, &names, &values, false);
  DOCMILL_CHECK(check_loaded(*api, setup.languages, model_directory(*api)));
  if (failed != 0 && mode != tesseract::OEM_LSTM_ONLY) {
    return fail(ErrorCode::invalid_option, "the models of " + languages + " have no engine of mode " +
                                               std::to_string(setup.mode) + ", or not it alone; 1 and 3 work with all");
  }
  if (failed != 0) return fail(ErrorCode::internal, "the recogniser cannot be set up for " + languages);
  auto identity = identity_of(setup.languages, model_directory(*api));
  return std::unique_ptr<Engine>(new Engine(std::move(api), std::move(identity)));
}

std::vector<std::string> installed_languages() {
  tesseract::TessBaseAPI api;
  api.SetVariable("debug_file", "/dev/null");
  // Where the models are is settled before the first one is looked for; so one that is not there costs the least.
  static_cast<void>(api.Init(nullptr, "no-such-model", tesseract::OEM_LSTM_ONLY));
  std::vector<std::string> languages;
  api.GetAvailableLanguagesAsVector(&languages);
  std::erase_if(languages, [](const std::string& model) { return model == "osd" || model == "equ"; });
  std::sort(languages.begin(), languages.end());
  return languages;
}

Result<Recognition> Engine::recognise(const Image& image, int segmentation_mode) {
  api_->SetPageSegMode(static_cast<tesseract::PageSegMode>(segmentation_mode));
  api_->SetImage(image.pix());
  Recognition recognition;
  const int failed = api_->Recognize(nullptr);
  if (failed == 0) recognition = read_recognition(*api_);
  api_->Clear();  // the pixels and the result; the models stay
  if (failed != 0) {
    return fail(ErrorCode::internal, "the recogniser failed on an image of " + std::to_string(image.width()) + " x " +
                                         std::to_string(image.height()) + " pixels");
  }
  return recognition;
}

Result<Engine*> shared_engine(const EngineSetup& setup) {
  static std::map<EngineSetup, std::unique_ptr<Engine>> engines;
  const auto found = engines.find(setup);
  if (found != engines.end()) return found->second.get();
  DOCMILL_TRY(engine, Engine::open(setup));
  return engines.emplace(setup, std::move(engine)).first->second.get();
}

}  // namespace docmill::ocr
