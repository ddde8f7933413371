// The reordering of plain weights into the format that a primitive wants.
#include "engine/weight_cache.h"

namespace genga::engine {

void WeightCache::pack(std::vector<float>& plain, const dnnl::memory::desc& plain_desc, dnnl::memory& packed) {
  dnnl::memory source(plain_desc, cpu_engine(), plain.data());
  dnnl::stream stream(cpu_engine());
  dnnl::reorder(source, packed).execute(stream, source, packed);
  stream.wait();
}

}  // namespace genga::engine
