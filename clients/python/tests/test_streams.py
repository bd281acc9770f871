from contextlib import closing

import httpx
import pytest
from conftest import BOB, GATEWAY_URL, Texts
from interrupted import Interrupted

from telegram_gateway_client import AsyncGateway, Gateway, GatewayError, StreamEvent
from telegram_gateway_client.models import AccountRequest, StartQrSignInRequest, StreamMessageRequest

#: The sandbox knows this number, and no other test signs it in.
CAROL = "+9996623333"


def reply(text: str) -> StreamMessageRequest:
    """A reply that is there already: it is streamed and sent as it is, and no model is asked."""
    return StreamMessageRequest.from_dict(
        {
            "user_id": "alice",
            "recipient_id": BOB,
            "send_to_telegram": True,
            "messages": [{"role": "assistant", "content": text}],
        }
    )


def written(events: list[StreamEvent]) -> str:
    return "".join(str(event.data["text"]) for event in events if event.event == "delta")


def test_a_reply_is_streamed_and_sent_and_its_repeat_sends_nothing(gateway: Gateway, texts: Texts) -> None:
    first, second = (list(gateway.stream_message(reply("Hi Bob"), idempotency_key="reply-1")) for _ in range(2))
    assert written(first) == "Hi Bob"
    states = [event.data["state"] for event in first if event.event == "telegram"]
    assert (states[0], states[-1]) == ("queued", "completed")
    assert (first[-1].event, second[-1].event) == ("done", "done")
    assert texts("alice", "bob").count("Hi Bob") == 1


@pytest.mark.anyio
async def test_an_async_reply_is_streamed_too(texts: Texts) -> None:
    async with AsyncGateway(GATEWAY_URL) as gateway:
        events = [event async for event in gateway.stream_message(reply("Hi again"))]
    assert (written(events), events[-1].event) == ("Hi again", "done")
    assert texts("alice", "bob").count("Hi again") == 1


def test_a_reply_whose_stream_breaks_off_is_not_repeated() -> None:
    def lose(call: int, answer: httpx.Response) -> httpx.Response:
        raise httpx.ReadError("lost")

    way = Interrupted(lose)
    with Gateway(GATEWAY_URL, backoff=0.01, transport=way) as gateway, pytest.raises(GatewayError) as lost:
        list(gateway.stream_message(reply("never twice")))
    assert (lost.value.code, lost.value.kind, len(way.calls)) == ("NO_ANSWER", "unknown_outcome", 1)


def test_a_refused_reply_raises_the_gateways_error(gateway: Gateway) -> None:
    with pytest.raises(GatewayError) as refusal:
        list(gateway.stream_message(reply("")))
    assert refusal.value.code == "VALIDATION"


def test_the_codes_of_a_qr_sign_in_end_with_the_account(gateway: Gateway, sandbox: httpx.Client) -> None:
    gateway.sign_in.start_qr_sign_in(body=StartQrSignInRequest(user_id="carol"))
    seen: list[str] = []
    with closing(gateway.qr_events("carol")) as events:
        for event in events:
            seen.append(event.event)
            if event.event == "qr":
                scan = {"url": event.data["url"], "phone": CAROL}
                sandbox.post("/login-tokens/accept", json=scan).raise_for_status()
            if event.event == "authorized":
                assert event.data["user"]["phone_number"] == CAROL
    assert (seen[0], seen[-1]) == ("qr", "authorized")


def test_the_codes_of_no_sign_in_raise(gateway: Gateway) -> None:
    gateway.sign_in.start_qr_sign_in(body=StartQrSignInRequest(user_id="dora"))
    gateway.sign_in.cancel_sign_in(body=AccountRequest(user_id="dora"))
    with pytest.raises(GatewayError) as none:
        next(gateway.qr_events("dora"))
    assert none.value.code == "AUTH_NOT_STARTED"
