// What differs between oneDNN 2 (Debian 12) and oneDNN 3 (Debian 13). No other file asks for oneDNN's version.
#pragma once

#include <dnnl.hpp>

#include "engine/dnnl_guard.h"

namespace genga::engine {

/// The description from which a primitive is made. args: what oneDNN 3's constructor of Primitive::primitive_desc takes
/// between the engine and the attributes: kind of propagation, algorithm, memory descriptions, strides, padding.
template <class Primitive, class... Args>
typename Primitive::primitive_desc describe_primitive(const dnnl::primitive_attr& attributes, const Args&... args) {
#if DNNL_VERSION_MAJOR >= 3
  return typename Primitive::primitive_desc(cpu_engine(), args..., attributes);
#else
  return typename Primitive::primitive_desc(typename Primitive::desc(args...), attributes, cpu_engine());
#endif
}

/// Appends `function` with its first parameter alpha (the slope of a leaky relu).
inline void append_eltwise(dnnl::post_ops& ops, dnnl::algorithm function, float alpha) {
#if DNNL_VERSION_MAJOR >= 3
  ops.append_eltwise(function, alpha, 0.F);
#else
  ops.append_eltwise(1.F, function, alpha, 0.F);
#endif
}

/// Weights in the format that a primitive wants. source is plain: every value once, in order.
/// oneDNN 3.7's own reorder loses values where a block is not whole, on processors with AVX2 and AVX-512 (24 channels
/// in blocks of 16, for instance), so our own loops do it there.
#if DNNL_VERSION_MAJOR >= 3
void pack_weights(const dnnl::memory& source, dnnl::memory& packed);
#else
inline void pack_weights(const dnnl::memory& source, dnnl::memory& packed) {
  dnnl::stream stream(cpu_engine());
  dnnl::reorder(source, packed).execute(stream, const_cast<dnnl::memory&>(source), packed);
  stream.wait();
}
#endif

/// The instruction set that stands for arithmetic in f16; oneDNN 2 has no name for it and stops at that for bf16.
#if DNNL_VERSION_MAJOR >= 3
inline constexpr dnnl::cpu_isa kIsaOfF16 = dnnl::cpu_isa::avx512_core_fp16;
#else
inline constexpr dnnl::cpu_isa kIsaOfF16 = dnnl::cpu_isa::avx512_core_bf16;
#endif

}  // namespace genga::engine
