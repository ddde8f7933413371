// DCGAN's generator without its Input: the transposed convolutions that DCGAN and DeLiGAN have in common.
#pragma once

#include <string>

#include "models/net.h"

namespace genga::models {

struct DcganStages {
  int size_px = 64;
  int width = 64;
};

/// Throws Error: kInvalidArgument, naming the network.
void check_noise_size(const char* network, int size_px);

/// noise [N,latent,1,1] -> image [N,3,size,size] in [-1,1].
NodeId dcgan_stages(Net& net, NodeId noise, const DcganStages& stages);

}  // namespace genga::models
