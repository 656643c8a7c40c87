"""Roles in one organisation, given and ended by its own administrator."""

from datetime import date, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction

from lianjie.base.acting import acting
from lianjie.base.refusal import Refusal
from lianjie.base.words import N_
from lianjie.facts.actions.audit import note
from lianjie.facts.actions.people import assign, told
from lianjie.facts.models import Assignment
from lianjie.facts.queries.people import linked_party

ONE_DAY = timedelta(days=1)


class UserUnknown(Refusal):
    what = N_("Nobody signs in as “{name}”.")
    fix = N_("Check the spelling, or have the user made first.")


class OwnHouseholdMissing(Refusal):
    what = N_("A member's role is for the member's own household, and none is named.")
    fix = N_("Give the code of the household or person.")


class NotLinkedHere(Refusal):
    what = N_("“{code}” has nothing to do with this organisation.")
    fix = N_("Check the code in the register of households.")


class RoleForOneself(Refusal):
    what = N_("Nobody gives a role to oneself.")
    fix = N_("Ask another administrator, or use lianjie grant at the console.")


class RoleEndsBeforeItBegins(Refusal):
    what = N_("The role would end on {last}, before it begins on {first}.")
    fix = N_("Give a last day on or after the first day.")


@transaction.atomic
def give_role(
    username: str,
    role: str,
    *,
    organisation_id: int,
    organisation: str,
    party: str,
    start_day: date,
    last_day: date | None,
) -> int:
    """Give a user a role in one organisation.

    party  code of the member's own household or person; for the other roles ""

    Refuses with UserUnknown, OwnHouseholdMissing, NotLinkedHere, RoleForOneself or RoleEndsBeforeItBegins.
    """
    user = get_user_model().objects.filter(username=username).first()
    if user is None:
        raise UserUnknown(name=username)
    if acting().by == user.pk:
        raise RoleForOneself
    if last_day is not None and last_day < start_day:
        raise RoleEndsBeforeItBegins(first=start_day, last=last_day)
    own = party if role == "member" else ""
    if role == "member" and not own:
        raise OwnHouseholdMissing
    if own and linked_party(organisation_id, own) is None:
        raise NotLinkedHere(code=own)
    return assign(
        user.pk,
        role,
        organisation=organisation,
        party=own or None,
        start_day=start_day,
        until_day=last_day + ONE_DAY if last_day else None,
    )


@transaction.atomic
def end_role(assignment_id: int, *, organisation_id: int, day: date) -> bool:
    """End a role before `day`; False when the organisation has no such role running. The row stays."""
    row = Assignment.objects.filter(pk=assignment_id, organisation_id=organisation_id).first()
    if row is None or (row.until_day is not None and row.until_day <= day):
        return False
    before = told(row)
    row.until_day = day
    row.save(update_fields=["until_day"])
    note(
        "end-role",
        subject=f"user:{row.user.get_username()}",
        organisation_id=organisation_id,
        before=before,
        after=told(row),
    )
    return True
