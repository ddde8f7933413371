// RowWriter. libvips' savers ask for rows, our callers hand them over. So the saver runs on a thread of its own, on an
// image whose rows come in order from a bounded queue, as those of libvips' sequential loaders do.
#include <algorithm>
#include <cstring>
#include <exception>
#include <thread>

#include "genga/base.h"
#include "image/chunk_queue.h"
#include "image/encoder.h"
#include "image/metadata/metadata.h"
#include "image/metadata/private_fields.h"
#include "image/open_source.h"
#include "image/samples.h"

namespace genga::image {
namespace {

constexpr std::size_t kQueueBytes = std::size_t{16} << 20;
constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

void attach_frames(VipsImage* image, const WriteOptions& options) {
  if (options.frames <= 1) return;
  const std::vector<int> delays(static_cast<std::size_t>(options.frames), options.frame_ms);
  vips_image_set_int(image, VIPS_META_PAGE_HEIGHT, vips_image_get_height(image) / options.frames);
  vips_image_set_array_int(image, "delay", delays.data(), options.frames);
  vips_image_set_int(image, "loop", 0);  // for ever
}

}  // namespace

struct RowWriter::Impl {
  Impl(std::filesystem::path path_wanted, const Info& info_wanted, const MetadataPtr& metadata,
       const WriteOptions& options, bool to_memory_wanted);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  static int give_rows(VipsRegion* region, void* sequence, void* a, void* self, gboolean* stop);
  /// The next rows of the queue into the region. Returns 0, or -1 with libvips' error text set.
  int fill(VipsRegion* region);
  ImagePtr make_rows(const MetadataPtr& metadata, const WriteOptions& options);
  void save();
  std::size_t row_samples() const { return static_cast<std::size_t>(info.width) * (info.alpha ? 4 : 3); }
  std::size_t row_bytes() const {
    return static_cast<std::size_t>(info.width) * static_cast<std::size_t>(encoding.bands * encoding.bits / 8);
  }
  void convert(std::span<const std::uint16_t> rows, std::vector<std::byte>& dst) const;
  void write(std::span<const std::uint16_t> rows);
  void finish();
  /// Joins the saver and throws what it met.
  void join();

