"""Ways to the gateway on which things go wrong."""

from collections.abc import Callable

import httpx


class Interrupted(httpx.HTTPTransport):
    """Gives the answers that `change` makes of the gateway's; it may raise an httpx error in place of one."""

    def __init__(self, change: Callable[[int, httpx.Response], httpx.Response]) -> None:
        super().__init__()
        self.calls: list[httpx.Request] = []
        self._change = change

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        answer = super().handle_request(request)
        answer.read()
        return self._change(len(self.calls), answer)


def refused(status: int, code: str, **fields: object) -> httpx.Response:
    body = {
        "status": "error",
        "code": code,
        "kind": "retryable",
        "message": "No.",
        "request_id": "r",
        **fields,
    }
    headers = {"Retry-After": str(fields["retry_after"])} if "retry_after" in fields else {}
    return httpx.Response(status, json=body, headers=headers)
