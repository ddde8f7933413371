#include "engine/weight_cache.h"

namespace genga::engine {

dnnl::memory WeightCache::pack(std::vector<float>& plain, const dnnl::memory::desc& plain_desc,
                               const dnnl::memory::desc& wanted) {
  dnnl::memory source(plain_desc, cpu_engine(), plain.data());
  dnnl::memory packed(wanted, cpu_engine());
  dnnl::stream stream(cpu_engine());
  dnnl::reorder(source, packed).execute(stream, source, packed);
  stream.wait();
  return packed;
}

}  // namespace genga::engine
