#include "core/language.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

#include "core/options.hpp"

namespace docmill {
namespace {

struct Language {
  std::string_view iso;    // ISO 639-1; empty: there is none
  std::string_view model;  // Tesseract's name, mostly ISO 639-2/T; Debian's package is tesseract-ocr-<it, _ as ->
};

constexpr std::array languages_known{
    Language{"af", "afr"},    Language{"am", "amh"},        Language{"ar", "ara"},     Language{"as", "asm"},
    Language{"az", "aze"},    Language{"be", "bel"},        Language{"bn", "ben"},     Language{"bo", "bod"},
    Language{"bs", "bos"},    Language{"br", "bre"},        Language{"bg", "bul"},     Language{"ca", "cat"},
    Language{"", "ceb"},      Language{"cs", "ces"},        Language{"", "chi_sim"},   Language{"", "chi_sim_vert"},
    Language{"", "chi_tra"},  Language{"", "chi_tra_vert"}, Language{"zh", "chi_sim"}, Language{"", "chr"},
    Language{"co", "cos"},    Language{"cy", "cym"},        Language{"da", "dan"},     Language{"de", "deu"},
    Language{"dv", "div"},    Language{"dz", "dzo"},        Language{"el", "ell"},     Language{"en", "eng"},
    Language{"", "enm"},      Language{"eo", "epo"},        Language{"et", "est"},     Language{"eu", "eus"},
    Language{"fo", "fao"},    Language{"fa", "fas"},        Language{"", "fil"},       Language{"fi", "fin"},
    Language{"fr", "fra"},    Language{"", "frk"},          Language{"", "frm"},       Language{"fy", "fry"},
    Language{"gd", "gla"},    Language{"ga", "gle"},        Language{"gl", "glg"},     Language{"", "grc"},
    Language{"gu", "guj"},    Language{"ht", "hat"},        Language{"he", "heb"},     Language{"hi", "hin"},
    Language{"hr", "hrv"},    Language{"hu", "hun"},        Language{"hy", "hye"},     Language{"iu", "iku"},
    Language{"id", "ind"},    Language{"is", "isl"},        Language{"it", "ita"},     Language{"jv", "jav"},
    Language{"ja", "jpn"},    Language{"", "jpn_vert"},     Language{"kn", "kan"},     Language{"ka", "kat"},
    Language{"kk", "kaz"},    Language{"km", "khm"},        Language{"ky", "kir"},     Language{"", "kmr"},
    Language{"ko", "kor"},    Language{"lo", "lao"},        Language{"la", "lat"},     Language{"lv", "lav"},
    Language{"lt", "lit"},    Language{"lb", "ltz"},        Language{"ml", "mal"},     Language{"mr", "mar"},
    Language{"mk", "mkd"},    Language{"mt", "mlt"},        Language{"mn", "mon"},     Language{"mi", "mri"},
    Language{"ms", "msa"},    Language{"my", "mya"},        Language{"ne", "nep"},     Language{"nl", "nld"},
    Language{"no", "nor"},    Language{"nb", "nor"},        Language{"oc", "oci"},     Language{"or", "ori"},
    Language{"pa", "pan"},    Language{"pl", "pol"},        Language{"pt", "por"},     Language{"ps", "pus"},
    Language{"qu", "que"},    Language{"ro", "ron"},        Language{"ru", "rus"},     Language{"sa", "san"},
    Language{"si", "sin"},    Language{"sk", "slk"},        Language{"sl", "slv"},     Language{"sd", "snd"},
    Language{"es", "spa"},    Language{"sq", "sqi"},        Language{"sr", "srp"},     Language{"", "srp_latn"},
    Language{"su", "sun"},    Language{"sw", "swa"},        Language{"sv", "swe"},     Language{"", "syr"},
    Language{"ta", "tam"},    Language{"tt", "tat"},        Language{"te", "tel"},     Language{"tg", "tgk"},
    Language{"th", "tha"},    Language{"ti", "tir"},        Language{"to", "ton"},     Language{"tr", "tur"},
    Language{"ug", "uig"},    Language{"uk", "ukr"},        Language{"ur", "urd"},     Language{"uz", "uzb"},
    Language{"vi", "vie"},    Language{"yi", "yid"},        Language{"yo", "yor"},     Language{"", "aze_cyrl"},
    Language{"", "ita_old"},  Language{"", "kat_old"},      Language{"", "kor_vert"},  Language{"", "spa_old"},
    Language{"", "uzb_cyrl"}, Language{"ku", "kmr"},        Language{"tl", "fil"},
};

// ISO 639-2/B, where it differs from the model's name and people still write it.
constexpr std::array bibliographic{
    Language{"ger", "deu"}, Language{"fre", "fra"}, Language{"dut", "nld"}, Language{"gre", "ell"},
    Language{"cze", "ces"}, Language{"slo", "slk"}, Language{"rum", "ron"}, Language{"chi", "chi_sim"},
    Language{"per", "fas"}, Language{"alb", "sqi"}, Language{"arm", "hye"}, Language{"baq", "eus"},
    Language{"geo", "kat"}, Language{"ice", "isl"}, Language{"mac", "mkd"}, Language{"may", "msa"},
    Language{"wel", "cym"}, Language{"bur", "mya"}, Language{"tib", "bod"},
};

const Language* find(std::span<const Language> table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const Language& language) {
    return name == language.model || (!language.iso.empty() && name == language.iso);
  });
  return found == table.end() ? nullptr : &*found;
}

