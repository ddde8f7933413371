// One visitor for std::visit out of several lambdas.
#pragma once

namespace genga {

template <class... Functions>
struct overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
overloaded(Functions...) -> overloaded<Functions...>;

}  // namespace genga
