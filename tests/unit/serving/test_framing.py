"""Where bodies end, byte by byte; that the parser agrees is shown by test_packets.py."""

import pytest

from steelyard.serving.framing import MAX_FRAMING, ChunkedBody, RequestRejected, SizedBody, announced_body


def ends(body: SizedBody | ChunkedBody, *packets: bytes) -> list[int]:
    return [body.end(packet, 0) for packet in packets]


def test_a_body_with_a_length_ends_after_its_bytes() -> None:
    body = SizedBody(5)

    assert ends(body, b"abc", b"defg") == [3, 2]
    assert body.is_complete
    assert body.end(b"x", 0) == 0


@pytest.mark.parametrize("raw", [b"0\r\n\r\n", b"3\r\nabc\r\n0\r\n\r\n", b"A;x=y\r\n0123456789\r\n00;z\r\na: b\r\nc: d\r\n\r\n"])
def test_chunks_end_behind_the_trailers_however_they_are_cut(raw: bytes) -> None:
    whole, bytewise = ChunkedBody(), ChunkedBody()

    assert whole.end(b"GET" + raw + b"GET", 3) == 3 + len(raw)
    assert [bytewise.end(raw[at : at + 1], 0) for at in range(len(raw))] == [1] * len(raw)
    assert whole.is_complete
    assert bytewise.is_complete


@pytest.mark.parametrize("raw", [b"\r\n", b"x\r\n", b"-1\r\nabc", b";a\r\nabc"])
def test_bytes_that_are_no_chunk_are_left_to_the_parser(raw: bytes) -> None:
    body = ChunkedBody()

    assert body.end(raw, 0) == len(raw)
    assert not body.is_complete


@pytest.mark.parametrize("cut", [1, 1000, MAX_FRAMING, 2 * MAX_FRAMING])
def test_too_much_framing_is_rejected_at_the_same_byte(cut: int) -> None:
    def read(size: int) -> None:
        body, raw = ChunkedBody(), b"1;" + b"x" * (size - 2)
        for at in range(0, len(raw), cut):
            body.end(raw[at : at + cut], 0)

    read(MAX_FRAMING)
    with pytest.raises(RequestRejected):
        read(MAX_FRAMING + 1)


def test_a_head_announces_its_body() -> None:
    assert announced_body({}) is None
    assert announced_body({b"content-length": b"0"}) is None
    assert isinstance(announced_body({b"content-length": b"5 "}), SizedBody)
    assert isinstance(announced_body({b"transfer-encoding": b"Chunked"}), ChunkedBody)
    with pytest.raises(RequestRejected):
        announced_body({b"transfer-encoding": b"gzip"})