// Tesseract's own names may hold a folder: "script/Latin".
bool is_a_name(std::string_view text) {
  return !text.empty() && text.front() != '/' && text.find("..") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-' || c == '/'; });
}

std::string package_of(std::string_view model) {
  std::string package = "tesseract-ocr-" + std::string(model);
  std::replace(package.begin(), package.end(), '_', '-');
  return package;
}

std::string meant_model(std::string_view model) {
  std::vector<std::string_view> names;
  for (const auto& language : languages_known) names.push_back(language.model);
  return meant(model, names);
}

Result<std::string> model_of(std::string_view name) {
  if (name.empty()) return fail(ErrorCode::invalid_option, "it names no language; for example: en, eng, eng+deu");
  if (!is_a_name(name)) {
    return fail(ErrorCode::invalid_option,
                "'" + std::string(name) + "' is no name of a language; for example: en, eng, eng+deu");
  }
  std::string folded(name);
  std::transform(folded.begin(), folded.end(), folded.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (const auto* language = find(languages_known, folded)) return std::string(language->model);
  if (const auto* language = find(bibliographic, folded)) return std::string(language->model);
  return std::string(name);  // perhaps a model that somebody trained: the engine will tell
}

}  // namespace

Result<std::vector<std::string>> engine_languages(std::string_view languages) {
  std::vector<std::string> models;
  std::size_t begin = 0;
  while (begin <= languages.size()) {
    const auto end = std::min(languages.find_first_of("+,", begin), languages.size());
    DOCMILL_TRY(model, model_of(languages.substr(begin, end - begin)));
    if (std::find(models.begin(), models.end(), model) == models.end()) models.push_back(std::move(model));
    begin = end + 1;
  }
  return models;
}

Status check_known_languages(const std::vector<std::string>& models) {
  for (const auto& model : models) {
    if (find(languages_known, model) != nullptr) continue;
    return fail(ErrorCode::invalid_option, "no language is called '" + model + "'" + meant_model(model));
  }
  return {};
}

Error missing_language(std::string_view model, std::string_view directory) {
  if (find(languages_known, model) != nullptr) {
    return fail(
        ErrorCode::invalid_option,
        "language '" + std::string(model) + "' is not installed on this machine: apt-get install " + package_of(model));
  }
  return fail(ErrorCode::invalid_option, "no language is called '" + std::string(model) + "', and " +
                                             std::string(directory) + " has no model of that name" +
                                             meant_model(model));
}

}  // namespace docmill
