"""Enter a livestream, take it back."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from lianjie.facts.actions.market import NoSuchChannel, NoSuchCounty, NoSuchProduct
from lianjie.facts.actions.stock import Books, area_of, enter_one
from lianjie.facts.actions.withdraw import NoSuchFact, ReasonMissing, taken_back
from lianjie.facts.models import Area, Fact, LivestreamEvent, SalesChannel
from lianjie.facts.queries.in_kind import numbered
from lianjie.facts.queries.order_file import contents
from lianjie.facts.rules import livestream as rules
from lianjie.facts.rules.market import CODE, CodeUnusable


@dataclass(frozen=True)
class EventGiven:
    """A livestream as it is entered; `products` and `counties` by their codes."""

    code: str
    name: str
    channel: str
    start_at: datetime
    until_at: datetime
    host: str = ""
    products: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()
    evidence: str = ""


@transaction.atomic
def add_event(given: EventGiven, books: Books) -> str:
    """Enter a livestream; returns its reference. The same again changes nothing.

    Refuses with CodeUnusable, LivestreamEndsBeforeItBegins, LivestreamNamesTwice, NoSuchChannel,
    NoSuchProduct, NoSuchCounty or NumberTaken.
    """
    if not CODE.fullmatch(given.code):
        raise CodeUnusable(code=given.code)
    if given.until_at <= given.start_at:
        raise rules.LivestreamEndsBeforeItBegins
    for names in (given.products, given.counties):
        for name in names:
            if names.count(name) > 1:
                raise rules.LivestreamNamesTwice(code=name)
    channel = channel_of(given.channel, books)
    known = contents(books.organisation_id)
    for code in given.products:
        if code not in known:
            raise NoSuchProduct(code=code)
    there = set(Area.objects.filter(code__in=given.counties).values_list("code", flat=True))
    for code in given.counties:
        if code not in there:
            raise NoSuchCounty(code=code)
    fields = {
        "day": localdate(given.start_at),
        "name": given.name,
        "channel_id": channel.pk,
        "start_at": given.start_at,
        "until_at": given.until_at,
        "host": given.host,
        "products": list(given.products),
        "counties": list(given.counties),
        "evidence": given.evidence,
    }
    row, _new = enter_one(LivestreamEvent, given.code, area_of(books), fields, books)
    return str(row.reference)


def channel_of(code: str, books: Books) -> SalesChannel:
    """The standing channel. Refuses with NoSuchChannel."""
    rows = SalesChannel.objects.current().filter(organisation_id=books.organisation_id)
    found = rows.filter(numbered(code)).first()
    if not code or found is None:
        raise NoSuchChannel(code=code)
    return found


@transaction.atomic
def take_event_back(code: str, reason: str, books: Books) -> None:
    """Withdraw a livestream; its orders stay. Refuses with ReasonMissing or NoSuchFact."""
    rows = LivestreamEvent.objects.current().filter(organisation_id=books.organisation_id)
    withdraw(rows.filter(numbered(code)).first(), reason, books)


def withdraw(found: Fact | None, reason: str, books: Books) -> None:
    """The withdrawn next version of a fact that nothing was booked for."""
    if not reason.strip():
        raise ReasonMissing
    if found is None:
        raise NoSuchFact(reference="")
    taken_back(found, reason, books.entry)
