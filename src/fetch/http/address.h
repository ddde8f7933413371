// Which machines may be connected to. Lists of addresses and redirects come from strangers; they must not lead to
// services of this machine or its network.
#pragma once

#include <sys/socket.h>

#include <string>

namespace genga::fetch {

/// False for loopback, private, link-local, shared (RFC 6598), multicast, reserved, documentation, IPv4-mapped, unique
/// local addresses, and IPv6 addresses that embed one of these (NAT64, 6to4).
bool is_public_address(const sockaddr* address);

/// "192.168.0.1"
std::string address_text(const sockaddr* address);

/// True if one of the host's addresses is not public. A name that cannot be resolved here has none.
bool has_private_address(const std::string& host);

/// The proxy that http_proxy, https_proxy (or HTTPS_PROXY), all_proxy and no_proxy give for a host; empty: none.
std::string proxy_from_environment(const std::string& scheme, const std::string& host);

}  // namespace genga::fetch
