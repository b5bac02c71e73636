// For tests that recognise: the engine that they share.
#pragma once

#include <gtest/gtest.h>

#include "processors/ocr/engine.hpp"

namespace docmill::ocr {

inline constexpr int automatic_segmentation = 3;

inline Engine& english() {
  EngineSetup setup;
  setup.languages = {"eng"};
  const auto engine = shared_engine(setup);
  EXPECT_TRUE(engine) << engine.error().message;
  return **engine;
}

}  // namespace docmill::ocr
