"""Accounts: who may sign in, with what, and where they are signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat

from lianjie.facts.models import Act, ApiToken, Assignment, RecoveryCode, SecondFactor, SignIn
from lianjie.facts.queries.assignments import Grant


@dataclass(frozen=True)
class SignInRow:
    """One sign-in that is running."""

    id: int
    began_at: datetime
    seen_at: datetime
    address: str
    device: str


@dataclass(frozen=True)
class AccountRow:
    """An account as whoever looks after it sees it."""

    id: int
    username: str
    full_name: str
    active: bool
    second_factor: bool
    last_sign_in: datetime | None
    roles: tuple[tuple[str, str], ...]
    """(role, where)"""


@dataclass(frozen=True)
class TokenRow:
    """A token of a program, as its owner sees it."""

    id: int
    name: str
    reads_only: bool
    made_at: datetime
    until_at: datetime
    used_at: datetime | None


def tokens(user_id: int, *, now: datetime) -> list[TokenRow]:
    """The tokens of a person that count, the newest first."""
    rows = ApiToken.objects.filter(user_id=user_id, ended_at=None, until_at__gt=now).order_by("-pk")
    return [TokenRow(r.pk, r.name, r.reads_only, r.made_at, r.until_at, r.used_at) for r in rows]


def has_second_factor(user_id: int) -> bool:
    """True when codes are set up and confirmed."""
    return SecondFactor.objects.filter(user_id=user_id, confirmed_at__isnull=False).exists()


def codes_left(user_id: int) -> int:
    """Recovery codes not used yet."""
    return RecoveryCode.objects.filter(user_id=user_id, used_at=None).count()


def sign_ins(user_id: int, *, since: datetime) -> list[SignInRow]:
    """Where a user is signed in, the latest first; those not seen `since` have timed out."""
    rows = SignIn.objects.filter(user_id=user_id, ended_at=None, seen_at__gt=since).order_by("-seen_at")
    return [SignInRow(row.pk, row.began_at, row.seen_at, row.address, row.device) for row in rows]


def any_user() -> bool:
    """True once there is an account."""
    return get_user_model().objects.exists()


def cared_for(
    granted: Sequence[Grant], by: int, day: date, *, search: str = "", after: str = "", limit: int = 50
) -> list[AccountRow]:
    """Accounts an administrator looks after, by user name: all whose roles lie in what the grants cover.

    granted  the reader's grants to give roles
    by       the reader: accounts without a role belong to whoever made them
    after    user name the page before ended with

    An account with one role outside is somebody else's to change: who sets its password could use it there.
    """
    running = Assignment.objects.filter(Q(until_day__isnull=True) | Q(until_day__gt=day), user=OuterRef("pk"))
    made = Act.objects.filter(
        verb="account:make", by_id=by, subject=Concat(Value("user:"), OuterRef("username"))
    )
    rows = get_user_model().objects.filter(
        ~Exists(running.exclude(_covered(granted))), Exists(running) | Exists(made)
    )
    if search:
        rows = rows.filter(Q(username__icontains=search) | Q(last_name__icontains=search))
    if after:
        rows = rows.filter(username__gt=after)
    found = list(rows.exclude(pk=by).order_by("username")[:limit])
    roles: dict[int, list[tuple[str, str]]] = {}
    ids = [user.pk for user in found]
    for row in (
        Assignment.objects.filter(Q(until_day__isnull=True) | Q(until_day__gt=day), user_id__in=ids)
        .select_related("organisation", "area")
        .order_by("pk")
    ):
        where = row.organisation.name if row.organisation else row.area.name
        roles.setdefault(row.user_id, []).append((row.role, where))
    factors = set(
        SecondFactor.objects.filter(user_id__in=ids, confirmed_at__isnull=False).values_list(
            "user_id", flat=True
        )
    )
    return [
        AccountRow(
            user.pk,
            user.get_username(),
            user.get_full_name(),
            user.is_active,
            user.pk in factors,
            user.last_login,
            tuple(roles.get(user.pk, ())),
        )
        for user in found
    ]


def one_cared_for(granted: Sequence[Grant], by: int, day: date, username: str) -> AccountRow | None:
    """One of them."""
    found = cared_for(granted, by, day, search=username, limit=1_000)
    return next((row for row in found if row.username == username), None)


def _covered(granted: Sequence[Grant]) -> Q:
    """Assignments within the scope of the grants."""
    covered = Q(pk__in=[])
    for grant in granted:
        if grant.organisation_id is not None:
            covered |= Q(organisation_id=grant.organisation_id)
        elif grant.area_path is not None:
            end = grant.area_path + "~"
            covered |= Q(organisation=None, area__path__gte=grant.area_path, area__path__lt=end)
            covered |= Q(organisation__area__path__gte=grant.area_path, organisation__area__path__lt=end)
    return covered
