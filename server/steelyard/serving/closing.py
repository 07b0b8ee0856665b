"""The end of a connection whose client does not do its part: it does not read, or it is still sending what nobody will read."""

import asyncio

from uvicorn.protocols.http.flow_control import FlowControl

# A connection that is closed over unread bytes is reset, and the reset overtakes the response. So these are read and dropped first.
LINGER_S = 2.0
MAX_DISCARDED = 262_144
# A client that takes so much within the write deadline, or all there is, reads.
MIN_PROGRESS = 65_536


class ConnectionClosing:
    """How one connection ends."""

    def __init__(self, transport: asyncio.Transport, flow: FlowControl, write_timeout_s: float) -> None:
        self.has_begun = False
        self._loop = asyncio.get_running_loop()
        self._transport = transport
        self._flow = flow
        self._write_timeout_s = write_timeout_s
        self._discarded = 0
        self._unread = 0
        self._linger_timer: asyncio.TimerHandle | None = None
        self._read_timer: asyncio.TimerHandle | None = None

    def close(self) -> None:
        """Close once everything written has been taken, or abort when it is not."""
        self.has_begun = True
        self._transport.close()
        self.expect_progress()

    def linger(self) -> None:
        """Send nothing more, but give a client that is still sending the time to read what was sent."""
        self.has_begun = True
        if self._transport.can_write_eof():
            self._transport.write_eof()
        self._flow.resume_reading()
        self._linger_timer = self._loop.call_later(LINGER_S, self.close)

    def discard(self, size: int) -> None:
        """Count bytes that came too late to be read."""
        self._discarded += size
        if self._discarded > MAX_DISCARDED:
            self.close()

    def expect_progress(self) -> None:
        """From here on the client has to take what was written, at a rate that is no attack."""
        if self._read_timer is None:
            self._unread = self._transport.get_write_buffer_size()
            self._read_timer = self._loop.call_later(self._write_timeout_s, self._check_progress)

    def record_progress(self) -> None:
        """The client has taken enough for more to be written."""
        if self._read_timer is not None and not self.has_begun:
            self._read_timer.cancel()
            self._read_timer = None

    def cancel_timers(self) -> None:
        """The connection is gone."""
        for timer in (self._linger_timer, self._read_timer):
            if timer is not None:
                timer.cancel()

    def _check_progress(self) -> None:
        self._read_timer = None
        if self._transport.get_write_buffer_size() > self._unread - MIN_PROGRESS:
            self._transport.abort()
        else:
            self.expect_progress()
