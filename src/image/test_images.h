// Images and folders for the tests of this module.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "genga/error.h"
#include "genga/image.h"

namespace genga::image {

/// A temporary folder for each test.
class ImageTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { init(2); }
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              fmt::format("genga_{}_{}_{}", test->test_suite_name(), test->name(), ::getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path file(const std::string& name) const { return folder_ / name; }
  std::ptrdiff_t n_files() const {
    return std::distance(std::filesystem::directory_iterator(folder_), std::filesystem::directory_iterator());
  }
  std::filesystem::path folder_;
};

using Rows = std::vector<std::uint16_t>;

/// Smooth colors with one hard edge; u16, of full 16-bit depth or multiples of 257.
inline Rows make_rows(const Info& info) {
  Rows rows;
  for (int y = 0; y < info.height; ++y) {
    for (int x = 0; x < info.width; ++x) {
      const double r = 0.5 + 0.5 * std::sin(x * 0.11 + y * 0.05), g = static_cast<double>(y) / info.height;
      const double b = x > info.width / 2 ? 0.8 : 0.3, a = (x + y) % 2 == 0 ? 1.0 : 0.6;
      for (double v : info.alpha ? std::vector{r, g, b, a} : std::vector{r, g, b}) {
        rows.push_back(static_cast<std::uint16_t>(info.bits == 16 ? v * 65535 : std::floor(v * 255) * 257));
      }
    }
  }
  return rows;
}

inline Info info_of(int width, int height, int bits = 8, bool alpha = false) {
  return {.width = width, .height = height, .alpha = alpha, .bits = bits, .format = "", .pages = 1};
}

inline void write_rows(const std::filesystem::path& path, const Info& info, const Rows& rows,
                       const WriteOptions& options = {}, const MetadataPtr& metadata = nullptr) {
  RowWriter writer(path, info, metadata, options);
  writer.write(rows);
  writer.finish();
}

/// Reads all, a few rows at a time.
inline Rows read_rows(RowReader& reader, int rows_at_once = 7) {
  const std::size_t row = static_cast<std::size_t>(reader.info().width * reader.channels());
  Rows rows(row * static_cast<std::size_t>(reader.info().height));
  std::span<std::uint16_t> rest(rows);
  while (!rest.empty()) {
    const std::size_t n = std::min(rest.size(), row * static_cast<std::size_t>(rows_at_once));
    reader.read(rest.first(n));
    rest = rest.subspan(n);
  }
  return rows;
}

inline Rows read_rows(const std::filesystem::path& path, const ReadOptions& options = {}) {
  RowReader reader(EncodedImage{path, {}}, options);
  return read_rows(reader);
}

inline double mean_difference(const Rows& a, const Rows& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(int{a[i]} - int{b[i]});
  return a.size() != b.size() ? 1e9 : sum / static_cast<double>(a.size()) / 257;
}

inline std::string slurp(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline void spill(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// The Error that `work` throws; the test fails if it throws none.
template <class Work>
Error error_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no Error was thrown";
  return Error(ErrorCode::kInternal, "");
}

}  // namespace genga::image
