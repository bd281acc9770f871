"""The requests, answers and events of the API, generated from its OpenAPI document."""

from .openapi.models import *  # noqa: F403
from .openapi.types import UNSET as UNSET
from .openapi.types import Unset as Unset
