"""Decide which addresses may be contacted at all, and check the address of every connection before it is opened.

A name is resolved once; what is checked is the address the socket is about to connect to, so that a name server which
changes its answer between check and use (DNS rebinding) gains nothing. Names and addresses in the configuration's
allow-list are exempt.
"""

import asyncio
import ipaddress
import re
import socket
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

# IANA special-purpose registries (RFC 6890 and successors), written out: `ipaddress.is_global` differs between
# Python versions. 168.63.129.16 is public by number, yet answers from inside every Azure machine.
_REFUSED_V4 = {
    "0.0.0.0/8": "this-network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared (CGNAT)",
    "127.0.0.0/8": "loopback",
    "168.63.129.16/32": "cloud metadata",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "reserved",
    "192.0.2.0/24": "documentation",
    "192.88.99.0/24": "6to4 relay",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "benchmarking",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
}
_REFUSED_V6 = {
    "::/128": "unspecified",
    "::1/128": "loopback",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
    "2001::/32": "Teredo",
    "2001::/23": "reserved",
    "2001:db8::/32": "documentation",
    "2002::/16": "6to4",
    "3fff::/20": "documentation",
}
_V4 = tuple((ipaddress.IPv4Network(net), name) for net, name in _REFUSED_V4.items())
_V6 = tuple((ipaddress.IPv6Network(net), name) for net, name in _REFUSED_V6.items())
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv6-only network reaches every IPv4 host through it

_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\.?")

Resolve = Callable[..., Sequence[tuple[Any, ...]]]
AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]  # as getaddrinfo gives it


class BlockedAddress(OSError):
    """The address may not be contacted."""


def check_address(ip: str) -> str:
    """Return why an IP address may not be contacted, or "" when it is a public one."""
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return f"{ip} is no IP address"
    if isinstance(address, ipaddress.IPv4Address):
        for net4, name in _V4:
            if address in net4:
                return f"{ip} is a {name} address"
        return ""
    if address in _MAPPED or address in _NAT64:
        return check_address(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
    for net6, name in _V6:
        if address in net6:
            return f"{ip} is a {name} address"
    if address not in _GLOBAL_UNICAST:
        return f"{ip} is a reserved address"
    if (int(address) >> 32) & 0xFDFFFFFF == 0x00005EFE:  # ISATAP, RFC 5214 section 6.1: an IPv4 address inside
        return check_address(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
    return ""


class Guard:
    """What may be contacted: public addresses, and what the allow-list names as "host" or "host:port"."""

    def __init__(self, allow: Iterable[str] = (), resolve: Resolve = socket.getaddrinfo) -> None:
        self._allow = frozenset(name.strip().lower() for name in allow)
        self._resolve = resolve
        self._exempt: set[tuple[str, int]] = set()  # addresses behind allowed names, as resolved

    def is_allowed(self, host: str, port: int) -> bool:
        """Tell whether the configuration allows this host by name, whatever its address."""
        host = host.lower().strip("[]").rstrip(".")
        bracketed = f"[{host}]" if ":" in host else host
        return bool(self._allow & {host, bracketed, f"{bracketed}:{port}"})

    def check_url(self, url: str) -> str:
        """Return why a URL may not be requested, or "". Names are looked up later, when they are connected to."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            return f"{url[:200]!r} is no valid address"
        if parts.scheme not in ("http", "https"):
            return f"only http and https are fetched, not {parts.scheme[:20]!r}"
        if not host:
            return "the address names no host"
        port = port or (443 if parts.scheme == "https" else 80)
        if self.is_allowed(host, port):
            return ""
        # Full-width digits and ideographic full stops become plain ones on the way to the resolver.
        plain = unicodedata.normalize("NFKC", host).replace("\u3002", ".").lower()
        if ":" in plain:
            return check_address(plain)
        name = plain.rstrip(".")
        if _is_numeric(name):
            canonical = re.fullmatch(r"(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})", name) and name == plain
            return check_address(name) if canonical else f"{host} is an unusual spelling of an IP address"
        if name == "localhost" or name.endswith(".localhost"):
            return f"{host} is this machine"
        if plain.isascii() and not _HOST.fullmatch(plain):
            return f"{host[:100]!r} is no valid host name"
        return ""

    def make_socket(self, found: AddressInfo) -> socket.socket:
        """Open a socket for one address about to be connected to; called for every connection.

        Raises BlockedAddress when the address is not public and no allowed name led to it.
        """
        family, kind, proto, _, address = found
        ip, port = str(address[0]), int(address[1])
        if (ip, port) not in self._exempt and not self.is_allowed(ip, port):
            reason = check_address(ip)
            if reason:
                raise BlockedAddress(reason)
        return socket.socket(family=family, type=kind, proto=proto)

    def look_up(self, host: str, port: int, family: int = 0) -> list[tuple[str, int]]:
        """Resolve a name to (address, family) pairs that may be contacted.

        Raises BlockedAddress when there are only others, OSError when the name does not resolve. Blocks.
        """
        found = self._resolve(host, port, family, socket.SOCK_STREAM)
        pairs = list(dict.fromkeys((str(info[4][0]), int(info[0])) for info in found))
        if self.is_allowed(host, port):
            self._exempt.update((ip, port) for ip, _ in pairs)
            return pairs
        reasons = {ip: check_address(ip) for ip, _ in pairs}
        public = [pair for pair in pairs if not reasons[pair[0]]]
        if pairs and not public:
            raise BlockedAddress(f"{host} leads to {reasons[pairs[0][0]]}")
        return public


class GuardedResolver:
    """The guard's look-up in threads of its own, so that a slow name server blocks nobody else."""

    def __init__(self, guard: Guard, threads: int = 32) -> None:
        self._guard = guard
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="resolver")

    async def resolve(self, host: str, port: int) -> list[str]:
        """Return the addresses of a name that may be contacted. Raises as `Guard.look_up` does."""
        loop = asyncio.get_running_loop()
        return [ip for ip, _ in await loop.run_in_executor(self._threads, self._guard.look_up, host, port)]

    async def close(self) -> None:
        """Let the threads go; one that still waits for a name server is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _is_numeric(host: str) -> bool:
    """Tell whether the C library would read the host as an IPv4 address: 127.1, 0x7f000001, 017700000001, …"""
    parts = host.split(".")
    return bool(parts[-1]) and all(re.fullmatch(r"0[xX][0-9a-fA-F]*|\d+", part) or not part for part in parts)
