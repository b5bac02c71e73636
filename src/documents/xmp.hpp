// XMP, the metadata of a PDF in XML (ISO 16684-1).
#pragma once

#include <cstddef>
#include <map>
#include <qpdf/QPDFObjectHandle.hh>
#include <string>
#include <string_view>
#include <utility>

namespace docmill {

constexpr std::size_t most_xmp = 4 << 20;  // bytes

struct XmpPacket {
  std::string text;
  bool is_cut = false;  // it has more than `most_xmp`
};

// The content of the catalog's /Metadata, a stream. What cannot be decoded is left out.
XmpPacket read_xmp_packet(QPDFObjectHandle metadata);

// The properties of a packet, by the namespaces that their prefixes stand for, written as elements or as attributes.
class XmpProperties {
 public:
  // A packet that is cut off still has what stands at its front; what is no XML has none.
  explicit XmpProperties(const std::string& packet);

  // The first one of that name, without space around it: of alternatives the default one, of a list all items, parted
  // by commas. "" where there is none.
  std::string value(std::string_view of_namespace, std::string_view name) const;

 private:
  std::map<std::pair<std::string, std::string>, std::string> values_;
};

}  // namespace docmill
