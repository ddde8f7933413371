// RowReader: the rows of a pipeline as u16 samples, 8-bit ones widened.
#include <algorithm>
#include <vector>

#include "image/pipeline.h"
#include "image/row_stream.h"
#include "image/samples.h"

namespace genga::image {
namespace {

constexpr std::size_t kSamplesAtOnce = std::size_t{1} << 16;  // stay in the second-level cache between both passes

}  // namespace

struct RowReader::Impl {
  Impl(const EncodedImage& source, Pipeline pipeline)
      : path(source.path),
        info(std::move(pipeline.info)),
        metadata(std::move(pipeline.metadata)),
        rows(std::move(pipeline.image)) {}

  std::filesystem::path path;
  Info info;
  MetadataPtr metadata;
  RowStream rows;
  std::vector<std::uint8_t> samples_u8;  // reused between calls
};

RowReader::RowReader(const EncodedImage& source, const ReadOptions& options)
    : impl_(std::make_unique<Impl>(source, open_pipeline(source, options))) {}
RowReader::RowReader(RowReader&&) noexcept = default;
RowReader::~RowReader() = default;

const Info& RowReader::info() const {
  return impl_->info;
}
int RowReader::channels() const {
  return impl_->info.alpha ? 4 : 3;
}
MetadataPtr RowReader::metadata() const {
  return impl_->metadata;
}

void RowReader::begin() {
  impl_->rows.begin();
}

void RowReader::read(std::span<std::uint16_t> dst) {
  with_name(impl_->path, [&] {
    if (impl_->info.bits == 16) {
      impl_->rows.read(std::as_writable_bytes(dst));
      return;
    }
    while (!dst.empty()) {
      const auto part = dst.first(std::min(dst.size(), kSamplesAtOnce));
      impl_->samples_u8.resize(part.size());
      impl_->rows.read(std::as_writable_bytes(std::span(impl_->samples_u8)));
      std::transform(impl_->samples_u8.begin(), impl_->samples_u8.end(), part.begin(), widen);
      dst = dst.subspan(part.size());
    }
  });
}

}  // namespace genga::image
