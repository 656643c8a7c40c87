"""Who is under 14, and which guardian consented."""

from collections.abc import Collection
from datetime import date

from lianjie.facts import sealing
from lianjie.facts.models import GuardianConsent, Party, Person, Residence
from lianjie.facts.rules import child as rules
from lianjie.facts.rules import identity
from lianjie.facts.rules.child import Consent
from lianjie.facts.rules.relation import HEAD

SLICE = 900


def is_child(party_id: int, today: date) -> bool:
    """By the day of birth, or by the one in the identity number where no other is registered."""
    person = Person.objects.filter(pk=party_id).first()
    if person is None:
        return False
    born = person.birth_day
    if born is None and person.id_number_sealed is not None:
        born = identity.birth_day(sealing.opened(person.id_number_sealed, sealing.person_row(person.pk)))
    return rules.is_child(born, today)


def among(codes: Collection[str], today: date) -> frozenset[str]:
    """Those of these codes that name a child: its own, or a household's whose head is one."""
    young = Person.objects.filter(birth_day__gt=rules.born_after(today))
    heads = Residence.objects.current().filter(
        person_id__in=young.values("pk"), relation__in=HEAD, until_day=None
    )
    found: set[str] = set()
    wanted = sorted(codes)
    for start in range(0, len(wanted), SLICE):
        some = Party.objects.filter(code__in=wanted[start : start + SLICE])
        found |= set(some.filter(pk__in=young.values("pk")).values_list("code", flat=True))
        found |= set(some.filter(pk__in=heads.values("household_id")).values_list("code", flat=True))
    return frozenset(found)


def consent(party_id: int) -> Consent | None:
    """The guardian's word as it stands; None when there is none, or it was taken back."""
    row = GuardianConsent.objects.filter(party_id=party_id).order_by("-pk").first()
    if row is None or row.taken_back:
        return None
    return Consent(row.guardian, row.relation, row.day, row.evidence)
