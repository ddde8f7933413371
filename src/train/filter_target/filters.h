// Small filters the filter target is made of. Images are [N,C,H,W] in [0,1]; borders repeat the edge pixel.
#pragma once

#include "filters/flow.h"
#include "torchnet/aten.h"

namespace genga::train {

at::Tensor gaussian_blur(const at::Tensor& src, double sigma);
/// 0 below low, 1 above high, smooth between.
at::Tensor smooth_step(const at::Tensor& src, double low, double high);
/// Sobel derivatives of [N,1,H,W] along x and y, in units of the range per pixel.
struct Derivatives {
  at::Tensor dx, dy;
};
Derivatives sobel(const at::Tensor& src);

/// Generalised Kuwahara filter: every pixel becomes the mean of those of eight soft sectors around it that vary least,
/// which paints flat strokes up to an edge. radius: of the sectors, in pixels.
/// Source: Papari, Petkov, Campisi 2007, "Artistic edge and corner enhancing smoothing", eqs. (8)-(11).
at::Tensor kuwahara(const at::Tensor& rgb, std::int64_t radius);

/// filters::smooth_along_flow of every image of [N,3,H,W], on the processor.
at::Tensor smooth_along_flow(const at::Tensor& rgb, const filters::FlowSmoothing& options);
/// plane [N,1,H,W] smoothed along the flow of rgb [N,3,H,W] by filters::Flow::smooth.
at::Tensor smooth_along_flow_of(const at::Tensor& rgb, const at::Tensor& plane, double sigma);

/// L0 gradient minimisation: as few places with any gradient as lambda asks for, so that regions become flat.
/// Source: Xu, Lu, Xu, Jia 2011, algorithm 1; algorithms.md 1.7. Differs: stops at beta 1e3, where 8-bit images no
/// longer change visibly. Opposite borders touch, so a margin is to be cut off. Fast when H and W have small factors.
at::Tensor l0_smooth(const at::Tensor& src, double lambda);

}  // namespace genga::train
