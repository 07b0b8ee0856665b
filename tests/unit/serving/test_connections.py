from structlog.testing import capture_logs

from steelyard.contract.http.forwarded import TrustedProxies
from steelyard.serving.connections import LOG_INTERVAL_S, Connections


def connections(most: int = 100, max_per_network: int = 2, proxies: tuple[str, ...] = ()) -> Connections:
    made = Connections(max_per_network, TrustedProxies(proxies))
    made.most = most
    return made


def admitted(among: Connections, *peers: str) -> list[bool]:
    return [not among.exceed_limit(among.open(peer), 0.0) for peer in peers]


def test_each_network_has_its_own_share() -> None:
    assert admitted(connections(), "192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2") == [True, True, False, True]


def test_a_64_network_and_mapped_addresses_count_as_one_network() -> None:
    assert admitted(connections(), "2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1") == [True, True, False, True]
    assert admitted(connections(), "192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1") == [True, True, False]


def test_a_connection_that_is_closed_makes_room() -> None:
    among = connections(max_per_network=1)
    network = among.open("192.0.2.1")
    among.close(network)

    assert admitted(among, "192.0.2.1") == [True]


def test_a_proxy_and_a_local_socket_have_only_the_common_limit() -> None:
    assert admitted(connections(most=5, proxies=("10.0.0.0/8",)), *["10.0.0.1"] * 3, *[""] * 3) == [True] * 5 + [False]


def test_rejected_connections_are_logged_once_a_minute() -> None:
    among = connections(max_per_network=1)
    network = among.open("192.0.2.1")
    among.open("192.0.2.1")
    with capture_logs() as logged:
        for now in (0.0, 1.0, LOG_INTERVAL_S - 1, LOG_INTERVAL_S, LOG_INTERVAL_S + 1.0):
            assert among.exceed_limit(network, now)

    assert [(line["event"], line["count"]) for line in logged] == [
        ("too many connections of one client network, closing its new ones", 1)
    ] * 2
