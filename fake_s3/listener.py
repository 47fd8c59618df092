"""The listening socket of a server: takes connections within a limit, and makes room by closing idle ones."""

from __future__ import annotations

import errno
import logging
import resource
import time
from typing import TYPE_CHECKING, Any, cast

from waitress.server import TcpWSGIServer

from fake_s3.threads import Threads

if TYPE_CHECKING:
    from fake_s3.server import Channel

CONNECTIONS_MAX = 512
_CONNECTIONS_LEAST = 16
# A connection may have two files beside its socket: a body that is received, and an object that is sent.
_DESCRIPTORS_PER_CONNECTION = 2
_DESCRIPTORS_RESERVED = 32  # for what the application opens to answer
_OUT_OF_DESCRIPTORS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
# How long no connection is taken when there is no descriptor for one: the others go on meanwhile.
_PAUSE_SECONDS = 0.1
_LOG_AGAIN_SECONDS = 60.0
_STOPPED_SECONDS = 0.5  # since the last byte of a body

_logger = logging.getLogger(__name__)


class Listener(TcpWSGIServer):
    """As waitress's, but more connections than it can have at once cost their clients, not everybody.

    When the limit is reached, the connection that has been idle for longest is closed for the new one, then
    one whose request has stopped arriving. Those whose requests are being answered are closed only if their
    clients read nothing for `channel_timeout` seconds.
    """

    _resting_until = 0.0
    _logged_at = float("-inf")
    _maintained_at = 0.0

    def readable(self) -> bool:
        """Whether to look for new connections; called at every turn of the loop."""
        now = time.monotonic()
        cast(Threads, self.task_dispatcher).relieve()
        if now - self._maintained_at >= self.adj.cleanup_interval:
            self._maintained_at = now
            self.maintenance(now)
        return bool(self.accepting) and now >= self._resting_until

    def handle_accept(self) -> None:
        """Take one connection; close an idle one for it where that is needed."""
        if len(self._channels()) >= connections_max() and not self._make_room():
            self._rest("all connections are busy")
            return
        try:
            accepted = self.accept()
        except OSError as error:
            if error.errno in _OUT_OF_DESCRIPTORS and not self._make_room():
                self._rest(str(error))
            return
        if accepted is None:
            return
        connection, address = accepted
        try:
            self.set_socket_options(connection)
        except OSError:  # the other side has gone already
            connection.close()
            return
        self.channel_class(self, connection, self.fix_addr(address), self.adj, map=cast(Any, self)._map)

    def maintenance(self, now: float) -> None:
        """Close connections on which nothing has moved for `channel_timeout` seconds."""
        for channel in self._channels():
            is_waited_for = bool(channel.requests) and not channel.total_outbufs_len
            if not is_waited_for and now - channel.last_activity > self.adj.channel_timeout:
                channel.will_close = True

    def _make_room(self) -> bool:
        """Close the connection that is least needed; False if all are needed."""
        now = time.monotonic()
        idle = [one for one in self._channels() if not one.is_needed and _has_stopped(one, now)]
        if not idle:
            return False
        least = min(idle, key=lambda channel: (channel.request is not None, channel.last_activity))
        least.handle_close()
        return True

    def _rest(self, why: str) -> None:
        now = time.monotonic()
        self._resting_until = now + _PAUSE_SECONDS
        if now - self._logged_at > _LOG_AGAIN_SECONDS:
            self._logged_at = now
            _logger.warning("new connections have to wait: %s", why)

    def _channels(self) -> list[Channel]:
        return cast("list[Channel]", list(cast(Any, self.active_channels).values()))


def _has_stopped(channel: Channel, now: float) -> bool:
    """Whether nothing is expected of its client, or nothing comes."""
    is_receiving = channel.request is not None and channel.request.headers_finished
    return not is_receiving or now - channel.last_activity > _STOPPED_SECONDS


def connections_max() -> int:
    """How many connections there may be, by the descriptors that this process may have now."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return CONNECTIONS_MAX
    return max(
        _CONNECTIONS_LEAST,
        min(CONNECTIONS_MAX, (soft - _DESCRIPTORS_RESERVED) // _DESCRIPTORS_PER_CONNECTION),
    )
