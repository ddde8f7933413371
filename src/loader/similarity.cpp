// Measures by which photo and style crops are compared.
#include "loader/similarity.h"

#include <cmath>
#include <cstdlib>

namespace genga::loader {
namespace {

// Chosen by looking at the pairs that were found for crops of skies, foliage, faces and walls.
constexpr double kColor = 1.5, kDetail = 40;

float luma(const std::uint8_t* rgb) {
  return 0.299F * rgb[0] + 0.587F * rgb[1] + 0.114F * rgb[2];
}

SimilarityCell cell_of(const image::Image& image, int x0, int y0, int x1, int y1) {
  SimilarityCell cell;
  for (int y = y0; y < y1; ++y) {
    for (int x = x0; x < x1; ++x) {
      const std::uint8_t* pixel = &image.rgb[std::size_t{3} * (std::size_t(y) * image.width + x)];
      const float light = luma(pixel);
      cell.luma += light;
      cell.blue += pixel[2] - light;
      cell.red += pixel[0] - light;
      if (x > x0) cell.detail += std::abs(light - luma(pixel - 3));
    }
  }
  const auto n = static_cast<float>((x1 - x0) * (y1 - y0));
  return {cell.luma / n, cell.blue / n, cell.red / n, std::log1p(cell.detail / n)};
}

}  // namespace

Similarity similarity_of(const image::Image& image) {
  Similarity similarity;
  const auto edge = [](int size, int i) { return size * i / kSimilarityCells; };
  for (int i = 0; i < kSimilarityCells * kSimilarityCells; ++i) {
    const int column = i % kSimilarityCells, row = i / kSimilarityCells;
    similarity[i] = cell_of(image, edge(image.width, column), edge(image.height, row), edge(image.width, column + 1),
                            edge(image.height, row + 1));
  }
  return similarity;
}

double distance(const Similarity& a, const Similarity& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double luma = a[i].luma - b[i].luma, detail = kDetail * (a[i].detail - b[i].detail);
    const double blue = kColor * (a[i].blue - b[i].blue), red = kColor * (a[i].red - b[i].red);
    sum += luma * luma + detail * detail + blue * blue + red * red;
  }
  return std::sqrt(sum / static_cast<double>(a.size()));
}

}  // namespace genga::loader
