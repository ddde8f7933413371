// Weights in oneDNN 3's blocked formats, written by our own loops.
#include "engine/dnnl_version.h"

#if DNNL_VERSION_MAJOR >= 3

#include <cstring>
#include <vector>

namespace genga::engine {
namespace {

/// Where the values of a blocked format lie: for each dimension, what each index adds to the offset, in values.
/// Source: oneDNN, "Understanding memory formats", and dnnl_blocking_desc_t.
std::vector<std::vector<std::size_t>> offsets_of(const dnnl::memory::desc& desc) {
  const dnnl::memory::dims dims = desc.get_dims(), strides = desc.get_strides(), blocks = desc.get_inner_blks(),
                           block_dims = desc.get_inner_idxs();
  std::vector<std::vector<std::size_t>> offsets(dims.size());
  for (std::size_t d = 0; d < dims.size(); ++d) {
    for (dnnl::memory::dim index = 0; index < dims[d]; ++index) {
      dnnl::memory::dim rest = index, sum = 0, inner = 1;
      for (std::size_t i = blocks.size(); i-- > 0; inner *= blocks[i]) {
        if (static_cast<std::size_t>(block_dims[i]) != d) continue;
        sum += rest % blocks[i] * inner;
        rest /= blocks[i];
      }
      offsets[d].push_back(static_cast<std::size_t>(sum + rest * strides[d]));
    }
  }
  return offsets;
}

/// Copies what lies along dimension d and those after it; src and dst: offsets so far, in values.
struct Copy {
  const std::vector<std::vector<std::size_t>>& src_offsets;
  const std::vector<std::vector<std::size_t>>& dst_offsets;
  const std::byte* src;
  std::byte* dst;
  std::size_t value_bytes;

  void along(std::size_t d, std::size_t from, std::size_t to) const {
    if (d == src_offsets.size()) {
      std::memcpy(dst + to * value_bytes, src + from * value_bytes, value_bytes);
      return;
    }
    for (std::size_t i = 0; i < src_offsets[d].size(); ++i)
      along(d + 1, from + src_offsets[d][i], to + dst_offsets[d][i]);
  }
};

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

  std::memset(packed.get_data_handle(), 0, to.get_size());
  const auto src_offsets = offsets_of(plain.get_desc()), dst_offsets = offsets_of(to);
  Copy{src_offsets, dst_offsets, static_cast<const std::byte*>(plain.get_data_handle()),
       static_cast<std::byte*>(packed.get_data_handle()), dnnl::memory::data_type_size(to.get_data_type())}
      .along(0, 0, 0);
}

}  // namespace genga::engine

#endif
