// Writes ICC profiles of version 4 (ICC.1:2010): matrix and curve, adapted to D50 after Bradford.
#include "image/color/icc_profile.h"

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace genga::image {
namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;  // rows

Vector operator*(const Matrix& m, const Vector& v) {
  Vector result{};
  for (std::size_t i = 0; i < 3; ++i) result[i] = m[i][0] * v[0] + m[i][1] * v[1] + m[i][2] * v[2];
  return result;
}

Vector column(const Matrix& m, std::size_t j) {
  return {m[0][j], m[1][j], m[2][j]};
}

/// None if m is singular, or nearly.
std::optional<Matrix> inverse(const Matrix& m) {
  Matrix cofactors{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      const std::size_t a = (i + 1) % 3, b = (i + 2) % 3, c = (j + 1) % 3, d = (j + 2) % 3;
      cofactors[j][i] = m[a][c] * m[b][d] - m[a][d] * m[b][c];
    }
  }
  const double determinant = m[0][0] * cofactors[0][0] + m[0][1] * cofactors[1][0] + m[0][2] * cofactors[2][0];
  if (!(std::abs(determinant) > 1e-6)) return std::nullopt;
  for (Vector& row : cofactors) {
    for (double& v : row) v /= determinant;
  }
  return cofactors;
}

Vector xyz_of(const Chromaticity& c) {
  return {c.x / c.y, 1, (1 - c.x - c.y) / c.y};
}

constexpr Vector kD50{0.9642, 1, 0.8249};
constexpr Matrix kBradford{{{0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}}};

/// XYZ of the three primaries at full, under D50.
std::optional<std::array<Vector, 3>> colorants(const RgbSpace& space) {
  for (const Chromaticity& c : {space.primaries[0], space.primaries[1], space.primaries[2], space.white}) {
    if (!(c.y > 0.001 && c.y <= 1 && c.x >= 0 && c.x <= 1)) return std::nullopt;
  }
  Matrix primaries{};
  for (std::size_t j = 0; j < 3; ++j) {
    const Vector xyz = xyz_of(space.primaries[j]);
    for (std::size_t i = 0; i < 3; ++i) primaries[i][j] = xyz[i];
  }
  const auto solve = inverse(primaries);
  if (!solve) return std::nullopt;
  const Vector white = xyz_of(space.white), scale = *solve * white;
  const Vector cone = kBradford * white, cone_d50 = kBradford * kD50;
  const Matrix back = *inverse(kBradford);
  std::array<Vector, 3> result{};
  for (std::size_t j = 0; j < 3; ++j) {
    Vector xyz = column(primaries, j);
    for (double& v : xyz) v *= scale[j];
    Vector adapted = kBradford * xyz;
    for (std::size_t i = 0; i < 3; ++i) adapted[i] *= cone_d50[i] / cone[i];
    result[j] = back * adapted;
  }
  return result;
}

std::string u32(std::uint64_t value) {
  std::string bytes;
  for (unsigned i = 4; i-- > 0;) bytes += static_cast<char>(value >> 8 * i & 0xffU);
  return bytes;
}

/// s15Fixed16
std::string fixed(double value) {
  return u32(static_cast<std::uint32_t>(static_cast<std::int32_t>(std::lround(value * 65536))));
}

std::string xyz_tag(const Vector& xyz) {
  return "XYZ " + u32(0) + fixed(xyz[0]) + fixed(xyz[1]) + fixed(xyz[2]);
}

std::string curve_tag(double gamma) {
  if (gamma > 0) return "para" + u32(0) + u32(0) + fixed(gamma);
  std::string tag = "para" + u32(0) + u32(std::uint64_t{3} << 16U);
  for (const double v : {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045}) tag += fixed(v);
  return tag;
}

std::string header(std::size_t size, bool grey) {
  std::string bytes = u32(size) + u32(0) + u32(0x04300000) + "mntr" + (grey ? "GRAY" : "RGB ") + "XYZ ";
  bytes += u32(0x07ea0001) + u32(0x00010000) + u32(0) + "acsp";  // a date
  bytes.resize(68, '\0');
  bytes += fixed(kD50[0]) + fixed(kD50[1]) + fixed(kD50[2]);
  bytes.resize(128, '\0');
  return bytes;
}

}  // namespace

std::optional<std::string> icc_profile(const RgbSpace& space, bool grey) {
  const auto rgb = colorants(space);
  if (!rgb) return std::nullopt;
  std::vector<std::pair<std::string, std::string>> tags{{"wtpt", xyz_tag(kD50)}};
  if (grey) {
    tags.emplace_back("kTRC", curve_tag(space.gamma));
  } else {
    for (std::size_t j = 0; j < 3; ++j) {
      const std::string channel(1, "rgb"[j]);
      tags.emplace_back(channel + "XYZ", xyz_tag((*rgb)[j]));
      tags.emplace_back(channel + "TRC", curve_tag(space.gamma));
    }
  }
  std::string table = u32(tags.size()), data;
  const std::size_t data_at = 128 + 4 + 12 * tags.size();
  for (const auto& [name, tag] : tags) {
    table += name + u32(data_at + data.size()) + u32(tag.size());
    data += tag;
  }
  return header(data_at + data.size(), grey) + table + data;
}

}  // namespace genga::image
