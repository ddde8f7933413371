// Tests of tensors and of the check against a graph.
#include <gtest/gtest.h>

#include <cmath>

#include "genga/error.h"
#include "genga/weights.h"
#include "weights/test_weights.h"

namespace genga::weights {
namespace {

ir::Graph small_net() {
  ir::Graph graph;
  ir::NodeId x = graph.add("x", ir::Input{.channels = 16});
  x = graph.add("conv", ir::Conv2d{.out = 64, .kernel = 3, .pad = {1, 1, 1, 1}}, {x});
  x = graph.add("bn", ir::BatchNorm{}, {x});
  x = graph.add("up", ir::ConvTranspose2d{.out = 8}, {x});
  graph.set_output(x);
  return graph;
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Tensor, GivesBackItsValues) {
  const Tensor tensor = make_tensor({2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(tensor.size(), 6);
  EXPECT_EQ(tensor.to_f32(), (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(Tensor, RefusesValuesThatDoNotFillItsDimensions) {
  EXPECT_THROW(make_tensor({2, 3}, {1, 2}), Error);
}

TEST(Tensor, CopiesShareBytes) {
  const Tensor tensor = make_tensor({1}, {5});
  const Tensor copy = tensor;
  EXPECT_EQ(copy.bytes.data(), tensor.bytes.data());
}

TEST(Tensor, HalfPrecisionRoundTripsRepresentableValues) {
  const Tensor half = to_f16(make_tensor({4}, {0.0F, -1.5F, 0.25F, 65504.0F}));
  EXPECT_EQ(half.dtype, DType::kF16);
  EXPECT_EQ(half.bytes.size(), 8U);
  EXPECT_EQ(half.to_f32(), (std::vector<float>{0.0F, -1.5F, 0.25F, 65504.0F}));
}

TEST(Tensor, HalfPrecisionBytesNeedNoAlignment) {
  const Tensor half = to_f16(make_tensor({2}, {1.0F, 2.0F}));
  std::vector<std::byte> shifted(half.bytes.size() + 1);
  std::copy(half.bytes.begin(), half.bytes.end(), shifted.begin() + 1);
  const Tensor odd{DType::kF16, {2}, std::span(shifted).subspan(1), nullptr};
  EXPECT_EQ(odd.to_f32(), (std::vector<float>{1.0F, 2.0F}));
}

TEST(CheckTensors, NamesTheMissingTensor) {
  TensorMap tensors = counted_weights(small_net());
  tensors.erase("up.bias");
  EXPECT_EQ(message_of([&] { check_tensors(small_net(), tensors); }),
            "tensor 'up.bias': missing, expected dimensions [8] for the graph");
}

TEST(CheckTensors, NamesTheMisshapenTensor) {
  TensorMap tensors = counted_weights(small_net());
  tensors.insert_or_assign("up.bias", make_tensor({2, 4}, std::vector<float>(8)));
  EXPECT_EQ(message_of([&] { check_tensors(small_net(), tensors); }),
            "tensor 'up.bias': has dimensions [2,4], expected [8] for the graph");
}

TEST(CheckTensors, NamesTheSuperfluousTensor) {
  TensorMap tensors = counted_weights(small_net());
  tensors.emplace("stray", make_tensor({1}, {0}));
  EXPECT_EQ(message_of([&] { check_tensors(small_net(), tensors); }),
            "tensor 'stray': no node of the graph uses it, expected only the graph's own weights");
}

}  // namespace
}  // namespace genga::weights
