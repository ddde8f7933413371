// DeLiGAN: the noise is a point of a learnt mixture of Gaussians. Source: Gurumurthy et al., CVPR 2017, arXiv
// 1706.02071; val-iisc/deligan. The authors' networks are for 28 and 32 px; here DCGAN's stages follow the mixture, and
// the number of components does not depend on the batch (the authors' slot i of a batch always uses component i).
#include "genga/error.h"
#include "genga/models.h"
#include "models/dcgan_stages.h"

namespace genga::models {

ir::Graph deligan_generator(const DeliganOptions& options) {
  check_noise_size("deligan", options.size_px);
  if (options.components < 1) {
    fail(ErrorCode::kInvalidArgument, "deligan: components is {}, expected at least 1", options.components);
  }
  Net net(ir::Input{.channels = options.latent + options.components, .height = 1, .width = 1});
  const NodeId z = net.layer("mixture", ir::GaussianMixture{.components = options.components}, {net.input()});
  return net.finish(dcgan_stages(net, z, {options.size_px, options.width}));  // z [N,latent,1,1]
}

}  // namespace genga::models
