"""Who may open what: the one place that decides it. Every page asks here before it reads.

An outsider is told nothing: the page is not found. An insider without the right is told so.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils import timezone

from lianjie.facts.queries import assignments, people
from lianjie.facts.queries.assignments import Grant, OrganisationRow

RIGHTS: dict[str, frozenset[str]] = {
    # read_own opens the organisation's door: one's own household, and what is posted for all.
    "member": frozenset({"read_own"}),
    "supervisor": frozenset({"read_own", "read"}),
    "accountant": frozenset({"read_own", "read", "enter_facts", "edit_plan", "settle"}),
    "chair": frozenset({"read_own", "read", "edit_plan", "settle", "decide"}),
    "administrator": frozenset(
        {"read_own", "read", "enter_facts", "edit_plan", "settle", "decide", "assign"}
    ),
}
"""Role -> rights. Whoever enters facts does not decide, unless the office makes one person administrator."""


@dataclass(frozen=True)
class Place:
    """An organisation as one reader stands towards it; templates get it as `place`.

    rights  what the reader may do here
    own     party ids of the reader's own households
    """

    id: int
    code: str
    name: str
    kind: str
    area_name: str
    invented: bool
    rights: frozenset[str]
    own: frozenset[int]

    @property
    def reads(self) -> bool:
        """True when the reader may see every household here, not only its own."""
        return "read" in self.rights


def grants(request: HttpRequest) -> tuple[Grant, ...]:
    """The reader's assignments today, asked once per request."""
    kept: tuple[Grant, ...] | None = getattr(request, "_grants", None)
    if kept is None:
        user = request.user
        kept = assignments.grants(user.pk, timezone.localdate()) if user.is_authenticated else ()
        setattr(request, "_grants", kept)  # noqa: B010  Django's request has no place of its own for it
    return kept


def readable_organisations(user) -> list[OrganisationRow]:
    """Organisations a user may enter at all."""
    return assignments.organisations(assignments.grants(user.pk, timezone.localdate()))


def may(user, right: str, organisation: str) -> bool:
    """True when the user has the right in the organisation with this code, today."""
    row = assignments.organisation(organisation)
    return row is not None and right in _rights(assignments.grants(user.pk, timezone.localdate()), row)


def place(request: HttpRequest, code: str, right: str = "read") -> Place:
    """The organisation, if the reader has `right` there.

    Raises Http404 for an outsider and PermissionDenied for an insider without the right.
    """
    row = assignments.organisation(code)
    rights = frozenset() if row is None else _rights(grants(request), row)
    if row is None or not rights:
        raise Http404
    if right not in rights:
        raise PermissionDenied(right)
    own = {g.party_id for g in grants(request) if g.party_id and g.covers(row.id, row.area_path)}
    return Place(row.id, row.code, row.name, row.kind, row.area_name, row.invented, rights, frozenset(own))


def party(at: Place, code: str) -> people.PartyRow:
    """A household, person or organisation the reader may see here: its own, or any linked one.

    Raises Http404 otherwise, so that codes cannot be tried out.
    """
    row = people.linked_party(at.id, code)
    if row is None or not (at.reads or row.id in at.own):
        raise Http404
    return row


def _rights(granted: Collection[Grant], row: OrganisationRow) -> frozenset[str]:
    held = [RIGHTS[g.role] for g in granted if g.covers(row.id, row.area_path)]
    return frozenset().union(*held)
