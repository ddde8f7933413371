// The reordering of plain weights into the format that a primitive wants.
#include "engine/weight_cache.h"

#include "engine/dnnl_version.h"

namespace genga::engine {

void WeightCache::pack(std::vector<float>& plain, const dnnl::memory::desc& plain_desc, dnnl::memory& packed) {
  pack_weights(dnnl::memory(plain_desc, cpu_engine(), plain.data()), packed);
}

}  // namespace genga::engine
