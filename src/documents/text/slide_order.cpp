#include "documents/text/slide_order.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "documents/text/xml_walk.hpp"

namespace docmill {
namespace {

struct Place {
  double top = 0;
  double left = 0;
  double height = 0;
};

struct Shape {
  pugi::xml_node node;
  int rank = 0;
  std::optional<Place> place;
};

// A slide with more is a drawing, in which no order helps.
constexpr std::size_t most_shapes = 1000;

constexpr int title_rank = 0;
constexpr int other_rank = 1;
constexpr int footer_rank = 2;

pugi::xml_node child(pugi::xml_node node, std::string_view name) {
  for (const auto candidate : node.children()) {
    if (local_name(candidate) == name) return candidate;
  }
  return {};
}

// Below p:sld, p:sldLayout or p:sldMaster.
pugi::xml_node shape_tree(pugi::xml_node root) { return child(child(root, "cSld"), "spTree"); }

// What describes the tree itself has no place, nor text.
bool is_shape(pugi::xml_node node) {
  const auto name = local_name(node);
  return name != "nvGrpSpPr" && name != "grpSpPr" && name != "extLst";
}

// p:ph of a shape, picture or frame; null: it is no placeholder.
pugi::xml_node placeholder(pugi::xml_node shape) {
  for (const auto properties : shape.children()) {
    if (const auto found = child(child(properties, "nvPr"), "ph")) return found;
  }
  return {};
}

// "title" and "ctrTitle" are one; what has no type is content, as a body is.
std::string_view placeholder_type(pugi::xml_node placeholder) {
  const std::string_view type = placeholder.attribute("type").value();
  if (type == "ctrTitle") return "title";
  return type.empty() || type == "subTitle" || type == "obj" ? "body" : type;
}

std::optional<Place> own_place(pugi::xml_node shape) {
  for (const auto properties : shape.children()) {
    const auto frame = local_name(properties) == "xfrm" ? properties : child(properties, "xfrm");
    const auto origin = child(frame, "off");
    if (!origin) continue;
    return Place{.top = origin.attribute("y").as_double(),
                 .left = origin.attribute("x").as_double(),
                 .height = child(frame, "ext").attribute("cy").as_double()};
  }
  return std::nullopt;
}

// What a layout or master says of a placeholder.
struct Model {
  std::string_view type;
  std::string_view number;
  std::optional<Place> place;
};

std::vector<Model> models_in(pugi::xml_node root) {
  std::vector<Model> models;
  for (const auto shape : shape_tree(root).children()) {
    const auto node = placeholder(shape);
    if (!node) continue;
    models.push_back(
        {.type = placeholder_type(node), .number = node.attribute("idx").value(), .place = own_place(shape)});
    if (models.size() == most_shapes) break;
  }
  return models;
}

// Placeholders follow those of the same number, else of the same type.
std::optional<Place> inherited_place(pugi::xml_node follower, const std::vector<Model>& models) {
  const std::string_view number = follower.attribute("idx").value();
  for (const auto& model : models) {
    if (!number.empty() && model.number == number && model.place) return model.place;
  }
  for (const auto& model : models) {
    if (model.type == placeholder_type(follower) && model.place) return model.place;
  }
  return std::nullopt;
}

Shape describe(pugi::xml_node node, const std::vector<Model>& layout, const std::vector<Model>& master) {
  Shape shape{.node = node, .rank = other_rank, .place = own_place(node)};
  const auto follower = placeholder(node);
  if (!follower) return shape;
  const auto type = placeholder_type(follower);
  if (type == "title") shape.rank = title_rank;
  if (type == "dt" || type == "ftr" || type == "sldNum") shape.rank = footer_rank;
  if (!shape.place) shape.place = inherited_place(follower, layout);
  if (!shape.place) shape.place = inherited_place(follower, master);
  return shape;
}

// From top to bottom; shapes that begin in the upper half of a row's first one are in its row.
void sort_by_rows(std::vector<Shape>::iterator begin, std::vector<Shape>::iterator end) {
  std::stable_sort(begin, end, [](const Shape& a, const Shape& b) { return a.place->top < b.place->top; });
  while (begin != end) {
    const double next_row = begin->place->top + begin->place->height / 2;
    const auto row_end = std::find_if(begin + 1, end, [&](const Shape& shape) { return shape.place->top >= next_row; });
    std::stable_sort(begin, row_end, [](const Shape& a, const Shape& b) { return a.place->left < b.place->left; });
    begin = row_end;
  }
}

}  // namespace

std::vector<pugi::xml_node> fixed_shapes(pugi::xml_node model) {
  std::vector<pugi::xml_node> shapes;
  for (const auto node : shape_tree(model).children()) {
    if (is_shape(node) && !placeholder(node)) shapes.push_back(node);
  }
  return shapes;
}

std::vector<pugi::xml_node> shapes_in_order(pugi::xml_node slide, pugi::xml_node layout, pugi::xml_node master) {
  std::vector<pugi::xml_node> nodes;
  for (const auto node : shape_tree(slide).children()) {
    if (is_shape(node)) nodes.push_back(node);
  }
  if (nodes.size() > most_shapes) return nodes;
  const auto layout_models = models_in(layout);
  const auto master_models = models_in(master);
  std::vector<Shape> shapes;
  for (const auto node : nodes) shapes.push_back(describe(node, layout_models, master_models));
  std::stable_sort(shapes.begin(), shapes.end(), [](const Shape& a, const Shape& b) { return a.rank < b.rank; });
  const auto has_rank = [](int rank) { return [rank](const Shape& shape) { return shape.rank == rank; }; };
  const auto begin = std::find_if(shapes.begin(), shapes.end(), has_rank(other_rank));
  const auto end = std::find_if(begin, shapes.end(), has_rank(footer_rank));
  if (std::all_of(begin, end, [](const Shape& shape) { return shape.place.has_value(); })) sort_by_rows(begin, end);
  std::transform(shapes.begin(), shapes.end(), nodes.begin(), [](const Shape& shape) { return shape.node; });
  return nodes;
}

}  // namespace docmill
