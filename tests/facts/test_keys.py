"""Keys turn while people go on working: nothing is lost, nothing booked changes, the old key goes in time."""

import threading
from base64 import b32decode
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection, models
from django_otp.oath import hotp

from lianjie.facts import keyring, sealing
from lianjie.facts.actions import keys, seal, second_factor
from lianjie.facts.actions.keys import KeyInUse, KeyTooFresh, NewestKeyStays, NoSuchKey, SealedValuesChanged
from lianjie.facts.actions.second_factor import FactorCodeWrong
from lianjie.facts.keyring import KeysInEnvironment
from lianjie.facts.models import Act, BankAccount, Party, Person, RecoveryCode
from lianjie.facts.queries import bank
from tests.support.fill import fill

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)
NUMBER = "360426199101010071"


@pytest.fixture
def ring(settings, tmp_path):
    """A ring of this test alone, with one key."""
    settings.FIELD_KEY, settings.FIELD_KEY_FILE = "", tmp_path / "field.key"
    settings.FIELD_KEY_FILE.write_text("the-first-secret")
    return settings.FIELD_KEY_FILE


def person(number: int) -> Person:
    party = fill(Party, code=f"P{number}", kind="person", name=f"人{number}")
    told = f"{360426199101010071 + number:018}"
    return Person.objects.create(
        party=party,
        id_number_sealed=sealing.seal(told, sealing.person_row(party.pk)),
        id_number_index=sealing.index(told),
    )


def account(number: int) -> BankAccount:
    coop = Party.objects.filter(code="COOP").first() or fill(Party, code="COOP", kind="organisation")
    key = f"H/{number}"
    name = sealing.account_row(coop.pk, key)
    sealed = sealing.seal(f"62284800000{number:05}", name)
    return fill(
        BankAccount,
        organisation=coop,
        key=key,
        number_sealed=sealed,
        number_index=sealing.account_index(f"62284800000{number:05}"),
        number_digest=sealing.digest(sealed, name),
    )


def first() -> int:
    return keyring.ring().keys[0].id


@pytest.mark.both
def test_a_new_key_seals_and_the_old_one_opens(engine, ring):
    before = person(1)
    made = keys.new(at=NOW)
    after = person(2)
    assert bytes(after.id_number_sealed)[1] == made.id != bytes(before.id_number_sealed)[1]
    assert sealing.opened(before.id_number_sealed, sealing.person_row(before.pk)) == "360426199101010072"
    assert sealing.indexes("360426199101010072")[1] == before.id_number_index, "found by the older index too"
    assert ring.stat().st_mode & 0o077 == 0
    assert Act.objects.filter(verb="keys:new").exists()


@pytest.mark.both
def test_everything_is_sealed_anew_and_stays_what_it_was(engine, ring):
    people, accounts = [person(n) for n in range(30)], [account(n) for n in range(30)]
    public = sealing.code_of("lot:1:A")
    seal.seal()
    old, told = first(), []
    new = keys.new(at=NOW).id
    assert keys.reseal(lambda done, total: told.append((done, total))) == 60
    assert told[-1] == (60, 60)
    assert keys.in_use() == {new: {"facts_person": 30, "facts_bankaccount": 30}}
    assert seal.verify() == [], "what is sealed in the chain did not change"
    for each in people:
        was = each.id_number_index
        each.refresh_from_db()
        number = sealing.opened(each.id_number_sealed, sealing.person_row(each.pk))
        assert each.id_number_index == sealing.index(number) != was
    opened = bank.open_accounts([each.pk for each in accounts])
    assert sorted(each.number for each in opened.values()) == [f"62284800000{n:05}" for n in range(30)]
    assert keys.reseal() == 0, "a second run has nothing to do"
    keys.retire(old, at=LATER)
    assert [key.id for key in keyring.ring().keys] == [new]
    assert sealing.code_of("lot:1:A") == public, "printed codes outlive the key"


@pytest.mark.both
def test_a_key_in_use_is_not_retired(engine, ring, django_user_model):
    person(1)
    old = first()
    with pytest.raises(NoSuchKey):
        keys.retire((old + 1) % 256, at=LATER)
    with pytest.raises(NewestKeyStays):
        keys.retire(old, at=LATER)
    keys.new(at=NOW)
    with pytest.raises(KeyTooFresh):
        keys.retire(old, at=NOW + timedelta(minutes=5))
    with pytest.raises(KeyInUse, match="facts_person 1"):
        keys.retire(old, at=LATER)
    keys.reseal()
    keys.retire(old, at=LATER)


