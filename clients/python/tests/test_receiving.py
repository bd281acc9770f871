from collections.abc import Callable
from contextlib import aclosing, closing

import httpx
import pytest
from conftest import GATEWAY_URL, Write
from interrupted import Interrupted

from telegram_gateway_client import AsyncGateway, Event, Gateway, GatewayError, UnknownEvent
from telegram_gateway_client.events import event_of
from telegram_gateway_client.models import MessageNewEvent, SetReceivingRequest


def text_of(event: Event) -> str | None:
    return event.message.text if isinstance(event, MessageNewEvent) else None


def test_events_go_on_over_a_restart_of_the_api_each_once(
    write: Write, restart_api: Callable[[], None]
) -> None:
    with Gateway(GATEWAY_URL, retries=20, backoff=0.1) as gateway:
        start = gateway.receiving.read_updates("alice").next_
        write("bob", "alice", "before")
        seen: list[str] = []
        numbers: list[int] = []
        with closing(gateway.updates("alice", after=start)) as events:
            for event in events:
                text = text_of(event)
                if isinstance(event, MessageNewEvent) and text in ("before", "after"):
                    seen.append(text)
                    numbers.append(event.seq)
                if text == "before":
                    restart_api()
                    write("bob", "alice", "after")
                if text == "after":
                    break
    assert seen == ["before", "after"]
    assert numbers[1] > numbers[0]


@pytest.mark.anyio
async def test_async_events_begin_after_a_number(write: Write) -> None:
    async with AsyncGateway(GATEWAY_URL) as gateway:
        start = (await gateway.receiving.read_updates("alice")).next_
        write("bob", "alice", "async")
        async with aclosing(gateway.updates("alice", after=start)) as events:
            async for event in events:
                if text_of(event) == "async":
                    break
    assert isinstance(event, MessageNewEvent)
    assert event.seq > start


def test_turning_receiving_on_is_repeated_after_a_lost_answer() -> None:
    def lose_the_first(call: int, answer: httpx.Response) -> httpx.Response:
        if call == 1:
            raise httpx.ReadError("lost")
        return answer

    way = Interrupted(lose_the_first)
    with Gateway(GATEWAY_URL, backoff=0.01, transport=way) as gateway:
        answer = gateway.receiving.set_receiving(body=SetReceivingRequest(user_id="alice", enabled=True))
    assert answer.receiving.enabled
    assert len(way.calls) == 2


def test_events_that_are_gone_raise_with_the_oldest_number(gateway: Gateway) -> None:
    with pytest.raises(GatewayError) as gone:
        next(gateway.updates("alice", after=2**40))
    assert gone.value.code == "EVENTS_GONE"
    assert isinstance(gone.value.body["oldest_seq"], int)


def test_an_event_of_a_new_type_is_passed_on() -> None:
    event = event_of({"type": "message.folded", "seq": 7})
    assert isinstance(event, UnknownEvent)
    assert (event.type_, event.seq) == ("message.folded", 7)


def test_an_account_is_shown_at_once(gateway: Gateway) -> None:
    with closing(gateway.account_events("alice")) as changes:
        assert next(changes).account.user_id == "alice"
