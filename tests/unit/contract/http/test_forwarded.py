"""Client addresses: from a connection or a proxy, and as rate limits count them."""

import pickle

import pytest

from steelyard.contract.http.forwarded import TrustedProxies, client_network, plain_address


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_addresses_of_one_ipv6_network_count_as_one_client(address: str, counted_as: str) -> None:
    assert client_network(address) == counted_as


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("198.51.100.7", "198.51.100.7"),
        ("", ""),
        ("/run/steelyard.sock", "/run/steelyard.sock"),
    ],
)
def test_each_address_has_one_spelling(address: str, plain: str) -> None:
    assert plain_address(address) == plain


@pytest.mark.parametrize(
    ("lines", "client"),
    [
        (["203.0.113.9"], "203.0.113.9"),
        (["6.6.6.6, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        (["6.6.6.6", "203.0.113.9", "10.0.0.2"], "203.0.113.9"),
        (["203.0.113.9:4711"], "203.0.113.9"),
        (["[2001:db8::7]:4711"], "2001:db8::7"),
        (["[2001:db8::7]"], "2001:db8::7"),
        (["2001:db8::7"], "2001:db8::7"),
        (["::ffff:203.0.113.9"], "203.0.113.9"),
        (["203.0.113.9, ::ffff:10.0.0.2"], "203.0.113.9"),
        (["junk, 203.0.113.9"], "203.0.113.9"),
        (["203.0.113.9, unknown"], "10.0.0.1"),
        (["203.0.113.9, unknown, 10.0.0.2"], "10.0.0.1"),
        (["<script>"], "10.0.0.1"),
        (["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        (["", " , "], "10.0.0.1"),
        ([], "10.0.0.1"),
    ],
)
def test_the_client_is_the_last_hop_that_is_not_a_trusted_proxy(lines: list[str], client: str) -> None:
    assert TrustedProxies(["10.0.0.0/8"]).client("10.0.0.1", lines) == client


@pytest.mark.parametrize("network", ["10.0.0.0/8", "::ffff:10.0.0.0/104", "10.0.0.1", "::ffff:10.0.0.1"])
def test_a_proxy_is_known_on_a_listener_for_both_protocols(network: str) -> None:
    proxies = TrustedProxies([network])

    assert proxies.include("::ffff:10.0.0.1")
    assert proxies.include("10.0.0.1")
    assert not proxies.include("192.0.2.1")
    assert not proxies.include("/run/steelyard.sock")


def test_proxies_reach_a_worker() -> None:
    proxies = pickle.loads(pickle.dumps(TrustedProxies(["10.0.0.0/8"])))

    assert proxies.include("10.0.0.1")
    assert not proxies.include("192.0.2.1")
