// Exported networks: every case becomes a well-formed ONNX file. What the files compute is judged by another program:
// with GENGA_ONNX_OUT=FOLDER the files are kept there with sources and expected results, and
// tests/parity/onnxruntime.mjs runs them under ONNX Runtime.
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "genga/base.h"
#include "genga/error.h"
#include "genga/onnx.h"
#include "onnx.pb.h"
#include "parity/op_cases.h"

namespace genga::parity {
namespace {

class EveryCase : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Table, EveryCase, testing::ValuesIn(all_cases()),
                         [](const auto& row) { return row.param.name; });

void keep_for_another_program(const Case& c, const std::string& file) {
  const char* folder = std::getenv("GENGA_ONNX_OUT");
  if (folder == nullptr) return;
  const std::filesystem::path base = std::filesystem::path(folder) / c.name;
  const ref::Array input = case_input(c.input, c.seed);
  const ref::Array expected = ref::run(c.graph, case_weights(c.graph, c.seed), input);
  write_file(base.string() + ".onnx", file);
  write_file(base.string() + ".in", std::as_bytes(std::span(input.values)));
  write_file(base.string() + ".out", std::as_bytes(std::span(expected.values)));
  write_file(base.string() + ".json", fmt::format(R"({{"input":[{},{},{},{}],"tolerance":{}}})", c.input.n, c.input.c,
                                                  c.input.h, c.input.w, c.tolerance));
}

TEST_P(EveryCase, BecomesAWellFormedFile) {
  const Case& c = GetParam();
  const std::string bytes = onnx::export_model(case_model(c));
  keep_for_another_program(c, bytes);

  onnx::Model file;
  ASSERT_TRUE(file.ParseFromString(bytes));
  ASSERT_EQ(file.opset_import_size(), 1);
  EXPECT_EQ(file.opset_import(0).version(), 17);
  const onnx::Graph& graph = file.graph();
  ASSERT_EQ(graph.input_size(), 1);
  ASSERT_EQ(graph.output_size(), 1);
  std::set<std::string> known{"", graph.input(0).name()};  // "": an optional source that is left out
  for (const onnx::Tensor& tensor : graph.initializer()) {
    EXPECT_TRUE(known.insert(tensor.name()).second) << tensor.name() << " twice";
    std::size_t n = 1;
    for (const std::int64_t dim : tensor.dims()) n *= static_cast<std::size_t>(dim);
    EXPECT_EQ(tensor.raw_data().size(), n * (tensor.data_type() == 7 ? 8 : 4)) << tensor.name();
  }
  for (const onnx::Node& node : graph.node()) {
    for (const std::string& source : node.input())
      EXPECT_TRUE(known.contains(source)) << node.name() << " reads " << source;
    for (const std::string& result : node.output()) EXPECT_TRUE(known.insert(result).second) << result << " twice";
  }
  EXPECT_TRUE(known.contains(graph.output(0).name()));
}

TEST(OnnxExport, NamesMissingWeights) {
  weights::Model model = case_model(op_cases().front());
  model.tensors.erase(model.tensors.begin());
  EXPECT_THROW(onnx::export_model(model), Error);
}

TEST(OnnxExport, RefusesMoreThanTheFormatHolds) {
  constexpr int kChannels = 24'000;
  weights::Model model;
  const ir::NodeId input = model.graph.add("x", ir::Input{.channels = kChannels});
  model.graph.set_output(model.graph.add("conv", ir::Conv2d{.out = kChannels, .kernel = 1, .bias = false}, {input}));
  model.tensors["conv.weight"] = {
      .dims = {kChannels, kChannels, 1, 1}, .bytes = {}, .owner = {}};  // 2.1 GiB, not there
  model.card.name = "large";
  try {
    onnx::export_model(model);
    ADD_FAILURE() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_EQ(std::string(error.what()).find("model 'large': its weights take 2.1 GiB"), 0U) << error.what();
  }
}

}  // namespace
}  // namespace genga::parity
