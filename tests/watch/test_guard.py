"""Which addresses may be contacted at all."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radar.watch.guard import BlockedAddress, Guard, GuardedResolver, check_address

REFUSED = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254
168.63.129.16 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1
192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255
240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:a9fe:a9fe ::ffff:0:127.0.0.1
64:ff9b::7f00:1 64:ff9b::10.0.0.1 64:ff9b:1::1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1
2001:20::1 2001:db8::1 2002:7f00:1:: 2002:a00:1:: 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fd12:3456::1 fe80::1
fe80::1%eth0 fec0::1 ff02::1 2600::5efe:7f00:1 2600::200:5efe:a00:1
""".split()

PUBLIC = (
    "1.1.1.1 8.8.8.8 93.184.215.14 172.32.0.1 100.128.0.1 2606:4700::1111 2a00:1450:4001::200e 64:ff9b::808:808".split()
)

SPELLINGS = """
127.0.0.1 127.1 127.0.1 0 0.0.0.0 2130706433 0x7f000001 0X7F000001 017700000001 0x7f.0.0.1 0177.0.0.1 0177.1 127.0.0.1.
127.0.0.01 127.000.000.001 0x7f.1 0x0 00 4294967295 10.1 0xa.0.0.1 0xA9FEA9FE 2852039166 0251.0376.0251.0376
169.254.43518 192.168.1 3232235777 [::1] [::] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [0::1]
[64:ff9b::127.0.0.1] [2002:7f00:1::] [fe80::1] [fe80::1%25eth0] [fd00::1]
localhost LOCALHOST localhost. a.localhost １２７.０.０.１
127。0。0。1 ①②⑦.⓪.⓪.① ⑩.⓪.⓪.① 127.0.0.1.. 999.1.1.1 256
""".split()

ODD = ["ftp://news.example/", "file:///etc/passwd", "gopher://x/", "http://", "http:///x", "http://[::1", "//x", "x"]
ODD += ["http://a:99999/", "http://a b/", "http://a\\b/", "http://-a/", "http://%31%32%37.1/", "http://a..b@/", ""]


@pytest.fixture
def loopback() -> Iterator[tuple[int, list[object]]]:
    """A listening loopback port and the connections it received."""
    visitors: list[object] = []
    server = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                visitors.append(server.accept())
            except OSError:
                return

    threading.Thread(target=accept, daemon=True).start()
    yield server.getsockname()[1], visitors
    server.close()


@pytest.mark.parametrize("ip", REFUSED)
def test_special_addresses_are_refused(ip: str) -> None:
    """Private, local, reserved and metadata addresses, also inside IPv6 wrappings, have a reason against them."""
    assert check_address(ip)


@pytest.mark.parametrize("ip", PUBLIC)
def test_public_addresses_pass(ip: str) -> None:
    """Neighbours of the refused ranges and NAT64 of public hosts are reachable."""
    assert check_address(ip) == ""


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_a_private_address_passes(host: str) -> None:
    """At least 43 ways to write a local address in a URL are refused before anything is looked up."""
    assert len(SPELLINGS) >= 43
    for url in (f"http://{host}/feed", f"https://{host}:8443/feed", f"http://{host}"):
        assert Guard().check_url(url), url


@pytest.mark.parametrize("url", ODD)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    """Other schemes, missing or broken hosts never reach the network."""
    assert Guard().check_url(url)


@pytest.mark.parametrize(
    "url", ["http://news.example/", "https://1.1.1.1/", "http://bücher.example/", "http://a.b-c.de:81/x"]
)
def test_ordinary_addresses_pass(url: str) -> None:
    """Names are judged by the address they lead to, later."""
    assert Guard().check_url(url) == ""


def test_the_allow_list_exempts_by_host_or_by_host_and_port() -> None:
    """A bare host opens all its ports, host:port that one, and neither opens anything else."""
    guard = Guard(["127.0.0.1:8080", "intranet.example", "[::1]:81"])
    assert guard.check_url("http://127.0.0.1:8080/feed") == ""
    assert guard.check_url("http://[::1]:81/feed") == ""
    assert guard.check_url("http://127.0.0.1/feed")
    assert guard.check_url("http://127.1:8080/feed")
    assert guard.is_allowed("INTRANET.example.", 99)
    assert not guard.is_allowed("x.intranet.example", 99)


def _answers(*ips: str) -> Any:
    """A name server with one answer after the other."""
    waiting = list(ips)

    def resolve(host: str, port: int, *_: object) -> list[tuple[Any, ...]]:
        ip = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return [(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))]

    return resolve


def test_a_name_that_leads_to_a_private_address_is_refused() -> None:
    """The reason names the host and what it leads to."""
    with pytest.raises(BlockedAddress, match=r"evil\.example leads to 10\.0\.0\.1 is a private address"):
        Guard(resolve=_answers("10.0.0.1")).look_up("evil.example", 80)


def test_of_mixed_answers_only_the_public_ones_are_used() -> None:
    """A name with a public and a private address is contacted at the public one."""

    def resolve(host: str, port: int, *_: object) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("192.168.0.1", "1.1.1.1")]

    assert Guard(resolve=resolve).look_up("mixed.example", 80) == [("1.1.1.1", socket.AF_INET)]


def test_an_address_behind_an_allowed_name_stays_closed_to_other_names(loopback: tuple[int, list[object]]) -> None:
    """What intranet.example leads to is opened for it, not for a foreign name with the same answer."""
    port, _ = loopback
    guard = Guard([f"intranet.example:{port}"], resolve=_answers("127.0.0.1"))
    assert guard.look_up("intranet.example", port) == [("127.0.0.1", socket.AF_INET)]
    with pytest.raises(BlockedAddress):
        guard.look_up("evil.example", port)
    with pytest.raises(BlockedAddress):
        guard.look_up("intranet.example", port + 1)
    guard.make_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))).close()
    with pytest.raises(BlockedAddress):
        guard.make_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port + 1)))


def test_the_resolver_asks_once_and_hands_on_what_was_checked() -> None:
    """A name server that changes its answer (rebinding) is not asked a second time."""
    guard = Guard(resolve=_answers("1.1.1.1", "127.0.0.1"))

    async def resolve() -> list[str]:
        resolver = GuardedResolver(guard)
        found = await resolver.resolve("rebind.example", 80)
        await resolver.close()
        return found

    assert asyncio.run(resolve()) == ["1.1.1.1"]


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_is_judged_alike_however_it_is_wrapped(number: int) -> None:
    """Mapping into IPv6 or NAT64 never makes a refused address public, nor a public one refused."""
    plain = check_address(str(socket.inet_ntoa(number.to_bytes(4, "big"))))
    for prefix in ("::ffff:", "64:ff9b::"):
        assert bool(check_address(f"{prefix}{number >> 16:x}:{number & 0xFFFF:x}")) == bool(plain)
