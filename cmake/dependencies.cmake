# Every library that docmill links, from Debian's packages (tools/setup.sh installs them).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(tl-expected REQUIRED)

pkg_check_modules(LEPTONICA REQUIRED IMPORTED_TARGET lept)
pkg_check_modules(JPEG REQUIRED IMPORTED_TARGET libjpeg)
pkg_check_modules(TIFF REQUIRED IMPORTED_TARGET libtiff-4)
pkg_check_modules(PUGIXML REQUIRED IMPORTED_TARGET pugixml)
pkg_check_modules(POPPLER REQUIRED IMPORTED_TARGET poppler-cpp)
pkg_check_modules(QPDF REQUIRED IMPORTED_TARGET libqpdf)
pkg_check_modules(TESSERACT REQUIRED IMPORTED_TARGET tesseract)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)

find_library(MAGIC_LIBRARY magic REQUIRED)
# Not by pkg-config: its macro for file offsets would keep GCC from using the precompiled header.
find_library(HIREDIS_LIBRARY hiredis REQUIRED)

add_library(docmill_document_libraries INTERFACE)
target_link_libraries(docmill_document_libraries INTERFACE
  PkgConfig::JPEG PkgConfig::LEPTONICA PkgConfig::POPPLER PkgConfig::PUGIXML PkgConfig::QPDF PkgConfig::TIFF
  ${MAGIC_LIBRARY})
# qpdf asks which of its pointer types are meant: std::shared_ptr everywhere.
target_compile_definitions(docmill_document_libraries INTERFACE POINTERHOLDER_TRANSITION=4)

add_library(docmill_ocr_libraries INTERFACE)
pkg_check_modules(LCMS REQUIRED IMPORTED_TARGET lcms2)
target_link_libraries(docmill_ocr_libraries INTERFACE PkgConfig::TESSERACT PkgConfig::LCMS)

# The formats that are text: zips and XML, HTML, Markdown, mail, and what encoding they are in.
pkg_check_modules(ICU REQUIRED IMPORTED_TARGET icu-uc icu-i18n)
pkg_check_modules(ARCHIVE REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(XML2 REQUIRED IMPORTED_TARGET libxml-2.0)
pkg_check_modules(GMIME REQUIRED IMPORTED_TARGET gmime-3.0)
# Its macro for file offsets, which g++ defines itself, would keep GCC from using the precompiled headers.
set_property(TARGET PkgConfig::GMIME PROPERTY INTERFACE_COMPILE_OPTIONS "")
pkg_check_modules(UCHARDET REQUIRED IMPORTED_TARGET uchardet)
pkg_check_modules(MD4C REQUIRED IMPORTED_TARGET md4c)

add_library(docmill_text_libraries INTERFACE)
target_link_libraries(docmill_text_libraries INTERFACE PkgConfig::ICU PkgConfig::ARCHIVE PkgConfig::PUGIXML
  PkgConfig::XML2 PkgConfig::GMIME PkgConfig::UCHARDET PkgConfig::MD4C)

# The text side of the document half: Unicode's rules, languages, stems.
find_library(CLD2_LIBRARY cld2 REQUIRED)
find_library(STEMMER_LIBRARY stemmer REQUIRED)
find_library(RE2_LIBRARY re2 REQUIRED)
pkg_check_modules(ZXING REQUIRED IMPORTED_TARGET zxing)
pkg_check_modules(FASTTEXT REQUIRED IMPORTED_TARGET fasttext)

add_library(docmill_nlp_libraries INTERFACE)
target_link_libraries(docmill_nlp_libraries INTERFACE PkgConfig::ICU PkgConfig::ZXING PkgConfig::FASTTEXT ${CLD2_LIBRARY} ${STEMMER_LIBRARY} ${RE2_LIBRARY}
  Boost::headers)

# Asio is compiled once (src/runtime/asio.cpp), not in every translation unit.
add_library(docmill_asio INTERFACE)
target_link_libraries(docmill_asio INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(docmill_asio INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
