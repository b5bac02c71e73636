// Engine: Tesseract with its models loaded. One page at a time; not thread-safe. Works in one thread of its own: the
// processes are the parallelism.
#pragma once

#include <compare>
#include <memory>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "documents/image.hpp"
#include "documents/text_page.hpp"

namespace docmill::ocr {

class TesseractApi;

// What an engine is opened with.
struct EngineSetup {
  std::vector<std::string> languages;  // models' names, the preferred first
  int mode = 3;                        // Tesseract's engine mode; 3 is 1, the neural network
  std::string user_words;              // one a line, as Tesseract's files of that name have them
  std::string user_patterns;

  auto operator<=>(const EngineSetup&) const = default;
};

struct Recognition {
  std::vector<Block> blocks;  // in pixels of the image that was recognised; without text: none
  int rotation = 0;           // degrees clockwise that the image must be turned for its text to be upright
};

class Engine {
 public:
  // Reads the models from TESSDATA_PREFIX or Tesseract's own directory.
  //   invalid_option: a language that is not installed, or that nobody knows, or whose model has not this mode
  static Result<std::unique_ptr<Engine>> open(const EngineSetup& setup);

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  // `image`: 8-bit gray or 1-bit with its dpi set. `segmentation_mode`: Tesseract's page segmentation mode.
  //   unreadable: too small or too large for the engine · internal: the engine failed
  Result<Recognition> recognise(const Image& image, int segmentation_mode);

  // Which Tesseract this is with which models: version, and per model file its size and time of modification.
  const std::string& identity() const { return identity_; }

 private:
  Engine(std::unique_ptr<TesseractApi> api, std::string identity);

  const std::unique_ptr<TesseractApi> api_;
  const std::string identity_;
};

// Models that open() would find, by name: sorted, without those that are no language. Empty: none, or no directory.
std::vector<std::string> installed_languages();

// The engine of this kind, opened at the first call and kept as long as the process lives: what a fork server
// opens, its forks share. The one exception to "no globals", because a fork shares nothing else.
Result<Engine*> shared_engine(const EngineSetup& setup);

}  // namespace docmill::ocr