  const std::filesystem::path path;
  const Info info;
  const Encoding encoding;
  std::optional<AtomicFile> file;  // none: to memory
  ImagePtr image;
  ChunkQueue queue{kQueueBytes};
  int next_row_asked = 0;    // by the saver
  std::int64_t written = 0;  // rows pushed by the caller
  bool finished = false;
  std::vector<std::byte> bytes;
  std::exception_ptr callback_error;  // what give_rows() met; read by the thread when the saver has returned
  std::exception_ptr error;           // written by the thread, read after it was joined
  std::thread thread;
};

RowWriter::Impl::Impl(std::filesystem::path path_wanted, const Info& info_wanted, const MetadataPtr& metadata,
                      const WriteOptions& options, bool to_memory_wanted)
    : path(std::move(path_wanted)), info(info_wanted), encoding(choose_encoding(path, info, options)) {
  if (!to_memory_wanted) file.emplace(path);
  image = make_rows(metadata, options);
  thread = std::thread([this] { save(); });
}

RowWriter::Impl::~Impl() {
  queue.cancel();
  if (thread.joinable()) thread.join();
}

// Called by libvips from several threads, but one after another under a lock, strip after strip.
int RowWriter::Impl::give_rows(VipsRegion* region, void*, void*, void* self, gboolean*) {
  auto* writer = static_cast<Impl*>(self);
  return run_callback(writer->callback_error, [&] { return writer->fill(region); });
}

int RowWriter::Impl::fill(VipsRegion* region) {
  const VipsRect& area = region->valid;
  if (area.left != 0 || area.width != info.width || area.top != next_row_asked) {
    vips_error("genga", "rows were asked for out of order");
    return -1;
  }
  for (int y = 0; y < area.height; ++y) {
    auto* dst = reinterpret_cast<std::byte*>(VIPS_REGION_ADDR(region, 0, area.top + y));
    if (!queue.read({dst, row_bytes()})) {
      vips_error("genga", "writing was given up");
      return -1;
    }
  }
  next_row_asked += area.height;
  return 0;
}

ImagePtr RowWriter::Impl::make_rows(const MetadataPtr& metadata, const WriteOptions& options) {
  constexpr int kStripHeight = 16;
  const bool wide = encoding.bits == 16;
  const ImagePtr source(vips_image_new());
  vips_image_init_fields(source.get(), info.width, info.height, encoding.bands,
                         wide ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR, VIPS_CODING_NONE,
                         wide ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB,
                         metadata ? vips_image_get_xres(metadata->fields()) : 1.0,
                         metadata ? vips_image_get_yres(metadata->fields()) : 1.0);
  if (options.metadata || !options.comment.empty()) {
    attach_metadata(source.get(), options.metadata ? metadata.get() : nullptr, options.comment,
                    encoding.row->format.name);
  }
  if (!options.places) remove_places(source.get());
  attach_frames(source.get(), options);
  if (vips_image_pipelinev(source.get(), VIPS_DEMAND_STYLE_THINSTRIP, nullptr) != 0 ||
      vips_image_generate(source.get(), nullptr, &Impl::give_rows, nullptr, nullptr, this) != 0) {
    fail_vips(ErrorCode::kInternal, "cannot set up the saver");
  }
  return make_image("cannot set up the saver", [&](VipsImage** dst) {
    return vips_sequential(source.get(), dst, "tile_height", kStripHeight, nullptr);
  });
}

void RowWriter::Impl::save() {
  const VipsThread vips_thread;
  try {
    if (file) {
      encode_file(image.get(), encoding, file->temporary());
    } else {
      bytes = encode_memory(image.get(), encoding);
    }
  } catch (...) {
    error = callback_error ? callback_error : std::current_exception();
  }
  queue.cancel();  // write() must not wait for a saver that has ended, whether well or not
}

void RowWriter::Impl::convert(std::span<const std::uint16_t> rows, std::vector<std::byte>& dst) const {
  const std::size_t n_src = info.alpha ? 4 : 3;
  const std::size_t n_dst = static_cast<std::size_t>(encoding.bands);
  const bool flatten = n_src == 4 && n_dst == 3;
  std::vector<std::uint16_t> flat;
  if (flatten) {
    flat.reserve(rows.size() / 4 * 3);
    for (std::size_t i = 0; i < rows.size(); i += 4) {
      for (std::size_t c = 0; c < 3; ++c) flat.push_back(over_white(rows[i + c], rows[i + 3]));
    }
    rows = flat;
  }
  if (encoding.bits == 16) {
    const auto src = std::as_bytes(rows);
    dst.assign(src.begin(), src.end());
    return;
  }
  dst.resize(rows.size());
  std::transform(rows.begin(), rows.end(), dst.begin(), [](std::uint16_t v) { return std::byte{narrow(v)}; });
}

void RowWriter::Impl::join() {
  if (thread.joinable()) thread.join();
  if (error) std::rethrow_exception(error);
}

void RowWriter::Impl::write(std::span<const std::uint16_t> rows) {
  const std::size_t row = row_samples();
  if (rows.size() % row != 0 || written + static_cast<std::int64_t>(rows.size() / row) > info.height) {
    fail(ErrorCode::kInternal, "{} samples were written at row {} of {}; whole rows of {} samples were expected",
         rows.size(), written, info.height, row);
  }
  const std::size_t rows_a_chunk = std::max<std::size_t>(1, kChunkBytes / row_bytes());
  while (!rows.empty()) {
    const auto part = rows.first(std::min(rows.size(), rows_a_chunk * row));
    std::vector<std::byte> chunk;
    convert(part, chunk);
    if (!queue.push(std::move(chunk))) {
      join();
      fail(ErrorCode::kInternal, "the saver ended before the last row");
    }
    written += static_cast<std::int64_t>(part.size() / row);
    rows = rows.subspan(part.size());
  }
}

void RowWriter::Impl::finish() {
  if (written != info.height) {
    fail(ErrorCode::kInternal, "only {} of {} rows were written before finish()", written, info.height);
  }
  queue.finish();
  join();
  if (file) file->commit();
  finished = true;
}

RowWriter::RowWriter(const std::filesystem::path& path, const Info& info, MetadataPtr metadata,
                     const WriteOptions& options)
    : impl_(with_name(path, [&] { return std::make_unique<Impl>(path, info, metadata, options, false); })) {}

RowWriter::RowWriter(const Info& info, MetadataPtr metadata, const WriteOptions& options)
    : impl_(with_name("-", [&] { return std::make_unique<Impl>("", info, metadata, options, true); })) {}

RowWriter::RowWriter(RowWriter&&) noexcept = default;
RowWriter::~RowWriter() = default;

void RowWriter::write(std::span<const std::uint16_t> rows) {
  with_name(impl_->file ? impl_->path : "-", [&] { impl_->write(rows); });
}

void RowWriter::finish() {
  with_name(impl_->file ? impl_->path : "-", [&] { impl_->finish(); });
}

std::vector<std::byte> RowWriter::take_bytes() {
  if (!impl_->finished || impl_->file) fail(ErrorCode::kInternal, "take_bytes() needs a finished writer to memory");
  return std::move(impl_->bytes);
}

}  // namespace genga::image
