"""The tests run against a gateway with its sandbox, in which alice and bob are signed in and receive."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from telegram_gateway_client import Gateway

GATEWAY_URL = os.environ["GATEWAY_URL"]
#: Bob's number, by which Alice knows him.
BOB = os.environ["BOB"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway(GATEWAY_URL, backoff=0.01) as client:
        yield client


@pytest.fixture(scope="session")
def people() -> dict[str, int]:
    """Telegram's ids of the accounts."""
    with Gateway(GATEWAY_URL) as client:
        accounts = client.account.list_accounts().accounts
    return {account.user_id: account.user_info.id for account in accounts if account.user_info is not None}


Texts = Callable[[str, str], list[str]]
Write = Callable[[str, str, str], None]


@pytest.fixture
def sandbox() -> Iterator[httpx.Client]:
    with httpx.Client(base_url=os.environ["SANDBOX_URL"]) as client:
        yield client


@pytest.fixture
def texts(sandbox: httpx.Client, people: dict[str, int]) -> Texts:
    """What one account has written to another."""

    def read(sender: str, receiver: str) -> list[str]:
        found: list[dict[str, Any]] = sandbox.get(
            "/messages", params={"from": people[sender], "to": people[receiver]}
        ).json()
        return [message["text"] for message in found]

    return read


@pytest.fixture
def write(sandbox: httpx.Client, people: dict[str, int]) -> Write:
    """Has an account write to another, as from its phone."""

    def post(sender: str, receiver: str, text: str) -> None:
        message = {"from": people[sender], "to": people[receiver], "text": text}
        sandbox.post("/messages", json=message).raise_for_status()

    return post


@pytest.fixture
def restart_api() -> Callable[[], None]:
    def restart() -> None:
        httpx.post(os.environ["RESTART_URL"], timeout=60).raise_for_status()

    return restart
