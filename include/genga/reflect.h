// Borders that repeat an image as a mirror would.
#pragma once

namespace genga {

/// Position i, however far outside, mirrored into 0..n-1 with the edge pixel not repeated: 2 1 | 0 1 2 | 1 0.
/// n > 0. PyTorch's "reflect", OpenCV's BORDER_REFLECT_101.
template <class Int>
constexpr Int reflect(Int i, Int n) {
  if (n == 1) return 0;
  const Int period = 2 * (n - 1);
  i %= period;
  if (i < 0) i += period;
  return i < n ? i : period - i;
}

/// The same with the edge pixel repeated: 1 0 | 0 1 2 | 2 1. NumPy's "symmetric", OpenCV's BORDER_REFLECT.
template <class Int>
constexpr Int reflect_with_edge(Int i, Int n) {
  i %= 2 * n;
  if (i < 0) i += 2 * n;
  return i < n ? i : 2 * n - 1 - i;
}

}  // namespace genga
