// Converts rows of a photo to the planar tensors of a network, and back.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "genga/weights.h"
#include "stylize/row_band.h"

namespace genga::stylize {

/// A window of the padded image.
struct WindowArea {
  int x = 0, y = 0, width = 0, height = 0;
};

/// Fills dst [1,3,height,width] from the band; pixels beyond the photo are reflected (genga/reflect.h). Alpha is left
/// out. Rows are split among `threads`.
void to_tensor(const RowBand& band, const PhotoRows& photo, const WindowArea& window,
               const weights::PixelFormat& format, int threads, std::span<float> dst);

/// Takes the pixels [x, x+width) x [y, y+height) of the tensor [1,3,tensor_height,tensor_width] as u16 RGB.
struct TensorArea {
  int tensor_width = 0, tensor_height = 0;
  int x = 0, y = 0, width = 0, height = 0;
};
/// dst: first pixel of the area in interleaved rows; dst_stride: samples from row to row; channels: 3, or 4 whose alpha
/// is left as it is. Values beyond the format's range are clamped. Rows are split among `threads`.
/// Throws Error: kCorruptData (NaN, infinity).
void to_rows(std::span<const float> src, const TensorArea& area, const weights::PixelFormat& format, int threads,
             std::uint16_t* dst, std::size_t dst_stride, int channels);

}  // namespace genga::stylize
