"""Triggers that keep `facts_listed` and `facts_sought`: no path into the facts can forget a list.

A migration that rebuilds one of these tables on SQLite takes its triggers along; it calls `install` again.
"""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

TIES = {
    "facts_membership": "member_id",
    "facts_lease": "lessor_id",
    "facts_delivery": "household_id",
    "facts_residence": "household_id",
    "facts_registeredstatus": "household_id",
    "facts_parcel": "household_id",
}
"""Table whose rows put a party on the organisation's lists -> the column that names the party."""

CAPITAL = """COALESCE((
    SELECT SUM(c.amount_fen) FROM facts_contribution c
    WHERE c.organisation_id = {organisation} AND c.member_id = {party} AND NOT c.withdrawn
        AND NOT EXISTS (SELECT 1 FROM facts_contribution later WHERE later.corrects_id = c.id)
), 0)"""

PUT = """
    INSERT INTO facts_listed (organisation_id, party_id, kind, code, sort_key, area_id, capital_fen)
    SELECT n.organisation_id, p.id, p.kind, p.code, p.sort_key, p.area_id, {capital}
    FROM {rows} JOIN facts_party p ON p.id = n.party_id
    WHERE NOT EXISTS (
        SELECT 1 FROM facts_listed l WHERE l.organisation_id = n.organisation_id AND l.party_id = n.party_id
    )
    ON CONFLICT DO NOTHING
"""

RENAMED = """
    UPDATE facts_listed
    SET code = NEW.code, sort_key = NEW.sort_key, area_id = NEW.area_id, kind = NEW.kind
    WHERE party_id = NEW.id
"""

DIGITS = " UNION ALL ".join(f"SELECT {digit} AS d" for digit in range(10))
TENS = f"{DIGITS} UNION ALL SELECT 10 UNION ALL SELECT 11"
# Where a word may begin: a name has at most 120 letters, and of most only the first ten places are looked at.
PLACES = f"({TENS}) tens CROSS JOIN ({DIGITS}) ones"
AT = "(tens.d * 10 + ones.d + 1)"


def within(text: str) -> str:
    """SQL that is true of the places of `text`."""
    return f"tens.d * 10 < LENGTH({text}) AND {AT} <= LENGTH({text})"


SPELLED = f"{within('p.sort_key')} AND ({AT} = 1 OR SUBSTR(p.sort_key, {AT} - 1, 1) = ' ')"


