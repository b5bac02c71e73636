#include "worker/licences.hpp"

#include <archive.h>
#include <cld2/public/compact_lang_det.h>
#include <gmime/gmime.h>
#include <leptonica/allheaders.h>
#include <libxml/xmlversion.h>
#include <magic.h>
#include <poppler-version.h>
#include <qpdf/qpdf-c.h>
#include <tesseract/baseapi.h>
#include <unicode/uversion.h>
#include <pugixml.hpp>

#include <array>
#include <boost/version.hpp>

#include "docmill_version.hpp"

namespace docmill {
namespace {

std::string leptonica_version() {
  char* text = getLeptonicaVersion();
  std::string version = text != nullptr ? text : "leptonica";
  lept_free(text);
  return version.substr(version.find('-') + 1);
}

std::string boost_version() {
  return std::to_string(BOOST_VERSION / 100'000) + "." + std::to_string(BOOST_VERSION / 100 % 1000);
}

std::string magic_version_text() {
  return std::to_string(magic_version() / 100) + "." + std::to_string(magic_version() % 100);
}

std::string gmime_version() {
  return std::to_string(GMIME_MAJOR_VERSION) + "." + std::to_string(GMIME_MINOR_VERSION) + "." +
         std::to_string(GMIME_MICRO_VERSION);
}

}  // namespace

std::string licences() {
  struct Library {
    std::string name;
    std::string version;
    std::string licence;
  };
  const std::array libraries{
      Library{"Poppler", poppler::version_string(), "GPL-2.0 or GPL-3.0"},
      Library{"qpdf", qpdf_get_qpdf_version(), "Apache-2.0"},
      Library{"Tesseract", tesseract::TessBaseAPI::Version(), "Apache-2.0"},
      Library{"leptonica", leptonica_version(), "BSD-2-Clause"},
      Library{"libmagic", magic_version_text(), "BSD-2-Clause"},
      Library{"ICU", U_ICU_VERSION, "Unicode-DFS-2016"},
      Library{"CLD2", CLD2::DetectLanguageVersion(), "Apache-2.0"},
      Library{"Little CMS", "", "MIT"},
      Library{"fastText", "", "MIT"},
      Library{"libstemmer", "", "BSD-3-Clause"},
      Library{"RE2", "", "BSD-3-Clause"},
      Library{"libarchive", ARCHIVE_VERSION_ONLY_STRING, "BSD-2-Clause"},
      Library{"pugixml", std::to_string(PUGIXML_VERSION / 1000) + "." + std::to_string(PUGIXML_VERSION % 1000 / 10),
              "MIT"},
      Library{"libxml2", LIBXML_DOTTED_VERSION, "MIT"},
      Library{"md4c", "", "MIT"},
      Library{"GMime", gmime_version(), "LGPL-2.1-or-later"},
      Library{"uchardet", "", "MPL-1.1, GPL-2.0-or-later or LGPL-2.1-or-later"},
      Library{"ZXing-C++", "", "Apache-2.0"},
      Library{"Boost.JSON", boost_version(), "BSL-1.0"},
      Library{"model of names", "",
              "CC-BY-SA-4.0; made from WikiGold, WNUT 2017, Universal NER, Wikipedia, GeoNames, faker"},
  };
  std::string text =
      "docmill-worker " DOCMILL_VERSION
      "\n\n"
      "The source of docmill is under the Apache License 2.0. This executable links Poppler and is therefore "
      "distributed\n"
      "under the GNU General Public License, version 2 or later; in combination with code under the Apache License "
      "2.0\n"
      "that is version 3. Whoever passes it on must offer the source of the whole under the same terms. It comes with\n"
      "ABSOLUTELY NO WARRANTY. The program `docmill` links none of these document libraries and stays under the "
      "Apache\n"
      "License 2.0.\n\n"
      "Libraries in use:\n";
  for (const auto& library : libraries) {
    text +=
        "  " + library.name + (library.version.empty() ? "" : " " + library.version) + " (" + library.licence + ")\n";
  }
  return text;
}

}  // namespace docmill
