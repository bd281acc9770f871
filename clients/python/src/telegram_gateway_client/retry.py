"""When to repeat a call, and after how long."""

from __future__ import annotations

import random
from collections.abc import Callable

import httpx

from .errors import GatewayError

RetryRule = Callable[[GatewayError], bool]

#: The key of `extensions` of an httpx request for a rule other than the usual one.
RULE = "gateway_retry"

TEMPORARY = (429, 502, 503, 504)

#: The one account call that has no further effect the second time.
RECEIVE = "/telegram/user/receive"

#: Seconds. If the gateway asks for a longer wait, the call fails instead of waiting.
LONGEST_WAIT = 30.0


def repeatable(error: GatewayError) -> bool:
    """For reads, and for changes that have no further effect the second time."""
    # An error that ended a stream has no status.
    may_pass = error.status is None and error.kind == "retryable"
    return error.code == "NO_ANSWER" or error.status in TEMPORARY or may_pass


def with_idempotency_key(error: GatewayError) -> bool:
    """
    Two calls with one key are one message. An error that names a job is final, since the key would get it again.
    After QUEUE_UNAVAILABLE it is not known whether there is a job.
    """
    return repeatable(error) and (error.job_id is None or error.code == "QUEUE_UNAVAILABLE")


def if_not_started(error: GatewayError) -> bool:
    """For sign-in and account calls but `set_receiving`: a second code request voids the first code."""
    return error.kind != "unknown_outcome" and error.code in ("WORKER_UNAVAILABLE", "QUEUE_UNAVAILABLE")


def never(error: GatewayError) -> bool:
    return False


def rule_of(request: httpx.Request) -> RetryRule:
    rule: RetryRule | None = request.extensions.get(RULE)
    if rule is not None:
        return rule
    if request.method in ("GET", "DELETE") or request.url.path.endswith(RECEIVE):
        return repeatable
    return with_idempotency_key if "Idempotency-Key" in request.headers else if_not_started


def wait_before(tries: int, backoff: float, retry_after: float | None) -> float | None:
    """
    Seconds to wait after so many failed tries: they double, but are at least what the gateway asks for.
    Shortened at random, so that callers that failed together do not return together. None: do not repeat.
    """
    if retry_after is not None and retry_after > LONGEST_WAIT:
        return None
    wait = min(LONGEST_WAIT, backoff * 2.0 ** (tries - 1)) * random.uniform(0.5, 1)
    return max(wait, retry_after or 0)
