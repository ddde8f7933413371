// For tests: a detector of red as an ONNX file of YOLO's shape, written byte by byte.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace genga::curate {

/// Protocol Buffers' wire format, as much as ONNX takes.
class Proto {
 public:
  Proto& number(int field, std::uint64_t value) {
    varint(static_cast<std::uint64_t>(field) << 3);
    varint(value);
    return *this;
  }
  Proto& bytes(int field, std::string_view data) {
    varint(static_cast<std::uint64_t>(field) << 3 | 2);
    varint(data.size());
    text_ += data;
    return *this;
  }
  Proto& message(int field, const Proto& inner) { return bytes(field, inner.text_); }
  const std::string& text() const { return text_; }

 private:
  void varint(std::uint64_t value) {
    for (; value >= 128; value >>= 7) text_ += static_cast<char>(value | 128);
    text_ += static_cast<char>(value);
  }
  std::string text_;
};

template <typename T>
Proto onnx_tensor(const std::string& name, const std::vector<std::uint64_t>& dims, int type,
                  const std::vector<T>& data) {
  Proto tensor;
  for (const std::uint64_t dim : dims) tensor.number(1, dim);
  std::string raw(data.size() * sizeof(T), '\0');
  std::memcpy(raw.data(), data.data(), raw.size());
  return tensor.number(2, static_cast<std::uint64_t>(type)).bytes(8, name).bytes(9, raw);
}

inline Proto onnx_value(const std::string& name, const std::vector<std::uint64_t>& dims) {
  Proto shape;
  for (const std::uint64_t dim : dims) shape.message(1, Proto().number(1, dim));
  return Proto().bytes(1, name).message(2, Proto().message(1, Proto().number(1, 1).message(2, shape)));
}

/// Input [1,3,128,128]; 16 boxes of 40 px, one in each cell of 32 px; the score is the cell's mean red.
/// values: 5 is a YOLOv8 of one class; fewer are no detector.
inline std::string red_detector(std::uint64_t values = 5) {
  std::vector<float> weight(values * 3 * 32 * 32), place(values * 16);
  for (std::size_t i = 0; i < 32 * 32; ++i) weight[(values - 1) * 3 * 32 * 32 + i] = 1.0F / (32 * 32);
  for (std::size_t i = 0; i < 16 && values == 5; ++i) {
    place[i] = static_cast<float>(i % 4) * 32 + 16;
    place[16 + i] = static_cast<float>(i / 4) * 32 + 16;
    place[32 + i] = place[48 + i] = 40;
  }
  const auto ints = [](const char* name, int value) {
    return Proto()
        .bytes(1, name)
        .number(8, static_cast<std::uint64_t>(value))
        .number(8, static_cast<std::uint64_t>(value))
        .number(20, 7);
  };
  Proto graph;
  graph.message(1, Proto()
                       .bytes(1, "images")
                       .bytes(1, "w")
                       .bytes(2, "cells")
                       .bytes(4, "Conv")
                       .message(5, ints("kernel_shape", 32))
                       .message(5, ints("strides", 32)));
  graph.message(1, Proto().bytes(1, "cells").bytes(1, "shape").bytes(2, "flat").bytes(4, "Reshape"));
  graph.message(1, Proto().bytes(1, "flat").bytes(1, "place").bytes(2, "boxes").bytes(4, "Add"));
  graph.bytes(2, "red");
  graph.message(5, onnx_tensor("w", {values, 3, 32, 32}, 1, weight));
  graph.message(5, onnx_tensor("shape", {3}, 7, std::vector<std::int64_t>{1, static_cast<std::int64_t>(values), 16}));
  graph.message(5, onnx_tensor("place", {1, values, 16}, 1, place));
  graph.message(11, onnx_value("images", {1, 3, 128, 128}));
  graph.message(12, onnx_value("boxes", {1, values, 16}));
  return Proto().number(1, 7).message(7, graph).message(8, Proto().number(2, 11)).text();
}

}  // namespace genga::curate
