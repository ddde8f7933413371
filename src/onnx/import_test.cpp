// Imported networks against a textbook reading of ONNX's operators; refusals of what cannot be read.
#include <gtest/gtest.h>

#include <cmath>

#include "genga/error.h"
#include "genga/onnx.h"
#include "genga/random.h"
#include "genga/ref.h"
#include "onnx.pb.h"

namespace genga::onnx {
namespace {

using Values = std::vector<float>;
using Dims = std::vector<std::int64_t>;

Values random_values(std::size_t n, std::uint64_t seed) {
  Rng rng(seed, 0);
  Values values(n);
  for (float& v : values) v = static_cast<float>(rng.normal());
  return values;
}

/// Writes ONNX files node by node; each node reads the one before it unless told otherwise.
class File {
 public:
  explicit File(Dims input) {
    model_.set_ir_version(8);
    auto* value = model_.mutable_graph()->add_input();
    value->set_name("x");
    for (const std::int64_t d : input) {
      auto* dim = value->mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim();
      if (d > 0) dim->set_dim_value(d);
      if (d == 0) dim->set_dim_param("any");
    }
  }

  File& node(const std::string& type, const std::vector<std::string>& more_sources = {}) {
    return node_of({last_}, type, more_sources);
  }
  File& node_of(std::vector<std::string> sources, const std::string& type,
                const std::vector<std::string>& more_sources = {}) {
    node_ = model_.mutable_graph()->add_node();
    node_->set_op_type(type);
    node_->set_name("n" + std::to_string(model_.graph().node_size()));
    sources.insert(sources.end(), more_sources.begin(), more_sources.end());
    for (const auto& source : sources) node_->add_input(source);
    last_ = "v" + std::to_string(model_.graph().node_size());
    node_->add_output(last_);
    return *this;
  }
  File& ints(const std::string& name, const Dims& values) {
    auto* attribute = node_->add_attribute();
    attribute->set_name(name);
    for (const std::int64_t v : values) attribute->add_ints(v);
    return *this;
  }
  File& integer(const std::string& name, std::int64_t value) {
    auto* attribute = node_->add_attribute();
    attribute->set_name(name);
    attribute->set_i(value);
    return *this;
  }
  File& text(const std::string& name, const std::string& value) {
    auto* attribute = node_->add_attribute();
    attribute->set_name(name);
    attribute->set_s(value);
    return *this;
  }
  File& tensor(const std::string& name, const Dims& dims, const Values& values, bool raw = true) {
    auto* t = model_.mutable_graph()->add_initializer();
    t->set_name(name);
    t->set_data_type(1);
    for (const std::int64_t d : dims) t->add_dims(d);
    if (raw) {
      t->set_raw_data(values.data(), values.size() * sizeof(float));
    } else {
      for (const float v : values) t->add_float_data(v);
    }
    return *this;
  }
  const std::string& last() const { return last_; }
  Model& model() { return model_; }

  weights::Model import() {
    if (model_.graph().output_size() == 0) model_.mutable_graph()->add_output()->set_name(last_);
    const std::string bytes = model_.SerializeAsString();
    return import_model(std::as_bytes(std::span(bytes)), "test");
  }
  std::string error() {
    try {
      import();
    } catch (const Error& e) {
      return e.what();
    }
    return "";
  }

