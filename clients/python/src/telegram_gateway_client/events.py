"""The events of an account that receives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from attrs import frozen

from .models import (
    AccountStateEvent,
    ChatMemberEvent,
    MessageDeletedEvent,
    MessageEditedEvent,
    MessageNewEvent,
    MessageReactionEvent,
    MessageReadEvent,
    MessageReadInboxEvent,
    TypingEvent,
    UpdatesGapEvent,
)

KnownEvent = (
    MessageNewEvent
    | MessageEditedEvent
    | MessageDeletedEvent
    | MessageReadEvent
    | MessageReadInboxEvent
    | MessageReactionEvent
    | ChatMemberEvent
    | AccountStateEvent
    | UpdatesGapEvent
    | TypingEvent
)


@frozen
class UnknownEvent:
    """An event that only a newer version of this package knows."""

    type_: str
    seq: int | None
    body: Mapping[str, Any]


Event = KnownEvent | UnknownEvent


@frozen
class StreamEvent:
    """An event of a sign-in by QR code, or of an assistant's reply."""

    event: str
    data: Mapping[str, Any]


def event_of(body: Mapping[str, Any]) -> Event:
    for known in get_args(KnownEvent):
        try:
            event: KnownEvent = known.from_dict(body)
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
        return event
    return UnknownEvent(str(body.get("type")), body.get("seq"), body)
