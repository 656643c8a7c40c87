"""A guardian's consent for somebody under 14: given, and taken back."""

from datetime import date, datetime

from django.db import transaction

from lianjie.facts.actions.audit import note
from lianjie.facts.models import GuardianConsent, Party
from lianjie.facts.queries import child as queries
from lianjie.facts.rules import child as rules
from lianjie.facts.rules.child import Consent
from lianjie.facts.rules.personal import Purpose


@transaction.atomic
def consent(
    organisation_id: int, party_id: int, given: Consent | None, *, at: datetime, by: int | None
) -> None:
    """Keep that a guardian consented, or with None took it back. The same again changes nothing.

    Refuses with NotAChild or ConsentIncomplete.
    """
    party = Party.objects.select_for_update().get(pk=party_id)
    standing = queries.consent(party_id)
    if given == standing:
        return
    if given is not None:
        if not queries.is_child(party_id, at.date()):
            raise rules.NotAChild(name=party.name)
        if min(len(each.strip()) for each in (given.guardian, given.relation, given.evidence)) < 1:
            raise rules.ConsentIncomplete
    told = given or standing
    assert told is not None
    GuardianConsent.objects.create(
        party=party, guardian=told.guardian.strip()[:80], relation=told.relation.strip()[:40], day=told.day,
        evidence=told.evidence.strip()[:300], taken_back=given is None, at=at, by_id=by,
    )  # fmt: skip
    verb = "personal:consent" if given is not None else "personal:consent-back"
    note(verb, subject=party.code, organisation_id=organisation_id, text=told.evidence, by=by)


def check(party_id: int, purpose: Purpose, today: date) -> None:
    """What is held of a child opens for a purpose that names the guardian's consent, where one stands.

    Refuses with PurposeNotForChild or GuardianNotAsked.
    """
    if not queries.is_child(party_id, today):
        return
    name = Party.objects.values_list("name", flat=True).get(pk=party_id)
    if not purpose.guardian:
        raise rules.PurposeNotForChild(name=name)
    if queries.consent(party_id) is None:
        raise rules.GuardianNotAsked(name=name)
