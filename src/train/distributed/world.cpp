// World by c10d's process groups. The only file that sees c10d.
#include "train/distributed/world.h"

#include <torch/csrc/api/include/torch/version.h>

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#ifdef GENGA_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "genga/error.h"

namespace genga::train {
namespace {

#if TORCH_VERSION_MAJOR >= 2
using Backend = c10d::Backend;
#else
using Backend = c10d::ProcessGroup;
#endif
using BackendPtr = c10::intrusive_ptr<Backend>;
using StorePtr = c10::intrusive_ptr<c10d::Store>;

/// First line of an exception of c10d or Gloo, without a stack trace.
std::string reason_of(const std::exception& error) {
  const std::string text = error.what();
  return text.substr(0, text.find('\n'));
}

std::chrono::milliseconds milliseconds(const WorldOptions& options) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(options.timeout);
}

/// LibTorch 2 meets by libuv unless told otherwise, and Debian builds it without; LibTorch 1.13 has no such option.
template <class Options>
void without_libuv(Options& options) {
  if constexpr (requires { options.useLibUV; }) options.useLibUV = false;
}

StorePtr open_store(const Launch& launch, const WorldOptions& options) {
  c10d::TCPStoreOptions store;
  without_libuv(store);
  store.port = launch.port;
  store.isServer = launch.rank == 0 && !launch.store_exists;
  store.timeout = milliseconds(options);
  if (!launch.store_exists) store.numWorkers = static_cast<std::size_t>(launch.count);
  return c10::make_intrusive<c10d::PrefixStore>(launch.store_prefix,
                                                c10::make_intrusive<c10d::TCPStore>(launch.host, store));
}

/// The address that other ranks reach this one by. GLOO_SOCKET_IFNAME as PyTorch reads it; ranks that meet on this
/// machine's loopback stay there, whatever the machine calls itself.
std::shared_ptr<gloo::transport::Device> gloo_device(const Launch& launch) {
  using Gloo = c10d::ProcessGroupGloo;
  if (const auto interface = environment("GLOO_SOCKET_IFNAME")) return Gloo::createDeviceForInterface(*interface);
  if (launch.host == "localhost" || launch.host.starts_with("127.")) return Gloo::createDeviceForHostname("127.0.0.1");
  return Gloo::createDefaultDevice();
}

BackendPtr join_gloo(const Launch& launch, const WorldOptions& options, const StorePtr& store) {
  const auto gloo = c10d::ProcessGroupGloo::Options::create(milliseconds(options));
  gloo->devices.push_back(gloo_device(launch));
  return c10::make_intrusive<c10d::ProcessGroupGloo>(store, launch.rank, launch.count, gloo);
}

#ifdef GENGA_NCCL
BackendPtr join_nccl(const Launch& launch, const WorldOptions& options, const StorePtr& store) {
  const auto nccl = c10d::ProcessGroupNCCL::Options::create();
  nccl->timeout = milliseconds(options);
  return c10::make_intrusive<c10d::ProcessGroupNCCL>(store, launch.rank, launch.count, nccl);
}
#endif

/// "name\tdims\n" for each tensor.
std::string index_of(const weights::TensorMap& tensors) {
  std::string index;
  for (const auto& [name, tensor] : tensors) index += fmt::format("{}\t{}\n", name, fmt::join(tensor.dims, ","));
  return index;
}

std::vector<std::int64_t> dims_of(const std::string& text) {
  std::vector<std::int64_t> dims;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    dims.push_back(std::stoll(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return dims;
}

/// Zeros with the names and shapes of an index.
weights::TensorMap from_index(const std::string& index) {
  weights::TensorMap tensors;
  for (std::size_t begin = 0; begin < index.size();) {
    const std::size_t tab = index.find('\t', begin), end = index.find('\n', tab);
    const std::vector<std::int64_t> dims = dims_of(index.substr(tab + 1, end - tab - 1));
    std::int64_t size = 1;
    for (const std::int64_t d : dims) size *= d;
    tensors[index.substr(begin, tab - begin)] = weights::make_tensor(dims, std::vector<float>(size));
    begin = end + 1;
  }
  return tensors;
}

}  // namespace

struct World::Group {
  StorePtr store;  // rank 0's is the server: it must outlive the group
  BackendPtr backend;
  std::string self;  // "rank 1 of 4"

  template <class Body>
  auto guarded(Body&& body) const {
    try {
      return body();
    } catch (const std::exception& error) {
      fail(ErrorCode::kIo,
           "{}: another rank has ended or cannot be reached ({}); see the other ranks' messages, then start all ranks "
           "again with --resume",
           self, reason_of(error));
    }
  }
};

struct World::Pending::Work {
  const Group* group;
  c10::intrusive_ptr<c10d::Work> work;
};

World::Pending::Pending() = default;
World::Pending::Pending(Pending&&) noexcept = default;
World::Pending& World::Pending::operator=(Pending&&) noexcept = default;
World::Pending::~Pending() = default;

void World::Pending::wait() {
  if (!work_) return;
  const std::unique_ptr<Work> work = std::move(work_);
  work->group->guarded([&] { work->work->wait(); });
}

World::World() = default;
World::World(World&&) noexcept = default;
World& World::operator=(World&&) noexcept = default;
World::~World() = default;

World::World(const Launch& launch, const WorldOptions& options) : rank_(launch.rank), count_(launch.count) {
  if (count_ == 1) return;
  group_ = std::make_unique<Group>();
  group_->self = fmt::format("rank {} of {}", rank_, count_);
  try {
    group_->store = open_store(launch, options);
#ifdef GENGA_NCCL
    if (options.device.is_cuda()) {
      buffer_device_ = options.device;
      group_->backend = join_nccl(launch, options, group_->store);
    }
#endif
    if (!group_->backend) group_->backend = join_gloo(launch, options, group_->store);
    bool met[] = {true};
    any(met);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    fail(ErrorCode::kIo,
         "{}: did not meet the other ranks at {}:{} within {} s ({}); check that all of them run and that this address "
         "is reachable",
         group_->self, launch.host, launch.port, options.timeout.count(), reason_of(error));
  }
}

World::Pending World::start_sum(const at::Tensor& tensor) {
  Pending pending;
  if (!group_) return pending;
  std::vector<at::Tensor> tensors{tensor};
  pending.work_ = std::make_unique<Pending::Work>(
      Pending::Work{group_.get(), group_->guarded([&] { return group_->backend->allreduce(tensors, {}); })});
  return pending;
}

void World::average(std::span<double> values) {
  if (!group_ || values.empty()) return;
  at::Tensor sums = at::empty({static_cast<std::int64_t>(values.size())}, at::kDouble);
  std::memcpy(sums.data_ptr(), values.data(), values.size_bytes());
  const at::Tensor buffer = sums.to(buffer_device_);
  start_sum(buffer).wait();
  sums.copy_(buffer);
  sums.div_(count_);
  std::memcpy(values.data(), sums.data_ptr(), values.size_bytes());
}

void World::any(std::span<bool> flags) {
  std::vector<double> values(flags.begin(), flags.end());
  average(values);
  for (std::size_t i = 0; i < flags.size(); ++i) flags[i] = values[i] > 0;
}

void World::broadcast(std::string& bytes) {
  if (!group_) return;
  const auto from_first = [&](at::Tensor tensor) {
    std::vector<at::Tensor> tensors{tensor.to(buffer_device_)};
    group_->guarded([&] { group_->backend->broadcast(tensors, {})->wait(); });
    return tensors.front().cpu();
  };
  const at::Tensor size = from_first(at::full({1}, static_cast<std::int64_t>(bytes.size()), at::kLong));
  bytes.resize(static_cast<std::size_t>(size.item<std::int64_t>()));
  if (bytes.empty()) return;
  at::Tensor data = at::empty({static_cast<std::int64_t>(bytes.size())}, at::kByte);
  std::memcpy(data.data_ptr(), bytes.data(), bytes.size());
  data = from_first(data);
  std::memcpy(bytes.data(), data.data_ptr(), bytes.size());
}

void World::broadcast(weights::TensorMap& tensors) {
  if (!group_) return;
  std::string index = index_of(tensors);
  broadcast(index);
  if (!is_first()) tensors = from_index(index);
  for (auto& [name, tensor] : tensors) {
    const std::vector<float> own = tensor.to_f32();
    if (own.empty()) continue;  // on every rank alike: shapes are rank 0's
    std::string bytes(reinterpret_cast<const char*>(own.data()), own.size() * sizeof(float));
    broadcast(bytes);
    std::vector<float> values(own.size());
    std::memcpy(values.data(), bytes.data(), bytes.size());
    if (!is_first()) tensor = weights::make_tensor(tensor.dims, std::move(values));
  }
}

void World::expect_same(std::string_view what, std::string_view text) {
  std::string first(text);
  broadcast(first);
  bool differs[] = {first != text};
  any(differs);
  if (!differs[0]) return;
  fail(ErrorCode::kInvalidArgument,
       "{}: the {} differs between ranks{}; start every rank with the same options and the same files", group_->self,
       what, first == text ? "" : " (this one's is not rank 0's)");
}

World join_world(const WorldOptions& options, const Lookup& lookup) {
  const std::optional<Launch> launch = find_launch(lookup);
  if (!launch) return {};
  WorldOptions chosen = options;
  if (launch->timeout_s) chosen.timeout = std::chrono::seconds(*launch->timeout_s);
  return {*launch, chosen};
}

}  // namespace genga::train
