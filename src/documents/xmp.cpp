#include "documents/xmp.hpp"

#include <pugixml.hpp>

#include "documents/limited_sink.hpp"

namespace docmill {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  return begin == std::string_view::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// Of "dc:title": "dc" and "title". The prefix is empty where there is none.
std::pair<std::string, std::string> parts_of(std::string_view qualified) {
  const auto colon = qualified.find(':');
  if (colon == std::string_view::npos) return {"", std::string(qualified)};
  return {std::string(qualified.substr(0, colon)), std::string(qualified.substr(colon + 1))};
}

std::string default_alternative(const pugi::xml_node& alternatives) {
  for (const auto& item : alternatives.children()) {
    if (item.attribute("xml:lang").value() == std::string_view("x-default")) return item.child_value();
  }
  return alternatives.first_child().child_value();
}

std::string list_of(const pugi::xml_node& items) {
  std::string list;
  for (const auto& item : items.children()) {
    const auto value = trimmed(item.child_value());
    if (value.empty()) continue;
    if (!list.empty()) list += ", ";
    list += value;
  }
  return list;
}

std::string value_of(const pugi::xml_node& property) {
  const auto child = property.first_child();
  const auto kind = parts_of(child.name()).second;
  if (kind == "Alt") return default_alternative(child);
  if (kind == "Seq" || kind == "Bag") return list_of(child);
  return property.child_value();
}

class Collector final : public pugi::xml_tree_walker {
 public:
  using Values = std::map<std::pair<std::string, std::string>, std::string>;
  explicit Collector(Values& values) : values_(values) {}

  bool for_each(pugi::xml_node& node) override {
    for (const auto attribute : node.attributes()) {
      const auto [prefix, name] = parts_of(attribute.name());
      if (prefix == "xmlns") namespaces_[name] = attribute.value();
    }
    for (const auto attribute : node.attributes()) keep(attribute.name(), attribute.value());
    keep(node.name(), value_of(node));
    return true;
  }

 private:
  void keep(std::string_view qualified, std::string_view value) {
    auto [prefix, name] = parts_of(qualified);
    const auto space = namespaces_.find(prefix);
    value = trimmed(value);
    if (space == namespaces_.end() || value.empty()) return;
    values_.emplace(std::pair(space->second, std::move(name)), std::string(value));
  }

  Values& values_;
  std::map<std::string, std::string> namespaces_;  // by prefix; a prefix means the same throughout a packet
};

}  // namespace

XmpPacket read_xmp_packet(QPDFObjectHandle metadata) {
  LimitedSink packet(most_xmp, LimitedSink::Content::keep);
  try {
    metadata.pipeStreamData(&packet, 0, qpdf_dl_specialized, true);
  } catch (const std::length_error&) {
    // The sink is full. qpdf keeps that to itself, but for streams that were made in memory.
  }
  return {packet.text(), packet.is_full()};
}

XmpProperties::XmpProperties(const std::string& packet) {
  pugi::xml_document document;
  static_cast<void>(document.load_buffer(packet.data(), packet.size()));
  Collector collector(values_);
  document.traverse(collector);
}

std::string XmpProperties::value(std::string_view of_namespace, std::string_view name) const {
  const auto found = values_.find({std::string(of_namespace), std::string(name)});
  return found == values_.end() ? "" : found->second;
}

}  // namespace docmill
