"""A user's program, for mypy. An `ignore` that is not needed is an error, too."""

from telegram_gateway_client import AsyncGateway, Gateway, GatewayError
from telegram_gateway_client.models import EditMessageRequest, MessageNewEvent, Queued, SendMessageRequest


def main() -> None:
    with Gateway("http://127.0.0.1:3000", api_key="key") as gateway:
        message = SendMessageRequest(user_id="alice", recipient_id="me", text="Hi", parse_mode="html")
        message_id: int = gateway.send(message, timeout=30).message_id
        edit = EditMessageRequest(user_id="alice", recipient_id="me", message_id=message_id, text="Ho")
        edited = gateway.sending.edit_message(body=edit)
        if isinstance(edited, Queued):
            print(gateway.wait_for_job(edited.job_id).state)
        for event in gateway.updates("alice"):
            if isinstance(event, MessageNewEvent) and event.message.sender is not None:
                name: str | None = event.message.sender.name
                print(name, event.message.text)
        SendMessageRequest(user_id="alice", recipient_id="me", text=1)  # type: ignore[arg-type]
        SendMessageRequest(user_id="alice", recipient_id="me", parse_mode="latex")  # type: ignore[arg-type]
        gateway.sending.fold_message(body=edit)  # type: ignore[attr-defined]


async def other() -> None:
    async with AsyncGateway() as gateway:
        try:
            job_id: str = await gateway.enqueue(
                SendMessageRequest(user_id="alice", recipient_id=1, text="Hi")
            )
            async for job in gateway.job_events(job_id):
                print(job.state)
        except GatewayError as error:
            code: str = error.code
            wait: float | None = error.retry_after
            print(code, wait, error.field)
        async with gateway.download("alice", "f_1") as file:
            async for piece in file:
                print(len(piece))


if __name__ == "__main__":
    main()