@pytest.mark.both
def test_recovery_codes_turn_with_the_keys_and_still_open(engine, ring, django_user_model):
    """Their owners make no new ones: the paper in the drawer goes on opening after the old key is gone."""
    user = django_user_model.objects.create_user("wang")
    key = second_factor.begin(user.pk)
    app = f"{hotp(b32decode(key), int(NOW.timestamp()) // 30):06}"
    paper = second_factor.confirm(user.pk, app, now=NOW)
    second_factor.verify(user.pk, paper[0], now=NOW)
    old = first()
    new = keys.new(at=NOW).id
    with pytest.raises(KeyInUse, match="facts_recoverycode 9"):
        keys.retire(old, at=LATER)
    second_factor.verify(user.pk, paper[1], now=NOW)
    keys.reseal()
    assert keys.in_use() == {new: {"facts_secondfactor": 1, "facts_recoverycode": 8}}
    keys.retire(old, at=LATER)
    second_factor.verify(user.pk, paper[2], now=LATER)
    for used in paper[:3]:
        with pytest.raises(FactorCodeWrong):
            second_factor.verify(user.pk, used, now=LATER)
    kept = RecoveryCode.objects.filter(used_at__isnull=False)
    assert [row.sealed for row in kept] == [None, None, None], "nothing is left of a used one"


@pytest.mark.django_db
def test_a_value_put_in_place_of_another_is_noticed(ring):
    """Whoever holds key and database may seal another number; the digest says it is not that one."""
    row = account(1)
    name = sealing.account_row(row.organisation_id, row.key)
    assert keys.check() == 1
    BankAccount.objects.filter(pk=row.pk).update(number_sealed=sealing.seal("6228480000099999", name))
    with pytest.raises(SealedValuesChanged, match="facts_bankaccount"):
        keys.check()
    with pytest.raises(sealing.SealBroken):
        bank.open_accounts([row.pk])
    keys.new(at=NOW)
    with pytest.raises(sealing.SealBroken):
        keys.reseal()


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_people_go_on_writing_while_everything_is_sealed_anew(engine, ring):
    for n in range(400):
        person(n)
    keys.new(at=NOW)
    stop, written, failed = threading.Event(), [], []

    def writer() -> None:
        n = 1000
        try:
            while not stop.is_set():
                written.append(person(n).pk)
                changed = Person.objects.order_by("pk")[n % 400]
                told = f"{460426199101010071 + n:018}"
                Person.objects.filter(pk=changed.pk).update(
                    id_number_sealed=sealing.seal(told, sealing.person_row(changed.pk)),
                    id_number_index=sealing.index(told),
                )
                n += 1
        except Exception as problem:
            failed.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=writer)
    thread.start()
    keys.reseal()
    stop.set()
    thread.join(30)
    assert not failed
    assert written
    keys.reseal()
    keys.retire(first(), at=LATER)
    for each in Person.objects.all():
        number = sealing.opened(each.id_number_sealed, sealing.person_row(each.pk))
        assert each.id_number_index == sealing.index(number)


def test_keys_in_the_environment_are_told_not_written(settings):
    settings.FIELD_KEY = "one-secret"
    ring = keyring.with_new(keyring.ring(), NOW)
    with pytest.raises(KeysInEnvironment) as refused:
        keyring.write(ring)
    line = refused.value.details["line"]
    assert keyring.parsed(line) == ring
    assert "one-secret" in line


def test_a_backup_during_which_keys_turn_opens_both():
    one = keyring.with_new(keyring.parsed("a-secret"), NOW)
    two = keyring.without(keyring.with_new(one, LATER), one.keys[0].id)
    both = keyring.parsed(
        keyring.joined(keyring.told(one.keys, one.names), keyring.told(two.keys, two.names))
    )
    assert {key.id for key in both.keys} == {key.id for key in (*one.keys, *two.keys)}
    assert (both.newest, both.names) == (two.newest, one.names)


def test_every_sealed_column_turns_with_the_keys():
    """A column that `SEALED` does not name would be lost when its key is retired."""
    held = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField)
    }
    assert held == {(model, column.name) for model, column in keys.sealed_columns() if column.name}
