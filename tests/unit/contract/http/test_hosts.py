"""Untrusted Host headers: what an operator reads in the log."""

from structlog.testing import capture_logs

from steelyard.contract.http.hosts import TrustedHosts


def test_a_host_that_is_not_trusted_is_named_once_and_no_caller_fills_the_log() -> None:
    hosts = TrustedHosts(["shop.example.com"])

    with capture_logs() as lines:
        for host in (b"www.example.com", b"WWW.example.com:8443", b"shop.example.com"):
            hosts.objection(host, b"/items")
        for number in range(1000):
            hosts.objection(b"%d.example." % number + b"x" * 1000, b"/items")

    assert lines[0] == {
        "event": "host_rejected",
        "log_level": "warning",
        "host": "www.example.com",
        "setting": "STEELYARD_TRUSTED_HOSTS",
    }
    assert len(lines) == 100
    assert max(len(line["host"]) for line in lines) == 200


def test_a_health_probe_is_not_reported_as_a_rejected_host() -> None:
    with capture_logs() as lines:
        assert TrustedHosts(["shop.example.com"]).objection(b"10.0.0.7", b"/livez") is None

    assert lines == []
