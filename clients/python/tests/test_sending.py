from datetime import UTC, datetime, timedelta

import httpx
import pytest
from conftest import BOB, GATEWAY_URL, Texts
from interrupted import Interrupted, refused

from telegram_gateway_client import AsyncGateway, Gateway, GatewayError
from telegram_gateway_client.models import AccountRequest, SendMessageRequest


def to_bob(text: str) -> SendMessageRequest:
    return SendMessageRequest(user_id="alice", recipient_id=BOB, text=text)


def test_a_send_returns_once_the_message_is_sent(gateway: Gateway, texts: Texts) -> None:
    sent = gateway.send(to_bob("sync"))
    assert sent.message_id > 0
    assert texts("alice", "bob").count("sync") == 1


@pytest.mark.anyio
async def test_an_async_send_does_so_too(texts: Texts) -> None:
    async with AsyncGateway(GATEWAY_URL) as gateway:
        sent = await gateway.send(to_bob("async"))
    assert sent.message_id > 0
    assert texts("alice", "bob").count("async") == 1


def test_sends_with_one_key_are_one_message(gateway: Gateway, texts: Texts) -> None:
    first, second = (gateway.send(to_bob("one key"), idempotency_key="order-1") for _ in range(2))
    assert first.job_id == second.job_id
    assert texts("alice", "bob").count("one key") == 1
    with pytest.raises(GatewayError) as refusal:
        gateway.send(to_bob("another text"), idempotency_key="order-1")
    assert refusal.value.code == "IDEMPOTENCY_MISMATCH"


def test_a_lost_answer_and_a_503_are_repeated_under_the_same_key(texts: Texts) -> None:
    def lose(call: int, answer: httpx.Response) -> httpx.Response:
        if call == 1:
            raise httpx.ReadError("lost")
        return refused(503, "STARTING", retry_after=1) if call == 2 else answer

    way = Interrupted(lose)
    with Gateway(GATEWAY_URL, backoff=0.01, transport=way) as gateway:
        gateway.send(to_bob("lost and found"))
    assert len({call.headers["Idempotency-Key"] for call in way.calls}) == 1
    assert len(way.calls) == 3
    assert texts("alice", "bob").count("lost and found") == 1


def test_after_a_504_with_a_job_the_send_waits_for_the_job(texts: Texts) -> None:
    def late(call: int, answer: httpx.Response) -> httpx.Response:
        return refused(504, "TELEGRAM_TIMEOUT", job_id=answer.json()["job_id"]) if call == 1 else answer

    with Gateway(GATEWAY_URL, transport=Interrupted(late)) as gateway:
        assert gateway.send(to_bob("late")).message_id > 0
    assert texts("alice", "bob").count("late") == 1


def test_a_sign_in_is_not_repeated_after_a_lost_answer() -> None:
    def lose(call: int, answer: httpx.Response) -> httpx.Response:
        raise httpx.ReadError("lost")

    way = Interrupted(lose)
    with Gateway(GATEWAY_URL, backoff=0.01, transport=way) as gateway, pytest.raises(GatewayError) as lost:
        gateway.sign_in.cancel_sign_in(body=AccountRequest(user_id="nobody"))
    assert (lost.value.code, lost.value.kind, len(way.calls)) == ("NO_ANSWER", "unknown_outcome", 1)


def test_a_message_with_send_at_waits_in_its_job_and_can_be_cancelled(gateway: Gateway) -> None:
    message = to_bob("never")
    message.send_at = datetime.now(UTC) + timedelta(hours=1)
    job_id = gateway.enqueue(message)
    with pytest.raises(GatewayError) as waited:
        gateway.wait_for_job(job_id, timeout=0)
    assert (waited.value.code, waited.value.job_id) == ("JOB_NOT_ENDED", job_id)
    assert gateway.jobs.cancel_job(job_id).state == "cancelled"
    assert gateway.wait_for_job(job_id).state == "cancelled"


def test_the_events_of_a_job_go_to_its_end(gateway: Gateway) -> None:
    gateway.account.pause_account(body=AccountRequest(user_id="alice"))
    states: list[str] = []
    for job in gateway.job_events(gateway.enqueue(to_bob("after a pause"))):
        if not states:
            gateway.account.resume_account(body=AccountRequest(user_id="alice"))
        states.append(job.state)
    assert (states[0], states[-1]) == ("delayed", "completed")


def test_a_refusal_has_the_fields_of_the_gateways_error(gateway: Gateway) -> None:
    with pytest.raises(GatewayError) as refusal:
        gateway.send(to_bob(""))
    error = refusal.value
    assert (error.status, error.code, error.kind, error.field) == (400, "VALIDATION", "permanent", "text")
    assert error.request_id
    with pytest.raises(GatewayError) as unknown:
        gateway.jobs.read_job("send-none")
    assert (unknown.value.status, unknown.value.code) == (404, "JOB_NOT_FOUND")


def test_a_failed_job_raises_its_error(
    gateway: Gateway, people: dict[str, int], sandbox: httpx.Client
) -> None:
    fault = {"user_id": people["alice"], "method": "messages.sendMessage", "error": "CHAT_WRITE_FORBIDDEN"}
    sandbox.post("/faults", json=fault).raise_for_status()
    with pytest.raises(GatewayError) as failed:
        gateway.send(to_bob("refused"))
    assert failed.value.rpc_error == "CHAT_WRITE_FORBIDDEN"
    assert failed.value.job_id


def test_a_server_that_is_not_there_and_one_that_is_another_have_codes(sandbox: httpx.Client) -> None:
    with Gateway("http://127.0.0.1:9", retries=0) as nowhere, pytest.raises(GatewayError) as lost:
        nowhere.account.list_accounts()
    assert (lost.value.code, lost.value.status) == ("NO_ANSWER", None)
    with Gateway(f"{sandbox.base_url}/faults") as other, pytest.raises(GatewayError) as wrong:
        other.account.list_accounts()
    assert wrong.value.code in ("HTTP_ERROR", "NOT_A_GATEWAY")
    with pytest.raises(ValueError, match="base_url"):
        Gateway("127.0.0.1:3000")
