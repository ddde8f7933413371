// The public header of libgenga_torch.so.
#include "genga/engine_module.h"
#include "torchengine/compiled.h"
#include "torchengine/place.h"

extern "C" [[gnu::visibility("default")]] const genga::engine::Module* genga_torch_engine() {
  static constexpr genga::engine::Module kModule{GENGA_VERSION, &genga::torchengine::has_gpu,
                                                 &genga::torchengine::compile};
  return &kModule;
}
