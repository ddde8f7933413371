// A case as a torchnet::Network, for the tests that need one.
#pragma once

#include "parity/op_cases.h"
#include "torchnet/convert.h"
#include "torchnet/network.h"

namespace genga::parity {

inline at::Tensor to_torch(const ref::Array& array) {
  return torchnet::to_torch(
      weights::make_tensor({array.shape.n, array.shape.c, array.shape.h, array.shape.w}, array.values));
}

inline torchnet::Network network_of(const Case& c, const torchnet::NetworkOptions& options = {}) {
  torchnet::Network network(c.graph, options);
  network.set_weights(case_weights(c.graph, c.seed));
  return network;
}

}  // namespace genga::parity
