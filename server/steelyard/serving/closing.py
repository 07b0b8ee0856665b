"""The end of a connection whose client does not do its part: it does not read, or it is still sending what nobody will read."""

import asyncio

from uvicorn.protocols.http.flow_control import FlowControl

# A connection that is closed over unread bytes is reset, and the reset overtakes the response. So these are read and dropped first.
LINGER_S = 2.0
MAX_DROPPED = 262_144
# A client that takes so much within the write deadline, or all there is, reads.
TAKEN_IN_TIME = 65_536


class Leaving:
    """How one connection ends."""

    def __init__(self, transport: asyncio.Transport, flow: FlowControl, patience_s: float) -> None:
        self.is_under_way = False
        self._loop = asyncio.get_running_loop()
        self._transport = transport
        self._flow = flow
        self._patience_s = patience_s
        self._dropped = 0
        self._unread = 0
        self._linger_timer: asyncio.TimerHandle | None = None
        self._read_timer: asyncio.TimerHandle | None = None

    def leave(self) -> None:
        """Close once everything written has been taken, or abort when it is not."""
        self.is_under_way = True
        self._transport.close()
        self.expect_reading()

    def linger(self) -> None:
        """Send nothing more, but give a client that is still sending the time to read what was sent."""
        self.is_under_way = True
        if self._transport.can_write_eof():
            self._transport.write_eof()
        self._flow.resume_reading()
        self._linger_timer = self._loop.call_later(LINGER_S, self.leave)

    def drop(self, size: int) -> None:
        """Count bytes that came too late to be read."""
        self._dropped += size
        if self._dropped > MAX_DROPPED:
            self.leave()

    def expect_reading(self) -> None:
        """From here on the client has to take what was written, at a rate that is no attack."""
        if self._read_timer is None:
            self._unread = self._transport.get_write_buffer_size()
            self._read_timer = self._loop.call_later(self._patience_s, self._look_whether_read)

    def was_read(self) -> None:
        """The client has taken enough for more to be written."""
        if self._read_timer is not None and not self.is_under_way:
            self._read_timer.cancel()
            self._read_timer = None

    def over(self) -> None:
        """The connection is gone."""
        for timer in (self._linger_timer, self._read_timer):
            if timer is not None:
                timer.cancel()

    def _look_whether_read(self) -> None:
        self._read_timer = None
        if self._transport.get_write_buffer_size() > self._unread - TAKEN_IN_TIME:
            self._transport.abort()
        else:
            self.expect_reading()
