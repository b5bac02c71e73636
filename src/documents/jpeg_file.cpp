#include "documents/jpeg_file.hpp"

// jpeglib.h needs FILE and size_t declared before it.
#include <cstddef>
#include <cstdio>

#include <jerror.h>
#include <jpeglib.h>
#include <leptonica/allheaders.h>

#include <array>
#include <cmath>
#include <csetjmp>
#include <cstring>
#include <string>
#include <vector>

namespace docmill {
namespace {

constexpr double centimeters_per_inch = 2.54;

// Scanners and cameras leave a few stray bytes between the segments. More of them are rows that were decoded wrongly:
// the picture was full before its data ended.
constexpr int most_stray_bytes = 1024;

// libjpeg reports by callbacks, and leaves by a jump where it cannot go on: what the jump crosses has no destructors.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) {
    info_.err = jpeg_std_error(&errors_);
    info_.client_data = this;
    errors_.error_exit = [](j_common_ptr info) {
      auto& self = of(info);
      self.note(info);
      std::longjmp(self.give_up_, 1);
    };
    errors_.emit_message = [](j_common_ptr info, int level) {
      if (level < 0 && is_damage(*info->err)) of(info).note(info);
    };
    jpeg_create_decompress(&info_);
    jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { jpeg_destroy_decompress(&info_); }

  // False: it cannot be decoded. `row` and `image` are the caller's, so that no jump loses them.
  bool decode(std::vector<JSAMPLE>& row, Image& image) {
    if (setjmp(give_up_) != 0) return false;
    jpeg_read_header(&info_, TRUE);
    if (info_.num_components != 1 && info_.num_components != 3) return false;
    info_.out_color_space = JCS_GRAYSCALE;
    jpeg_start_decompress(&info_);
    image = Image(pixCreate(static_cast<int>(info_.output_width), static_cast<int>(info_.output_height), 8));
    if (!image) return false;
    auto* line = reinterpret_cast<unsigned char*>(pixGetData(image.pix()));
    row.resize(info_.output_width);
    auto* samples = row.data();
    for (; info_.output_scanline < info_.output_height; line += 4 * pixGetWpl(image.pix())) {
      jpeg_read_scanlines(&info_, &samples, 1);
      std::memcpy(line, samples, row.size());
    }
    jpeg_finish_decompress(&info_);
    pixEndianByteSwap(image.pix());  // leptonica keeps pixels in words, most significant first
    const int dpi = resolution();
    pixSetResolution(image.pix(), dpi, dpi);
    return true;
  }

  const std::string& first_message() const { return first_message_; }

 private:
  static Decoder& of(j_common_ptr info) { return *static_cast<Decoder*>(info->client_data); }

  // Whether a warning says that pixels are not what they were. The end of the data alone is none: some programs leave
  // the last marker out; where pixels are missing, the decoder says that as well.
  static bool is_damage(const jpeg_error_mgr& errors) {
    switch (errors.msg_code) {
      case JWRN_HIT_MARKER:
      case JWRN_HUFF_BAD_CODE:
      case JWRN_MUST_RESYNC:
        return true;
      case JWRN_EXTRANEOUS_DATA:
        return errors.msg_parm.i[0] > most_stray_bytes;
      default:
        return false;
    }
  }

  void note(j_common_ptr info) {
    if (!first_message_.empty()) return;
    std::array<char, JMSG_LENGTH_MAX> text{};
    errors_.format_message(info, text.data());
    first_message_ = text.data();
  }

  int resolution() const {
    constexpr int per_inch = 1;
    constexpr int per_centimeter = 2;
    if (info_.density_unit == per_inch) return info_.X_density;
    if (info_.density_unit != per_centimeter) return 0;
    return static_cast<int>(std::lround(info_.X_density * centimeters_per_inch));
  }

  jpeg_decompress_struct info_{};
  jpeg_error_mgr errors_{};
  std::jmp_buf give_up_{};
  std::string first_message_;
};

}  // namespace

Result<DecodedImage> decode_jpeg(std::string_view bytes) {
  Decoder decoder(bytes);
  std::vector<JSAMPLE> row;
  DecodedImage decoded;
  if (!decoder.decode(row, decoded.image)) {
    const auto& why = decoder.first_message();
    return fail(ErrorCode::unreadable, "The image (image/jpeg) is damaged" + (why.empty() ? "." : ": " + why + "."));
  }
  decoded.damage = decoder.first_message();
  return decoded;
}

}  // namespace docmill
