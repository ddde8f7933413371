// Classifies addresses by the registries of special-purpose addresses, and reads the proxy variables of the
// environment.
#include "fetch/http/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string_view>

namespace genga::fetch {
namespace {

struct Block4 {
  std::uint32_t first;
  int bits;
};

// IANA IPv4 Special-Purpose Address Registry, without the parts that are globally reachable.
constexpr std::array kNotPublic4{
    Block4{0x00000000, 8},   // this network
    Block4{0x0a000000, 8},   // private
    Block4{0x64400000, 10},  // shared between customers of a carrier
    Block4{0x7f000000, 8},   // loopback
    Block4{0xa9fe0000, 16},  // link-local, with the metadata services of clouds
    Block4{0xac100000, 12},  // private
    Block4{0xc0000000, 24},  // protocol assignments
    Block4{0xc0000200, 24},  // documentation
    Block4{0xc0586300, 24},  // 6to4 relays
    Block4{0xc0a80000, 16},  // private
    Block4{0xc6120000, 15},  // benchmarks
    Block4{0xc6336400, 24},  // documentation
    Block4{0xcb007100, 24},  // documentation
    Block4{0xe0000000, 4},   // multicast
    Block4{0xf0000000, 4},   // reserved, broadcast
};

bool is_public4(std::uint32_t address) {
  return std::none_of(kNotPublic4.begin(), kNotPublic4.end(),
                      [&](const Block4& b) { return (address ^ b.first) >> (32 - b.bits) == 0; });
}

std::uint32_t word_at(const unsigned char* bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
}

bool is_public6(const unsigned char* a) {
  const std::uint32_t first = word_at(a);
  if (first == 0x0064ff9b && word_at(a + 4) == 0 && word_at(a + 8) == 0) return is_public4(word_at(a + 12));  // NAT64
  if (first >> 29 != 1) return false;                               // only 2000::/3 is global unicast
  if (first >> 16 == 0x2002) return is_public4(word_at(a + 2));     // 6to4
  if (first >> 9 == 0x20010000 >> 9) return false;                  // 2001::/23: Teredo and other protocols
  if (first == 0x20010db8 || first >> 12 == 0x3fff0) return false;  // documentation
  return true;
}

std::string variable(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

/// no_proxy: "*", or names and their subdomains, separated by commas or spaces.
bool is_excepted(std::string_view host, std::string_view list) {
  std::size_t begin = 0;
  while ((begin = list.find_first_not_of(", ", begin)) != std::string_view::npos) {
    const std::size_t end = std::min(list.find_first_of(", ", begin), list.size());
    std::string_view name = list.substr(begin, end - begin);
    begin = end;
    if (name == "*") return true;
    if (name.starts_with('.')) name.remove_prefix(1);
    if (host == name) return true;
    if (host.size() > name.size() && host.ends_with(name) && host[host.size() - name.size() - 1] == '.') return true;
  }
  return false;
}

}  // namespace

bool is_public_address(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, address, sizeof(in));
    return is_public4(ntohl(in.sin_addr.s_addr));
  }
  if (address->sa_family != AF_INET6) return false;
  sockaddr_in6 in6{};
  std::memcpy(&in6, address, sizeof(in6));
  return is_public6(in6.sin6_addr.s6_addr);
}

std::string address_text(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const socklen_t size = address->sa_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  if (getnameinfo(address, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0) return "?";
  return text.data();
}

bool has_private_address(const std::string& host) {
  std::string name = host;
  if (name.size() > 2 && name.front() == '[') name = name.substr(1, name.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (getaddrinfo(name.c_str(), nullptr, &hints, &list) != 0) return false;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, &freeaddrinfo);
  for (const addrinfo* a = list; a != nullptr; a = a->ai_next) {
    if (!is_public_address(a->ai_addr)) return true;
  }
  return false;
}

std::string proxy_from_environment(const std::string& scheme, const std::string& host) {
  // HTTP_PROXY in capitals is not read: a CGI program gets it from a request's header "Proxy".
  std::string proxy = scheme == "http" ? variable({"http_proxy"}) : variable({"https_proxy", "HTTPS_PROXY"});
  if (proxy.empty()) proxy = variable({"all_proxy", "ALL_PROXY"});
  if (proxy.empty() || is_excepted(host, variable({"no_proxy", "NO_PROXY"}))) return {};
  return proxy;
}

}  // namespace genga::fetch