def words(lower: str, joined: str, listed: str) -> str:
    """Statement that gives listed parties their words.

    lower   SQL that makes A to Z small, with {} for the text
    joined  SQL that strings letters together in the order of their places, with {} for the letter
    listed  FROM item `l` with organisation_id and party_id
    """
    small = lower.format
    letters = joined.format(f"SUBSTR(p.sort_key, {AT}, 1)")
    return f"""
    INSERT INTO facts_sought (organisation_id, party_id, word)
    SELECT l.organisation_id, l.party_id, {small(f"SUBSTR(p.name, {AT})")}
    FROM {listed} JOIN facts_party p ON p.id = l.party_id CROSS JOIN {PLACES} WHERE {within("p.name")}
    UNION
    SELECT l.organisation_id, l.party_id, {small("p.code")}
    FROM {listed} JOIN facts_party p ON p.id = l.party_id
    UNION
    SELECT l.organisation_id, l.party_id, {small(f"REPLACE(SUBSTR(p.sort_key, {AT}), ' ', '')")}
    FROM {listed} JOIN facts_party p ON p.id = l.party_id CROSS JOIN {PLACES} WHERE {SPELLED}
    UNION
    SELECT l.organisation_id, l.party_id, {small(f"(SELECT {letters} FROM {PLACES} WHERE {SPELLED})")}
    FROM {listed} JOIN facts_party p ON p.id = l.party_id WHERE p.sort_key <> ''
"""


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every trigger in place, again if need be."""
    with connection.cursor() as cursor:
        for statement in _sqlite() if connection.vendor == "sqlite" else _postgresql():
            cursor.execute(statement)


def fill(connection: BaseDatabaseWrapper) -> None:
    """List what was entered before the triggers were there; their words come by trigger."""
    capital = CAPITAL.format(organisation="n.organisation_id", party="n.party_id")
    rows = " UNION ".join(
        f"SELECT organisation_id, {column} AS party_id FROM {table}" for table, column in TIES.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(PUT.format(rows=f"({rows}) n", capital=capital))


def _sqlite() -> Iterator[str]:
    small, joined = "LOWER({})", "GROUP_CONCAT({}, '')"

    def trigger(name: str, when: str, table: str, *bodies: str) -> Iterator[str]:
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield f"CREATE TRIGGER {name} AFTER {when} ON {table} BEGIN {'; '.join(bodies)}; END"

    for table, column in TIES.items():
        one = f"(SELECT NEW.organisation_id AS organisation_id, NEW.{column} AS party_id) n"
        capital = CAPITAL.format(organisation="NEW.organisation_id", party=f"NEW.{column}")
        yield from trigger(f"{table}_lists", "INSERT", table, PUT.format(rows=one, capital=capital))
    for_member = CAPITAL.format(organisation="facts_listed.organisation_id", party="facts_listed.party_id")
    yield from trigger(
        "facts_contribution_lists",
        "INSERT",
        "facts_contribution",
        f"""UPDATE facts_listed SET capital_fen = {for_member}
        WHERE organisation_id = NEW.organisation_id AND party_id IN (
            NEW.member_id, (SELECT c.member_id FROM facts_contribution c WHERE c.id = NEW.corrects_id)
        )""",
    )
    one = "(SELECT NEW.organisation_id AS organisation_id, NEW.party_id AS party_id) l"
    yield from trigger("facts_listed_words", "INSERT", "facts_listed", words(small, joined, one))
    every = "(SELECT organisation_id, party_id FROM facts_listed WHERE party_id = NEW.id) l"
    yield from trigger(
        "facts_party_lists",
        "UPDATE OF code, name, sort_key, area_id, kind",
        "facts_party",
        RENAMED,
        "DELETE FROM facts_sought WHERE party_id = NEW.id",
        words(small, joined, every),
    )


def _postgresql() -> Iterator[str]:
    # A word is compared letter by letter, whatever language the database sorts in.
    small = 'LOWER(({}) COLLATE "C")'
    joined = f"STRING_AGG({{}}, '' ORDER BY {AT})"

    def trigger(name: str, when: str, table: str, kept: str, *bodies: str) -> Iterator[str]:
        body = ";\n".join(bodies)
        yield f"""CREATE OR REPLACE FUNCTION lianjie_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN {body}; RETURN NULL; END $$"""
        yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
        yield f"""CREATE TRIGGER {name} AFTER {when} ON {table} {kept}
            EXECUTE FUNCTION lianjie_{name}()"""

    fresh = "REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT"
    capital = CAPITAL.format(organisation="n.organisation_id", party="n.party_id")
    for table, column in TIES.items():
        rows = f"(SELECT DISTINCT organisation_id, {column} AS party_id FROM fresh ORDER BY 1, 2) n"
        yield from trigger(f"{table}_lists", "INSERT", table, fresh, PUT.format(rows=rows, capital=capital))
    for_member = CAPITAL.format(organisation="l.organisation_id", party="l.party_id")
    yield from trigger(
        "facts_contribution_lists",
        "INSERT",
        "facts_contribution",
        fresh,
        f"""UPDATE facts_listed l SET capital_fen = {for_member}
        FROM (
            SELECT organisation_id, member_id FROM fresh
            UNION SELECT c.organisation_id, c.member_id
            FROM fresh JOIN facts_contribution c ON c.id = fresh.corrects_id
        ) n WHERE l.organisation_id = n.organisation_id AND l.party_id = n.member_id""",
    )
    yield from trigger("facts_listed_words", "INSERT", "facts_listed", fresh, words(small, joined, "fresh l"))
    yield from trigger(
        "facts_party_lists",
        "UPDATE OF code, name, sort_key, area_id, kind",
        "facts_party",
        "FOR EACH ROW",
        RENAMED,
        "DELETE FROM facts_sought WHERE party_id = NEW.id",
        words(
            small, joined, "(SELECT organisation_id, party_id FROM facts_listed WHERE party_id = NEW.id) l"
        ),
    )
