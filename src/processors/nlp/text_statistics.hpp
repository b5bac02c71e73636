// Counts and readability of a text.
#pragma once

#include "processors/nlp/analysis.hpp"

namespace docmill::nlp {

// Readability is told for texts of at least 30 words in an alphabet; the formula of its language where one is
// published:
//   flesch_reading_ease     en  Flesch, "A new readability yardstick", 1948
//   flesch_kincaid_grade    en  Kincaid et al., 1975 (US school grade)
//   amstad                  de  Flesch for German, Amstad, "Wie verständlich sind unsere Zeitungen?", 1978
//   wiener_sachtextformel   de  first formula, Bamberger and Vanecek, 1984 (school grade, 4 easy … 15 hard)
//   kandel_moles            fr  Flesch for French, Kandel and Moles, 1958
//   fernandez_huerta        es  Flesch for Spanish, Fernández Huerta, 1959
//   lix                     all Björnsson, "Läsbarhet", 1968 (below 30 very easy, over 60 very hard)
Statistics measure(const Analysis& analysis);

}  // namespace docmill::nlp
