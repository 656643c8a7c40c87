"""How fast a year is settled, as ratios in one run. Closes with one line of JSON.

    bin/bench settle [HOUSEHOLDS]        280,000 unless told; 175 to a co-op, four lines each

allotment_ratio  sharing every sum (read, share, write) against reading and writing the same columns
engine_ratio     the plan engine working the same co-ops out, line by line with reasons, against the same
posting_ratio    booking the settlements into SQLite, entry by entry with keys, foreign keys and triggers,
                 against one bare INSERT ... SELECT of the same rows into the same table
postgres_ratio   the same booking into PostgreSQL against COPY of the same rows into the same table
growth           how much dearer a line gets from 28,000 to 280,000 to 2.8 million households (sharing)
posting_growth   the same for booking 28,000 and 280,000
explanation_ms   one household's whole statement, replayed from the frozen inputs
peak_mib         the most memory any of these processes held
"""

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOUSEHOLDS, PER_COOP, STEPS = 280_000, 175, 4
ROUNDS = 5
TOGETHER = 100
"""Co-ops booked in one transaction."""

CHUNK_COOPS = 1_600
"""Co-ops shared out at a time: memory stays flat however many there are."""


def main() -> None:
    households = int(sys.argv[1]) if len(sys.argv) > 1 else HOUSEHOLDS
    figures: dict[str, float] = {"households": households, "lines": households * STEPS}
    with tempfile.TemporaryDirectory(prefix="lianjie-bench-") as place:
        sizes = (households // 10, households, households * 10)
        shared = {size: child("sharing", place, size) for size in sizes}
        figures["allotment_ratio"] = shared[households]["ours"] / shared[households]["bare"]
        costs = [each["ours"] / size for size, each in shared.items()]
        figures["growth"] = growth(costs)
        engine = child("engine", place, households)
        figures["engine_ratio"] = engine["ours"] / shared[households]["bare"]
        figures["engine_s"] = engine["ours"]
        figures["explanation_ms"] = engine["explanation_ms"]
        peaks = [*(each["peak_mib"] for each in shared.values()), engine["peak_mib"]]
        booked = {size: child("booking", place, size) for size in (households // 10, households)}
        figures["posting_ratio"] = booked[households]["ours"] / booked[households]["bare"]
        figures["posting_s"] = booked[households]["ours"]
        costs = [each["ours"] / size for size, each in booked.items()]
        figures["posting_growth"] = growth(costs)
        peaks += [each["peak_mib"] for each in booked.values()]
        postgres = child("booking_postgres", place, households)
        figures["postgres_ratio"] = postgres["ours"] / postgres["bare"]
        figures["peak_mib"] = max(*peaks, postgres["peak_mib"])
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


def growth(costs: list[float]) -> float:
    """The greatest rise of the cost of one row from a smaller size to a larger."""
    return max(later / costs[n] for n in range(len(costs)) for later in costs[n + 1 :])


def child(what: str, place: str, households: int) -> dict[str, float]:
    """One measurement in a process of its own, so that its memory is its own."""
    print(f"{what} {households:,} …", file=sys.stderr, flush=True)
    environment = os.environ | {
        "LIANJIE_DATA": place,
        "DJANGO_SETTINGS_MODULE": "lianjie.project.settings",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, __file__, "--child", what, place, str(households)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(f"  {found}", file=sys.stderr, flush=True)
    return found


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


# Sharing


def sharing(place: Path, households: int) -> dict[str, float]:
    import polars as pl

    from lianjie.ledger.allot_table import allot_table

    coops = max(households // PER_COOP, 1)
    files = []
    for first in range(0, coops, CHUNK_COOPS):
        count = min(CHUNK_COOPS, coops - first) * STEPS
        base = pl.DataFrame({"i": pl.int_range(count * PER_COOP, eager=True)})
        lines = base.select(
            (pl.col("i") // PER_COOP).alias("group"),
            (pl.col("i") % PER_COOP).alias("code"),
            (pl.col("i").hash(1) % 5_000_000).cast(pl.Int64).alias("weight"),
        )
        totals = pl.DataFrame({"group": pl.int_range(count, eager=True)}).with_columns(
            (pl.col("group").hash(2) % 10**8).cast(pl.Int64).alias("fen"), pl.lit(1).alias("step")
        )
        path = place / f"lines-{households}-{first}.parquet"
        lines.write_parquet(path)
        files.append((path, totals))
    out = place / "out.parquet"

    def bare() -> None:
        for path, _ in files:
            pl.read_parquet(path).with_columns(fen=pl.col("weight")).write_parquet(out)

    def ours() -> None:
        for path, totals in files:
            allot_table(pl.read_parquet(path), totals).write_parquet(out)

    times = [(seconds(bare), seconds(ours)) for _ in range(ROUNDS if households <= HOUSEHOLDS else 3)]
    for path, _ in files:
        path.unlink()
    return {
        "bare": statistics.median(each for each, _ in times),
        "ours": statistics.median(each for _, each in times),
    }


# The engine


def plan_and_given(number: int):
    """A co-op of 175 invented households and a plan of four steps that all of them share in."""
    from fractions import Fraction

    from lianjie.base.period import Period
    from lianjie.ledger import standard_plans
    from lianjie.ledger.rules.given import Given, GivenFigure, Recipient

    def measures(nth: int) -> dict[str, int]:
        return {
            "contribution": (nth * 7_919 + number) % 900_000 + 100_000,
            "household_fund_contribution": 500_000 if nth % 3 == 0 else 0,
            "delivery_yuan": (nth * 104_729 + number * 31) % 3_000_000,
            "reserve_share": (nth * 37) % 20_000,
        }

    recipients = tuple(
        Recipient(f"C{number:04d}-{nth:03d}", f"示例{nth}", "household", {"member": True}, measures(nth))
        for nth in range(PER_COOP)
    )
    figures = {
        "surplus": GivenFigure(Fraction(30_000_000 + number * 977, 100)),
        "loss_carried_forward": GivenFigure(Fraction(0)),
        "special_fund": GivenFigure(Fraction(120_000)),
    }
    return standard_plans.plan("fund_shares"), Given(f"C{number:04d}", Period.year(2025), figures, recipients)


def engine(place: Path, households: int) -> dict[str, float]:
    from lianjie.base.words import english
    from lianjie.ledger.rules import explanation, given, settlement

    coops = [plan_and_given(number) for number in range(max(households // PER_COOP, 1))]
    lines = 0

    def ours() -> None:
        nonlocal lines
        for plan, inputs in coops:
            outcome = settlement.run(plan, inputs)
            lines += sum(len(step.lines) for step in (*outcome.steps, *outcome.memos))

    took = seconds(ours)
    assert lines >= households * STEPS * 0.9, lines
    plan, inputs = coops[-1]
    frozen = given.given_json(inputs)
    samples = []
    for nth in range(0, PER_COOP, 9):

        def explain(code: str = inputs.recipients[nth].code) -> None:
            again = given.read_json(frozen)
            outcome = settlement.run(plan, again)
            found = explanation.explanations(plan, again, outcome, code, language="zh-Hans", say=english)
            assert found

        samples.append(seconds(explain))
    return {"ours": took, "explanation_ms": statistics.median(samples) * 1000}


# Booking


def booking(place: Path, households: int) -> dict[str, float]:
    made = place / f"made-{households}.sqlite3"
    use(str(made))
    prepare(households)
    close()
    bare = place / "bare.sqlite3"
    shutil.copyfile(made, bare)
    use(str(bare))
    stage()
    baseline = seconds(insert_select)
    close()
    bare.unlink()
    use(str(made))
    ours = seconds(book)
    check(households)
    close()
    made.unlink()
    return {"bare": baseline, "ours": ours}


def booking_postgres(place: Path, households: int) -> dict[str, float]:
    sys.path.insert(0, str(ROOT))
    from tests.support.postgres import Cluster

    cluster = Cluster()
    try:
        cluster.execute("CREATE DATABASE made")
        use(cluster.address("made"))
        prepare(households)
        close()
        cluster.execute("CREATE DATABASE bare TEMPLATE made")
        use(cluster.address("bare"))
        stage()
        copy = place / "postings.csv"
        unload(copy)
        baseline = seconds(lambda: copy_in(copy))
        close()
        use(cluster.address("made"))
        ours = seconds(book)
        check(households)
        close()
    finally:
        cluster.stop()
    return {"bare": baseline, "ours": ours}


def use(address: str) -> None:
    """Make the database at `address` the one Django writes to."""
    import django
    from django.db import connections

    from lianjie.project.settings import _database

    if not django.apps.apps.ready:
        django.setup()
    connections["default"].close()
    to = connections.configure_settings({"default": _database(address)})["default"]
    connections.settings["default"] = to
    connections["default"] = connections.create_connection("default")


def close() -> None:
    from django.db import connection

    connection.close()


def prepare(households: int) -> None:
    """Co-ops, households, a decided settlement each, its steps and allotments: all but the booking."""
    from datetime import UTC, date, datetime

    import polars as pl
    from django.core.management import call_command
    from django.db import transaction

    from lianjie.facts.models import Area, Organisation, Party
    from lianjie.ledger import bulk, standard_plans
    from lianjie.ledger.actions import settlement
    from lianjie.ledger.models import Allotment, Plan, Settlement, Step

    call_command("migrate", verbosity=0)
    coops = max(households // PER_COOP, 1)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    with transaction.atomic():
        area = Area.objects.create(
            code="530000000000", name="示例", level="province", path="0001", valid_from=date(2000, 1, 1)
        )
        own = Party.objects.bulk_create(
            [
                Party(code=f"C{n:05d}", kind="organisation", name="示例社", sort_key="", area=area)
                for n in range(coops)
            ],
            batch_size=2_000,
        )
        Organisation.objects.bulk_create([Organisation(party=p, kind="coop") for p in own], batch_size=2_000)
        text = standard_plans.text("fund_shares")
        plans = Plan.objects.bulk_create(
            [
                Plan(
                    organisation=p,
                    code="p",
                    version=1,
                    text=text,
                    sha256="",
                    effective_from=date(2024, 1, 1),
                    recorded_at=at,
                )
                for p in own
            ],
            batch_size=2_000,
        )
        settlements = Settlement.objects.bulk_create(
            [
                Settlement(organisation=p, year=2025, plan=plan, state="decided", recorded_at=at)
                for p, plan in zip(own, plans, strict=True)
            ],
            batch_size=2_000,
        )
        streams = ("reserve", "patronage", "dividend", "loss_cover")
        steps = Step.objects.bulk_create(
            [
                Step(
                    settlement=each,
                    seq=seq,
                    name=name,
                    legal_basis="coop_surplus",
                    stream="dividend",
                    role="other",
                    amount_fen=1,
                    debit_account="332.1",
                )
                for each in settlements
                for seq, name in enumerate(streams[:STEPS], 1)
            ],
            batch_size=2_000,
        )
        first = own[-1].pk + 1
        homes = pl.DataFrame({"id": pl.int_range(first, first + coops * PER_COOP, eager=True)})
        bulk.load(
            Party._meta.db_table,
            homes.select(
                "id",
                ("H" + pl.col("id").cast(pl.String)).alias("code"),
                pl.lit("household").alias("kind"),
                pl.lit("示例户").alias("name"),
                pl.lit("shilihu").alias("sort_key"),
                pl.lit(area.pk).alias("area_id"),
                pl.lit(False).alias("invented"),
            ),
        )
        base = pl.DataFrame({"i": pl.int_range(coops * STEPS * PER_COOP, eager=True)})
        step_ids = pl.Series([step.pk for step in steps])
        step, coop = pl.col("i") // PER_COOP, pl.col("i") // (PER_COOP * STEPS)
        schema = settlement.ALLOTMENT_SCHEMA
        bulk.load(
            Allotment._meta.db_table,
            base.select(
                step_ids.gather(base.select(step).to_series()).alias("step_id"),
                (first + coop * PER_COOP + pl.col("i") % PER_COOP).alias("party_id"),
                pl.lit("222").alias("account"),
                (pl.col("i").hash(3) % 90_000 + 1).cast(pl.Int64).alias("amount_fen"),
                pl.lit("").alias("good"),
                pl.lit(0).alias("quantity"),
                pl.lit(False).alias("memo"),
            ).cast(schema),
        )


def book() -> None:
    """As the product books decided settlements: a county's together, in one transaction."""
    from datetime import UTC, date, datetime

    from django.db import transaction
    from django.db.models import Q

    from lianjie.ledger.actions import carrying_out
    from lianjie.ledger.models import Settlement
    from lianjie.ledger.queries import settlements

    at = datetime(2026, 2, 1, tzinfo=UTC)
    rows = [settlements._row(each) for each in settlements._rows().order_by("pk")]
    for first in range(0, len(rows), TOGETHER):
        together = rows[first : first + TOGETHER]
        with transaction.atomic():
            carrying_out._book_steps(together, Q(), day=date(2026, 2, 1), at=at, by=None)
            Settlement.objects.filter(pk__in=[row.id for row in together]).update(state="posted")


def check(households: int) -> None:
    """Every line is in the journal and every entry is posted and balances."""
    from django.db.models import Sum

    from lianjie.ledger.models import Entry, Posting

    coops = max(households // PER_COOP, 1)
    assert Posting.objects.count() == coops * STEPS * (PER_COOP + 1)
    assert not Entry.objects.filter(posted=False).exists()
    assert Posting.objects.aggregate(Sum("amount_fen"))["amount_fen__sum"] == 0


STAGED = """
    CREATE TABLE staged AS
    SELECT e.id AS entry_id, a.account, a.party_id, -a.amount_fen AS amount_fen
    FROM ledger_allotment a JOIN ledger_step s ON s.id = a.step_id
    JOIN ledger_entry e ON e.settlement_id = s.settlement_id AND e.text = s.name
    UNION ALL
    SELECT e.id, '332.1', NULL, SUM(a.amount_fen)
    FROM ledger_allotment a JOIN ledger_step s ON s.id = a.step_id
    JOIN ledger_entry e ON e.settlement_id = s.settlement_id AND e.text = s.name GROUP BY e.id
"""


def stage() -> None:
    """The same postings ready in a bare table, their entries waiting."""
    from datetime import UTC, date, datetime

    from django.db import connection

    from lianjie.ledger.models import Entry, Step

    at = datetime(2026, 2, 1, tzinfo=UTC)
    Entry.objects.bulk_create(
        [
            Entry(
                organisation_id=step.settlement.organisation_id,
                day=date(2026, 2, 1),
                source=f"{step.settlement_id}:{step.name}",
                text=step.name,
                content_hash="",
                settlement_id=step.settlement_id,
                recorded_at=at,
            )
            for step in Step.objects.select_related("settlement").order_by("pk")
        ],
        batch_size=2_000,
    )
    with connection.cursor() as cursor:
        cursor.execute(STAGED)


def insert_select() -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_posting (entry_id, account, party_id, amount_fen, good, quantity) "
            "SELECT entry_id, account, party_id, amount_fen, '', 0 FROM staged ORDER BY entry_id"
        )


def unload(path: Path) -> None:
    from django.db import connection

    with connection.cursor() as cursor, path.open("wb") as file:
        query = "COPY (SELECT *, '' AS good, 0 AS quantity FROM staged ORDER BY entry_id) TO STDOUT"
        with cursor.copy(query) as copy:
            for data in copy:
                file.write(data)


def copy_in(path: Path) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor, path.open("rb") as file:
        columns = "entry_id, account, party_id, amount_fen, good, quantity"
        with cursor.copy(f"COPY ledger_posting ({columns}) FROM STDIN") as copy:
            while data := file.read(1 << 20):
                copy.write(data)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _, _, what, folder, size = sys.argv
        found = globals()[what](Path(folder), int(size))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(found | {"peak_mib": peak}))
    else:
        main()