 private:
  Model model_;
  Node* node_ = nullptr;
  std::string last_ = "x";
};

/// Textbook convolution of ONNX, any kernel.
struct Conv {
  std::int64_t kh, kw, stride = 1;
  std::array<std::int64_t, 4> pads{};  // top, left, bottom, right
};
ref::Array convolve(const ref::Array& src, const Values& weight, std::int64_t out, const Conv& c) {
  const auto& s = src.shape;
  ref::Array dst{{1, out, (s.h + c.pads[0] + c.pads[2] - c.kh) / c.stride + 1,
                  (s.w + c.pads[1] + c.pads[3] - c.kw) / c.stride + 1},
                 {}};
  for (std::int64_t o = 0; o < out; ++o) {
    for (std::int64_t y = 0; y < dst.shape.h; ++y) {
      for (std::int64_t x = 0; x < dst.shape.w; ++x) {
        double sum = 0;
        for (std::int64_t i = 0; i < s.c; ++i) {
          for (std::int64_t v = 0; v < c.kh; ++v) {
            for (std::int64_t u = 0; u < c.kw; ++u) {
              const std::int64_t sy = y * c.stride - c.pads[0] + v;
              const std::int64_t sx = x * c.stride - c.pads[1] + u;
              if (sy < 0 || sx < 0 || sy >= s.h || sx >= s.w) continue;
              sum += weight[((o * s.c + i) * c.kh + v) * c.kw + u] * src.values[(i * s.h + sy) * s.w + sx];
            }
          }
        }
        dst.values.push_back(static_cast<float>(sum));
      }
    }
  }
  return dst;
}

ref::Array run(const weights::Model& model, const ref::Array& input) {
  return ref::run(model.graph, model.tensors, input);
}

void expect_near(const ref::Array& a, const ref::Array& b) {
  ASSERT_EQ(ir::to_string(a.shape), ir::to_string(b.shape));
  for (std::size_t i = 0; i < a.values.size(); ++i) ASSERT_NEAR(a.values[i], b.values[i], 1e-4) << i;
}

ref::Array image(std::int64_t c, std::int64_t h, std::int64_t w, std::uint64_t seed = 1) {
  return {{1, c, h, w}, random_values(static_cast<std::size_t>(c * h * w), seed)};
}

TEST(OnnxImport, ConvolutionsOfAnyKernel) {
  const Conv cases[] = {{1, 7, 1, {0, 3, 0, 3}}, {7, 1, 1, {3, 0, 3, 0}}, {3, 3, 2, {0, 0, 0, 0}},
                        {2, 3, 1, {1, 0, 0, 2}}, {1, 3, 2, {0, 1, 0, 1}}, {5, 2, 1, {2, 1, 1, 0}}};
  for (const Conv& c : cases) {
    SCOPED_TRACE(fmt::format("{}x{} stride {}", c.kh, c.kw, c.stride));
    const Values weight = random_values(static_cast<std::size_t>(4 * 3 * c.kh * c.kw), 7);
    File file({1, 3, 0, 0});
    file.tensor("w", {4, 3, c.kh, c.kw}, weight).node("Conv", {"w"});
    file.ints("strides", {c.stride, c.stride}).ints("pads", {c.pads[0], c.pads[1], c.pads[2], c.pads[3]});
    const ref::Array input = image(3, 13, 16);
    expect_near(run(file.import(), input), convolve(input, weight, 4, c));
  }
}

TEST(OnnxImport, SamePaddingOfStrideOne) {
  const Values weight = random_values(2 * 3 * 4 * 3, 3);
  const ref::Array input = image(3, 10, 12);
  for (const auto& [name, pads] : {std::pair("SAME_UPPER", std::array<std::int64_t, 4>{1, 1, 2, 1}),
                                   std::pair("SAME_LOWER", std::array<std::int64_t, 4>{2, 1, 1, 1})}) {
    File file({1, 3, 0, 0});
    file.tensor("w", {2, 3, 4, 3}, weight, false).node("Conv", {"w"}).text("auto_pad", name);
    expect_near(run(file.import(), input), convolve(input, weight, 2, {4, 3, 1, pads}));
  }
}

TEST(OnnxImport, BothWaysOfCountingThePadding) {
  const ref::Array input = image(3, 9, 9);
  const auto with = [&](std::int64_t counts) {
    File file({1, 3, 0, 0});
    file.node("AveragePool")
        .ints("kernel_shape", {3, 3})
        .ints("pads", {1, 1, 1, 1})
        .integer("count_include_pad", counts);
    return run(file.import(), input);
  };
  const auto counted = with(1);
  const auto left_out = with(0);
  const auto& v = input.values;
  const float corner = v[0] + v[1] + v[9] + v[10];
  EXPECT_NEAR(counted.values[0], corner / 9, 1e-5);
  EXPECT_NEAR(left_out.values[0], corner / 4, 1e-5);
  EXPECT_NEAR(counted.values[10], left_out.values[10], 1e-5);  // inside there is no padding
}

TEST(OnnxImport, AnInceptionLikeBlockUpToItsVector) {
  // Two branches, batch norms, max pooling, joined, averaged; then a classifier that is left out.
  const Values w1 = random_values(4 * 3, 1), w2 = random_values(5 * 3 * 3, 2), norm = random_values(4, 3);
  File file({1, 3, 11, 11});
  file.tensor("w1", {4, 3, 1, 1}, w1)
      .tensor("w2", {5, 3, 1, 3}, w2)
      .tensor("s", {4}, norm)
      .tensor("o", {4}, {1, 2, 3, 4});
  file.tensor("m", {4}, {.1F, .2F, .3F, .4F}).tensor("v", {4}, {1, 2, 3, 4}).tensor("fc", {10, 9}, Values(90, 1.0F));
  file.node("Conv", {"w1"}).node("BatchNormalization", {"s", "o", "m", "v"}).node("Relu");
  const std::string first = file.last();
  file.node_of({"x"}, "Conv", {"w2"}).ints("pads", {0, 1, 0, 1});
  const std::string second = file.last();
  file.node_of({first, second}, "Concat").integer("axis", 1);
  file.node("MaxPool").ints("kernel_shape", {3, 3}).ints("strides", {2, 2});
  file.node("GlobalAveragePool").node("Dropout").node("Flatten").node("Gemm", {"fc"});
  const weights::Model model = file.import();
  EXPECT_FALSE(model.tensors.contains("fc"));

  const ref::Array input = image(3, 11, 11);
  const ref::Array a = convolve(input, w1, 4, {1, 1});
  const ref::Array b = convolve(input, w2, 5, {1, 3, 1, {0, 1, 0, 1}});
  ref::Array expected{{1, 9, 1, 1}, {}};
  for (std::int64_t c = 0; c < 9; ++c) {
    const auto at = [&](std::int64_t y, std::int64_t x) {
      if (c >= 4) return double{b.values[((c - 4) * 11 + y) * 11 + x]};
      const auto k = static_cast<double>(c + 1);
      const double z = (a.values[(c * 11 + y) * 11 + x] - 0.1 * k) / std::sqrt(k + 1e-5) * norm[c] + k;
      return std::max(0.0, z);
    };
    double sum = 0;
    for (std::int64_t y = 0; y < 5; ++y) {
      for (std::int64_t x = 0; x < 5; ++x) {
        double largest = -1e9;
        for (std::int64_t k = 0; k < 9; ++k) largest = std::max(largest, at(2 * y + k / 3, 2 * x + k % 3));
        sum += largest;
      }
    }
    expected.values.push_back(static_cast<float>(sum / 25));
  }
  expect_near(run(model, input), expected);
}

TEST(OnnxImport, ArithmeticWithConstants) {
  File file({1, 3, 0, 0});
  file.tensor("mean", {1, 3, 1, 1}, {1, 2, 3}).tensor("two", {}, {2});
  file.node("Sub", {"mean"}).node("Div", {"two"}).node_of({"two", file.last()}, "Sub");
  const ref::Array input = image(3, 2, 2);
  const ref::Array result = run(file.import(), input);
  for (std::size_t i = 0; i < 12; ++i) {
    EXPECT_NEAR(result.values[i], 2 - (input.values[i] - static_cast<float>(i / 4 + 1)) / 2, 1e-5);
  }
}

TEST(OnnxImport, MeanOverHeightAndWidthIsGlobalPooling) {
  File file({1, 3, 0, 0});
  file.node("ReduceMean").ints("axes", {-1, -2});
  const ref::Array result = run(file.import(), image(3, 4, 4));
  EXPECT_EQ(ir::to_string(result.shape), "[1,3,1,1]");
  EXPECT_NE(File({1, 3, 0, 0}).node("ReduceMean").ints("axes", {1}).error().find("height and width"),
            std::string::npos);
}

TEST(OnnxImport, NamesWhatItCannotDo) {
  const auto contains = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos);
  };
  contains(File({1, 3, 0, 0}).node("Gather").error(), "operator Gather");
  contains(File({1, 3, 0, 0}).node("MaxPool").ints("kernel_shape", {2, 3}).error(), "MaxPool 'n1': kernel 2x3");
  contains(File({1, 3, 0, 0}).node("Conv", {"w"}).error(), "'w' is not a constant");
  contains(File({1, 3}).node("Relu").error(), "[N,3,height,width]");
  contains(
      File({1, 3, 0, 0}).tensor("w", {1, 3, 3, 3}, Values(27)).node("Conv", {"w"}).ints("dilations", {2, 2}).error(),
      "no dilation");
  contains(File({1, 3, 0, 0}).tensor("w", {1, 3, 3, 3}, Values(5)).node("Conv", {"w"}).error(), "its shape needs 108");
  contains(File({1, 3, 0, 0}).tensor("c", {4}, Values(4)).node("Mul", {"c"}).error(), "one for each of 3 channels");
  // A few bytes that ask for gigabytes.
  contains(File({1, 1 << 20, 0, 0}).node("AveragePool").ints("kernel_shape", {1024, 1023}).error(), "weights");
  contains(File({1, 1 << 20, 0, 0}).node_of({"x", "x"}, "Concat").error(), "more than 1048576 channels");
  contains(File({1, 3, 0, 0}).tensor("w", {1 << 16, 1 << 16}, Values(4)).node("Mul", {"w"}).error(), "its shape needs");
  File other({1, 3, 0, 0});
  other.node("Relu").model().mutable_graph()->mutable_node(0)->set_domain("com.microsoft");
  contains(other.error(), "com.microsoft");
}

TEST(OnnxImport, RefusesOtherFiles) {
  for (const std::string text : {"", "hello, this is no network", "\x0a\x02hi"}) {
    EXPECT_THROW(import_model(std::as_bytes(std::span(text)), "text"), Error) << text;
  }
  // Every beginning of a good file is refused or is a network that is consistent.
  File file({1, 3, 0, 0});
  file.tensor("w", {2, 3, 1, 1}, Values(6, 1.0F)).node("Conv", {"w"}).node("Relu");
  file.import();
  const std::string whole = file.model().SerializeAsString();
  for (std::size_t n = 0; n < whole.size(); ++n) {
    try {
      const std::string part = whole.substr(0, n);
      const auto model = import_model(std::as_bytes(std::span(part)), "cut");
      weights::check_tensors(model.graph, model.tensors);
    } catch (const Error& error) {
      EXPECT_NE(error.code(), ErrorCode::kInternal) << error.what();
    }
  }
}

}  // namespace
}  // namespace genga::onnx
