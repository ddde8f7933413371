// Tests of what happens when memory runs out inside a callback that libvips' C code calls: the caller gets the
// exception, and the program does not end. This file replaces operator new for the whole test program.
#include <atomic>
#include <cstdlib>
#include <new>

#include "image/test_images.h"
#include "image/vips_guard.h"

namespace {

std::atomic<std::size_t> failing_bytes{0};  // operator new refuses this many and more; 0: never

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  const std::size_t limit = failing_bytes;
  void* memory = limit > 0 && size >= limit ? nullptr : std::malloc(size > 0 ? size : 1);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
// AddressSanitizer has its own, whose memory this file's operator delete must not get.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return operator new(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace genga::image {
namespace {

using CallbackTest = ImageTest;

TEST_F(CallbackTest, MemoryThatRunsOutWhileRowsAreDecodedIsAnException) {
  const Info info = info_of(20000, 40);  // a strip of 16 rows takes 960 kB
  write_rows(file("a.png"), info, Rows(static_cast<std::size_t>(info.width * info.height * 3)));
  RowReader reader(EncodedImage{file("a.png"), {}}, {});
  Rows rows(static_cast<std::size_t>(info.width * info.height * 3));
  failing_bytes = 500'000;
  EXPECT_THROW(reader.read(rows), std::bad_alloc);
  failing_bytes = 0;
  EXPECT_EQ(read_rows(file("a.png")).size(), rows.size()) << "the next image is not concerned";
}

TEST(RunCallback, KeepsTheFirstExceptionAndStopsLibvips) {
  std::exception_ptr error;
  EXPECT_EQ(run_callback(error, [] { return 0; }), 0);
  EXPECT_FALSE(error);
  EXPECT_EQ(run_callback(error, []() -> int { throw std::bad_alloc(); }), -1);
  EXPECT_EQ(run_callback(error, []() -> int { throw Error(ErrorCode::kIo, "second"); }), -1);
  EXPECT_THROW(std::rethrow_exception(error), std::bad_alloc);
}

}  // namespace
}  // namespace genga::image
