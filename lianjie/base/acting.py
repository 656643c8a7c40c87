"""Who acts, and from where: set at the door, read where an act is noted."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Acting:
    """Whoever acts.

    by       id of the user; None for a command, a job or nobody signed in
    door     page, api, command or job
    address  network address the request came from; "" for the other doors
    device   what the browser calls itself, cut short
    """

    by: int | None = None
    door: str = "command"
    address: str = ""
    device: str = ""


_acting: ContextVar[Acting] = ContextVar("acting", default=Acting())  # noqa: B039  frozen


def acting() -> Acting:
    """Who acts now."""
    return _acting.get()


@contextmanager
def as_acting(who: Acting) -> Iterator[None]:
    """Everything noted inside is theirs."""
    token = _acting.set(who)
    try:
        yield
    finally:
        _acting.reset(token)
