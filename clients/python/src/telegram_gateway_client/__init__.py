"""A client of the unofficial Telegram User API gateway."""

from ._async.download import AsyncDownload
from ._async.gateway import AsyncGateway
from ._sync.download import SyncDownload
from ._sync.gateway import Gateway
from .errors import GatewayError
from .events import Event, StreamEvent, UnknownEvent

__all__ = [
    "AsyncDownload",
    "AsyncGateway",
    "Event",
    "Gateway",
    "GatewayError",
    "StreamEvent",
    "SyncDownload",
    "UnknownEvent",
]
