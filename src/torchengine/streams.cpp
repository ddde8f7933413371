// Streams by c10's virtual guard, which needs no header of CUDA.
#include "torchengine/streams.h"

#include <c10/core/impl/VirtualGuardImpl.h>

namespace genga::torchengine {

c10::Stream new_stream(at::Device device) {
  return c10::impl::VirtualGuardImpl(device.type()).getStreamFromGlobalPool(device);
}

void finish(const c10::Stream& stream) {
  c10::impl::VirtualGuardImpl(stream.device_type()).synchronizeStream(stream);
}

bool finish_quietly(const c10::Stream& stream) noexcept {
  try {
    finish(stream);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace genga::torchengine
