// The limits that documents of every type are held to, and what is said when one is passed.
#pragma once

#include <cstdint>
#include <string>

#include "core/result.hpp"

namespace docmill {

// Without a limit of the user's: more than this no library of ours can address.
inline constexpr std::uint64_t most_pixels = 500'000'000;

inline std::uint64_t pixel_limit(std::uint64_t max_pixels) {
  return max_pixels == 0 || max_pixels > most_pixels ? most_pixels : max_pixels;
}

// too_large when `width` x `height` is over `max_pixels` (0: most_pixels).
inline Status check_pixels(std::uint64_t width, std::uint64_t height, std::uint64_t max_pixels) {
  const auto limit = pixel_limit(max_pixels);
  if (width <= limit && height <= limit && width * height <= limit) return {};
  return fail(ErrorCode::too_large, "The page is an image of " + std::to_string(width) + " x " +
                                        std::to_string(height) + " pixels; at most " + std::to_string(limit) +
                                        " pixels are allowed.");
}

// too_large when there are more than `max_pages` (0: no limit).
inline Status check_page_count(int page_count, int max_pages) {
  if (max_pages == 0 || page_count <= max_pages) return {};
  return fail(ErrorCode::too_large, "The document has " + std::to_string(page_count) + " pages; at most " +
                                        std::to_string(max_pages) + " are allowed.");
}

inline Error no_such_page(int number, int page_count) {
  return fail(ErrorCode::invalid_option,
              "There is no page " + std::to_string(number) + "; the document has " + std::to_string(page_count) + ".");
}

}  // namespace docmill
