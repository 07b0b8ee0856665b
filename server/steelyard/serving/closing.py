"""Closes a connection whose client does not read, or still sends a body that the server does not read."""

import asyncio

from uvicorn.protocols.http.flow_control import FlowControl

# Closing a connection with unread bytes resets it, and the reset can overtake the response. So a client that still sends is read for
# this long, and its bytes are discarded. They are not counted: a client that reads only after it has sent everything gets it, too.
LINGER_S = 2.0
# A client that reads this many bytes within the write timeout, or everything, keeps its connection.
MIN_PROGRESS = 65_536


class ConnectionClosing:
    def __init__(self, transport: asyncio.Transport, flow: FlowControl, write_timeout_s: float) -> None:
        self.has_begun = False
        self._loop = asyncio.get_running_loop()
        self._transport = transport
        self._flow = flow
        self._write_timeout_s = write_timeout_s
        self._unread = 0
        self._linger_timer: asyncio.TimerHandle | None = None
        self._read_timer: asyncio.TimerHandle | None = None

    def close(self) -> None:
        """Close when the client has read everything; abort if it reads too slowly."""
        self.has_begun = True
        self._transport.close()
        self.expect_progress()

    def linger(self) -> None:
        """Send nothing more, but give a client that still sends the time to read the response."""
        self.has_begun = True
        if self._transport.can_write_eof():
            self._transport.write_eof()
        self._flow.resume_reading()
        self._linger_timer = self._loop.call_later(LINGER_S, self.close)

    def expect_progress(self) -> None:
        """Abort the connection if the client does not read MIN_PROGRESS bytes in each write timeout."""
        if self._read_timer is None:
            self._unread = self._transport.get_write_buffer_size()
            self._read_timer = self._loop.call_later(self._write_timeout_s, self._check_progress)

    def record_progress(self) -> None:
        """The client has read enough for further writes."""
        if self._read_timer is not None and not self.has_begun:
            self._read_timer.cancel()
            self._read_timer = None

    def cancel_timers(self) -> None:
        """The connection is lost."""
        for timer in (self._linger_timer, self._read_timer):
            if timer is not None:
                timer.cancel()

    def _check_progress(self) -> None:
        self._read_timer = None
        if self._transport.get_write_buffer_size() > self._unread - MIN_PROGRESS:
            self._transport.abort()
        else:
            self.expect_progress()
