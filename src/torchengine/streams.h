// Streams of a GPU: queues of work that it does in order.
#pragma once

#include <c10/core/Stream.h>

#include "torchnet/aten.h"

namespace genga::torchengine {

c10::Stream new_stream(at::Device device);
/// Waits until all work of the stream is done. Throws c10::Error: also what went wrong in that work.
void finish(const c10::Stream& stream);
/// The same for destructors: an error is dropped. Returns whether there was none.
bool finish_quietly(const c10::Stream& stream) noexcept;

}  // namespace genga::torchengine
