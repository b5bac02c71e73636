#include "processors/ocr/engine.hpp"

#include <leptonica/allheaders.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <utility>

#include "core/language.hpp"
#include "processors/ocr/recognition_tree.hpp"
#include "processors/one_thread.hpp"

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

}  // namespace

Engine::Engine(std::unique_ptr<TesseractApi> api) : api_(std::move(api)) {}

Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::open(const std::vector<std::string>& languages) {
  use_one_thread();
  auto api = std::make_unique<TesseractApi>();
  api->SetVariable("debug_file", "/dev/null");  // what it has to say goes to no log of ours
  const int failed = api->Init(nullptr, joined(languages).c_str(), tesseract::OEM_LSTM_ONLY);
  DOCMILL_CHECK(check_loaded(*api, languages, model_directory(*api)));
  if (failed != 0) return fail(ErrorCode::internal, "the recogniser cannot be set up for " + joined(languages));
  return std::unique_ptr<Engine>(new Engine(std::move(api)));
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

Result<Engine*> shared_engine(const std::vector<std::string>& languages) {
  static std::map<std::vector<std::string>, std::unique_ptr<Engine>> engines;
  const auto found = engines.find(languages);
  if (found != engines.end()) return found->second.get();
  DOCMILL_TRY(engine, Engine::open(languages));
  return engines.emplace(languages, std::move(engine)).first->second.get();
}

}  // namespace docmill::ocr
