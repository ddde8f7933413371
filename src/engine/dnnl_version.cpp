// Weights in oneDNN 3's blocked formats, written by our own loops.
#include "engine/dnnl_version.h"

#if DNNL_VERSION_MAJOR >= 3

#include <cstring>
#include <vector>

namespace genga::engine {
namespace {

/// A blocked format: where a value lies, in values. Source: oneDNN, "Memory format propagation", dnnl_blocking_desc_t.
class BlockedFormat {
 public:
  explicit BlockedFormat(const dnnl::memory::desc& desc)
      : strides_(desc.get_strides()), blocks_(desc.get_inner_blks()), block_dims_(desc.get_inner_idxs()) {}

  std::size_t offset(dnnl::memory::dims position) const {
    dnnl::memory::dim sum = 0, inner = 1;
    for (std::size_t i = blocks_.size(); i-- > 0;) {
      auto& along = position[static_cast<std::size_t>(block_dims_[i])];
      sum += along % blocks_[i] * inner;
      along /= blocks_[i];
      inner *= blocks_[i];
    }
    for (std::size_t d = 0; d < position.size(); ++d) sum += position[d] * strides_[d];
    return static_cast<std::size_t>(sum);
  }

 private:
  dnnl::memory::dims strides_, blocks_, block_dims_;
};

/// The next position in order of the dimensions. Returns false after the last.
bool advance(dnnl::memory::dims& position, const dnnl::memory::dims& dims) {
  for (std::size_t d = dims.size(); d-- > 0;) {
    if (++position[d] < dims[d]) return true;
    position[d] = 0;
  }
  return false;
}

}  // namespace

void pack_weights(const dnnl::memory& source, dnnl::memory& packed) {
  const dnnl::memory::desc from = source.get_desc(), to = packed.get_desc();
  if (to.get_format_kind() != dnnl::memory::format_kind::blocked) {
    fail(ErrorCode::kInternal, "oneDNN wants weights in a format that is not blocked");
  }
  // Plain formats are reordered right, so the type is changed there.
  const dnnl::memory::dims dims = from.get_dims();
  const dnnl::memory plain({dims, to.get_data_type(), from.get_strides()}, cpu_engine());
  dnnl::stream stream(cpu_engine());
  dnnl::reorder(source, plain).execute(stream, const_cast<dnnl::memory&>(source), const_cast<dnnl::memory&>(plain));
  stream.wait();

  const std::size_t size = dnnl::memory::data_type_size(to.get_data_type());
  const auto* src = static_cast<const std::byte*>(plain.get_data_handle());
  auto* dst = static_cast<std::byte*>(packed.get_data_handle());
  std::memset(dst, 0, to.get_size());
  const BlockedFormat src_format(from), dst_format(to);
  dnnl::memory::dims position(dims.size(), 0);
  do {
    std::memcpy(dst + dst_format.offset(position) * size, src + src_format.offset(position) * size, size);
  } while (advance(position, dims));
}

}  // namespace genga::engine

#endif
