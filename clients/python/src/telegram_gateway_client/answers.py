"""From HTTP answers to results and errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

import httpx

from .errors import GatewayError, error_of, is_error

T = TypeVar("T")


def parsed(parse: Callable[[httpx.Response], T], response: httpx.Response) -> T:
    """The result of an answer. Raises NOT_A_GATEWAY if the answer has another form."""
    try:
        return parse(response)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise not_a_gateway(response) from error


def not_a_gateway(response: httpx.Response) -> GatewayError:
    return GatewayError(
        f"HTTP {response.status_code} is not an answer of the gateway: does base_url lead to it?",
        code="NOT_A_GATEWAY",
        kind="permanent",
        status=response.status_code,
        request_id=response.headers.get("x-request-id"),
    )


def refusal(response: httpx.Response) -> GatewayError:
    """The error of an answer that is no success, of the gateway or of a proxy. The body must have been read."""
    status = response.status_code
    request_id = response.headers.get("x-request-id")
    seconds = response.headers.get("retry-after", "")
    retry_after = float(seconds) if seconds.isdecimal() else None
    try:
        body = json.loads(response.content)
    except ValueError:
        body = None
    if is_error(body):
        return error_of(body, status=status, retry_after=retry_after, request_id=request_id)
    return GatewayError(
        f"HTTP {status}, and not from the gateway: is it a proxy's, or is base_url wrong?",
        code="HTTP_ERROR",
        kind="unknown_outcome" if status in (502, 504) else "retryable" if status >= 500 else "permanent",
        status=status,
        retry_after=retry_after,
        request_id=request_id,
    )


def no_answer(error: httpx.HTTPError) -> GatewayError:
    reason = str(error) or type(error).__name__
    return GatewayError(f"no answer from the gateway: {reason}", code="NO_ANSWER", kind="unknown_outcome")
