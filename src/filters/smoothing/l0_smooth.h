// L0 gradient minimisation: as few places with any gradient as lambda asks for, so that regions become flat. Source:
// Xu, Lu, Xu, Jia 2011, "Image smoothing via L0 gradient minimization", algorithm 1.
#pragma once

#include <span>

#include "genga/image.h"

namespace genga::filters {

/// dst: planar f32 in [-1,1], three planes. Opposite borders touch, as the Fourier transform has it.
/// lambda: weight of a gradient against squared error in 0..1; AnimeGANv3 takes 0.005.
/// Threads: thread-safe, and the same bits on every thread.
/// Cost: about 45 ms for 256 x 256, 0.4 s for 257 x 255: best where the sides have small prime factors.
void l0_smooth(const image::Image& src, double lambda, std::span<float> dst);

}  // namespace genga::filters
