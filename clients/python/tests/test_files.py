from pathlib import Path

import httpx
import pytest
from conftest import BOB, GATEWAY_URL
from interrupted import Interrupted

from telegram_gateway_client import AsyncGateway, Gateway
from telegram_gateway_client.models import MediaItem, SendMessageRequest

BYTES = bytes(range(256)) * 5_000


def document(upload_id: str, caption: str) -> SendMessageRequest:
    media = [MediaItem(type_="document", upload_id=upload_id)]
    return SendMessageRequest(user_id="alice", recipient_id=BOB, text=caption, media=media)


def test_a_file_arrives_with_the_same_bytes(gateway: Gateway, people: dict[str, int], tmp_path: Path) -> None:
    path = tmp_path / "цифры.bin"
    path.write_bytes(BYTES)
    uploaded = gateway.upload("alice", path)
    assert uploaded.size == len(BYTES)
    gateway.send(document(uploaded.upload_id, "a file"))
    message = gateway.account.list_messages("bob", people["alice"], limit=1).messages[0]
    assert message.media is not None
    with gateway.download("bob", str(message.media.file_id)) as file:
        assert (file.file_name, file.size) == ("цифры.bin", len(BYTES))
        assert b"".join(file) == BYTES


@pytest.mark.anyio
async def test_an_async_upload_and_download_do_so_too(people: dict[str, int]) -> None:
    async with AsyncGateway(GATEWAY_URL) as gateway:
        uploaded = await gateway.upload("alice", BYTES, file_name="a.bin")
        await gateway.send(document(uploaded.upload_id, "an async file"))
        messages = (await gateway.account.list_messages("bob", people["alice"], limit=1)).messages
        assert messages[0].media is not None
        async with gateway.download("bob", str(messages[0].media.file_id)) as file:
            assert b"".join([piece async for piece in file]) == BYTES


def test_an_upload_whose_answer_is_lost_is_sent_again_as_a_whole() -> None:
    def lose(call: int, answer: httpx.Response) -> httpx.Response:
        if call == 1:
            raise httpx.ReadError("lost")
        return answer

    with Gateway(GATEWAY_URL, backoff=0.01, transport=Interrupted(lose)) as gateway:
        assert gateway.upload("alice", BYTES).size == len(BYTES)


class CutBody(httpx.SyncByteStream):
    """The first bytes of an answer; then the connection is lost."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self):  # type: ignore[no-untyped-def]
        yield self._content[:1000]
        raise httpx.ReadError("lost")


def test_a_download_that_breaks_off_goes_on_where_it_was(gateway: Gateway, people: dict[str, int]) -> None:
    uploaded = gateway.upload("alice", BYTES, file_name="cut.bin")
    gateway.send(document(uploaded.upload_id, "cut"))
    message = gateway.account.list_messages("bob", people["alice"], limit=1).messages[0]
    assert message.media is not None

    def cut(call: int, answer: httpx.Response) -> httpx.Response:
        if call > 1:
            return answer
        return httpx.Response(answer.status_code, headers=answer.headers, stream=CutBody(answer.content))

    way = Interrupted(cut)
    with Gateway(GATEWAY_URL, backoff=0.01, transport=way) as interrupted:
        with interrupted.download("bob", str(message.media.file_id)) as file:
            assert b"".join(file) == BYTES
    assert [call.headers.get("Range") for call in way.calls] == [None, "bytes=1000-"]
