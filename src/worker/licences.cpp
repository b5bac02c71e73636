#include "worker/licences.hpp"

#include <leptonica/allheaders.h>
#include <magic.h>
#include <poppler-version.h>
#include <qpdf/qpdf-c.h>
#include <tesseract/baseapi.h>

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
      Library{"Boost.JSON", boost_version(), "BSL-1.0"},
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
    text += "  " + library.name + " " + library.version + " (" + library.licence + ")\n";
  }
  return text;
}

}  // namespace docmill
