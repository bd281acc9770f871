"""The one exception of this package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

ErrorKind = Literal["retryable", "permanent", "user_action", "unknown_outcome"]

KINDS = ("retryable", "permanent", "user_action", "unknown_outcome")


class GatewayError(Exception):
    """
    The gateway refused a call, a job failed, or no answer arrived.

    `code` is one of the gateway's codes (docs/errors.md) or one of this package:

    - `NO_ANSWER`: no answer arrived, or only a part of one. The call may have taken effect anyway.
    - `HTTP_ERROR`: an error that is not the gateway's but, for example, a proxy's. See `status`.
    - `NOT_A_GATEWAY`: a success that is not the gateway's: `base_url` leads to another server.
    - `JOB_NOT_ENDED`: the job did not end within the timeout. It goes on.
    - `CANCELLED`: the job was cancelled.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        kind: ErrorKind,
        status: int | None = None,
        retry_after: float | None = None,
        job_id: str | None = None,
        request_id: str | None = None,
        rpc_error: str | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        #: Whether a retry helps, or what else does.
        self.kind: ErrorKind = kind
        #: HTTP status; None if no answer arrived, or if the error is that of a job or a stream.
        self.status = status
        #: Seconds to wait before a retry.
        self.retry_after = retry_after
        #: The job that failed, if any.
        self.job_id = job_id
        #: Names the request in the gateway's log; quote it to the operator.
        self.request_id = request_id
        #: Telegram's own name of the error.
        self.rpc_error = rpc_error
        #: The whole error object. It may have more fields, such as `oldest_seq` of EVENTS_GONE.
        self.body: Mapping[str, Any] = body or {}

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

    @property
    def issues(self) -> list[Mapping[str, str]]:
        """Invalid fields of the request: `path` and `message` of each."""
        issues = self.body.get("issues")
        return issues if isinstance(issues, list) else []

    @property
    def field(self) -> str | None:
        """The first invalid field, as a dotted path."""
        return self.issues[0].get("path") if self.issues else None


def error_of(
    body: Mapping[str, Any],
    *,
    status: int | None = None,
    retry_after: float | None = None,
    request_id: str | None = None,
    job_id: str | None = None,
) -> GatewayError:
    """The error of the gateway's error object; the other arguments are used where it lacks the field."""
    return GatewayError(
        str(body["message"]),
        code=str(body["code"]),
        kind=body["kind"],
        status=status,
        retry_after=body.get("retry_after", retry_after),
        job_id=body.get("job_id", job_id),
        request_id=body.get("request_id", request_id),
        rpc_error=body.get("rpc_error"),
        body=body,
    )


def is_error(body: object) -> bool:
    """Whether this is the gateway's error object. Any code passes: a newer gateway may have new ones."""
    return (
        isinstance(body, Mapping)
        and isinstance(body.get("code"), str)
        and isinstance(body.get("message"), str)
        and body.get("kind") in KINDS
    )
