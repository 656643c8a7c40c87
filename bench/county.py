"""A county's year, made set by set: who lives there, what was agreed and delivered, the ledger of it all."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from urllib.parse import quote

import polars as pl
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Max
from django.test import Client
from django.urls import reverse

from lianjie.facts.models import (
    Area,
    Assignment,
    Contribution,
    Delivery,
    Household,
    Lease,
    Membership,
    Organisation,
    Parcel,
    Party,
    Person,
    RegisteredStatus,
    Residence,
    Source,
)
from lianjie.ledger import bulk
from lianjie.ledger.models import Balance, Entry, Posting

YEAR = 2025
VILLAGES, DELIVERIES, PER_ENTRY, TOGETHER = 100, 5, 1_000, 20_000
COOP = "C00001"
AT = datetime(2026, 1, 1, tzinfo=UTC)
RECORDED = "2026-01-01 00:00:00"
SURNAMES = {
    "王": "wang",
    "李": "li",
    "张": "zhang",
    "刘": "liu",
    "陈": "chen",
    "杨": "yang",
    "赵": "zhao",
    "黄": "huang",
    "周": "zhou",
    "吴": "wu",
    "徐": "xu",
    "孙": "sun",
    "马": "ma",
    "朱": "zhu",
    "胡": "hu",
    "林": "lin",
    "郭": "guo",
    "何": "he",
    "高": "gao",
    "罗": "luo",
}
GIVEN = {
    "桂": "gui",
    "兰": "lan",
    "秀": "xiu",
    "英": "ying",
    "建": "jian",
    "国": "guo",
    "志": "zhi",
    "明": "ming",
    "春": "chun",
    "华": "hua",
    "玉": "yu",
    "珍": "zhen",
    "德": "de",
    "文": "wen",
    "丽": "li",
    "平": "ping",
    "红": "hong",
    "军": "jun",
    "永": "yong",
    "福": "fu",
    "海": "hai",
    "燕": "yan",
    "素": "su",
    "芬": "fen",
    "成": "cheng",
    "林": "lin",
    "云": "yun",
    "生": "sheng",
    "梅": "mei",
    "强": "qiang",
}


def _village(n: int) -> str:
    """Code of the nth village."""
    return f"5309{n % 10 + 1:02d}{n + 1:06d}"


def _spread(of: pl.Expr, seed: int, below: int) -> pl.Expr:
    """Whole numbers from 0 up to, not including, `below`, the same on every run."""
    return (of.hash(seed) % below).cast(pl.Int64)


class County:
    """One co-op, its households, and as many ledger lines as asked for, all of one year."""

    def __init__(self, households: int, lines: int) -> None:
        self.households = households
        own = households * (DELIVERIES + 1) * 2
        self.rest = max(lines - own, 0)
        """Lines beside those of deliveries and capital: rents, wages, advances in long entries."""

    # Who

    @transaction.atomic
    def who(self) -> None:
        """Areas, the co-op, its accountant, households and one person in each."""
        top = self._area(None, "530900000000", "示例县", "county", "0001")
        townships = [
            self._area(top, f"5309{n + 1:02d}000000", f"示例{n}镇", "township", f"0001{n:04d}")
            for n in range(10)
        ]
        villages = [
            self._area(above, _village(n), f"示例{n}村", "village", f"{above.path}{n:04d}")
            for n in range(VILLAGES)
            for above in [townships[n % 10]]
        ]
        coop = Party.objects.create(
            code=COOP,
            kind="organisation",
            name="示例县合作社",
            sort_key="shi li xian",
            area=top,
            invented=True,
        )
        Organisation.objects.create(party=coop, kind="coop")
        user = get_user_model().objects.create_user("bench")
        Assignment.objects.create(user=user, role="accountant", organisation=coop, start_day=date(2020, 1, 1))
        self.village_ids = pl.Series([each.pk for each in villages])
        first = coop.pk + 1
        homes = self._homes.with_columns(id=first + pl.col("n"), kind=pl.lit("household"))
        people = self._homes.with_columns(
            id=first + self.households + pl.col("n"), kind=pl.lit("person"), code="P" + pl.col("code")
        )
        for frame in (homes, people):
            bulk.load(
                "facts_party",
                frame.select(
                    "id",
                    "code",
                    "kind",
                    "name",
                    "sort_key",
                    self.village_ids.gather(frame["n"] % VILLAGES).alias("area_id"),
                    pl.lit(True).alias("invented"),
                ),
            )
        bulk.load(
            Household._meta.db_table,
            homes.select(
                pl.col("id").alias("party_id"),
                ("N" + pl.col("code")).alias("national_number"),
                (pl.col("n") % 12).cast(pl.String).alias("village_group"),
            ),
        )
        bulk.load(
            Person._meta.db_table,
            people.select(pl.col("id").alias("party_id"), pl.lit("").alias("id_number_index")),
        )
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                last = "(SELECT MAX(id) FROM facts_party)"
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('facts_party', 'id'), {last})")

    @cached_property
    def _homes(self) -> pl.DataFrame:
        """Number, code, name and pinyin of every household, the same on each engine."""
        given = [(a + b, f"{x} {y}") for a, x in GIVEN.items() for b, y in GIVEN.items()]
        names = [
            (surname + name, f"{pinyin} {spoken}")
            for surname, pinyin in SURNAMES.items()
            for name, spoken in given
        ]
        n = pl.DataFrame({"n": pl.int_range(self.households, eager=True)})
        chosen = (n["n"].hash(7) % len(names)).cast(pl.Int64)
        return n.with_columns(
            code=pl.lit("H") + pl.col("n").cast(pl.String).str.zfill(6),
            name=pl.Series([name for name, _ in names]).gather(chosen),
            sort_key=pl.Series([spoken for _, spoken in names]).gather(chosen),
        )

    def _area(self, parent: Area | None, code: str, name: str, level: str, path: str) -> Area:
        return Area.objects.create(
            code=code, name=name, level=level, parent=parent, path=path, valid_from=date(2000, 1, 1)
        )

    # Facts

    @cached_property
    def _coop(self) -> Party:
        return Party.objects.get(code=COOP)

    @transaction.atomic
    def facts(self) -> None:
        """Memberships, capital, people, status, land and leases of every household; several deliveries."""
        self.source = Source.objects.create(kind="demo", name="bench", received_at=AT)
        n = self._homes.select("n", "code", home=self._coop.pk + 1 + pl.col("n"))
        whole = n.with_columns(area_id=self.village_ids.gather(n["n"] % VILLAGES))
        self._load(
            Membership,
            whole,
            "m",
            member_id="home",
            is_farmer=True,
            consent="signed",
            extra_votes=0,
            tags="",
            day=self._day("n", 3650, date(2015, 1, 1)),
        )
        self._load(
            Contribution,
            whole,
            "c",
            member_id="home",
            origin="own_money",
            shares_e4=10_000,
            amount_fen=_spread(pl.col("n"), 1, 900_000) + 100_000,
            day=self._day("n", 300),
        )
        self._load(
            Residence,
            whole,
            "r",
            household_id="home",
            person_id=pl.col("home") + self.households,
            relation="head",
            day=pl.lit("2010-01-01"),
        )
        self._load(
            RegisteredStatus,
            whole,
            "s",
            household_id="home",
            day=pl.lit("2020-01-01"),
            status=pl.when(pl.col("n") % 7 == 0).then(pl.lit("exited")).otherwise(pl.lit("ordinary")),
        )
        self._load(
            Parcel,
            whole,
            "p",
            household_id="home",
            code=pl.lit("L") + pl.col("code"),
            name="",
            land_type="",
            grade="",
            contract_extent_mu4=pl.col("n") % 90_000 + 10_000,
            day=pl.lit("2018-01-01"),
        )
        parcels = Parcel.objects.aggregate(Max("pk"))["pk__max"] - self.households + 1
        self._load(
            Lease,
            whole,
            "l",
            parcel_id=pl.col("n") + parcels,
            lessor_id="home",
            extent_basis="contract",
            extent_mu4=pl.col("n") % 90_000 + 10_000,
            rent_fen_per_mu=60_000,
            due_month=12,
            due_day_of_month=1,
            form="written",
            day=pl.lit("2024-01-01"),
        )
        for nth in range(DELIVERIES):
            rows = whole.with_columns(m=pl.col("n") + nth * self.households)
            self._load(
                Delivery,
                rows,
                f"d{nth}",
                household_id="home",
                receipt=pl.lit(f"R{nth}-") + pl.col("code"),
                good="apple",
                grade="A",
                grams=self._fen(nth) * 10,
                price_fen_per_kg=100,
                amount_fen=self._fen(nth),
                day=self._day("m", 365),
            )

    def _fen(self, nth: int) -> pl.Expr:
        return _spread(pl.col("n") + nth * self.households, 3, 90_000) + 100

    def _day(self, column: str, days: int, start: date = date(YEAR, 1, 1)) -> pl.Expr:
        return (pl.lit(start) + pl.duration(days=_spread(pl.col(column), 5, days))).dt.to_string("%Y-%m-%d")

    def _load(self, model, rows: pl.DataFrame, prefix: str, **columns: object) -> None:
        """A fact of every household: the columns each fact has, and its own by name."""
        given = {
            name: value
            if isinstance(value, pl.Expr)
            else pl.col("home")
            if value == "home"
            else pl.lit(value)
            for name, value in columns.items()
        }
        bulk.load(
            model._meta.db_table,
            rows.select(
                pl.lit(self._coop.pk).alias("organisation_id"),
                "area_id",
                (pl.lit(prefix) + pl.col("code")).alias("key"),
                pl.lit(self.source.pk).alias("source_id"),
                *(pl.lit("").alias(name) for name in ("place", "evidence", "reason")),
                pl.lit(False).alias("withdrawn"),
                pl.lit(RECORDED).alias("recorded_at"),
                **given,
            ),
        )

    # Ledger

    def ledger(self) -> None:
        """Entries of deliveries and capital, a party and a counter account each; the rest in long entries."""
        self._singles(
            "contribution", "c", "102", "301", _spread(pl.col("n"), 1, 900_000) + 100_000, self._day("n", 300)
        )
        for nth in range(DELIVERIES):
            self._singles("delivery", f"d{nth}", "121", "114", self._fen(nth), self._day("m", 365), nth)
        made = 0
        while made < self.rest:
            made += self._long(made)
        with connection.cursor() as cursor:
            cursor.execute("SELECT MIN(id), MAX(id) FROM ledger_entry")
            low, high = cursor.fetchone()
            for start in range(low, high + 1, TOGETHER):
                cursor.execute(
                    "UPDATE ledger_entry SET posted = %s WHERE id >= %s AND id < %s",
                    [True, start, start + TOGETHER],
                )

    @contextmanager
    def _sound(self) -> Iterator[None]:
        """Lines made here name entries and parties that are there: PostgreSQL does not look them up."""
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL session_replication_role = origin")

    def _singles(
        self, kind: str, prefix: str, debit: str, credit: str, fen: pl.Expr, day: pl.Expr, nth: int = 0
    ) -> None:
        """One entry of two lines for every household."""
        with self._sound():
            self._add_singles(kind, prefix, debit, credit, fen, day, nth)

    def _add_singles(
        self, kind: str, prefix: str, debit: str, credit: str, fen: pl.Expr, day: pl.Expr, nth: int
    ) -> None:
        first = self._next_entry()
        rows = self._homes.with_columns(
            m=pl.col("n") + nth * self.households,
            party_id=self._coop.pk + 1 + pl.col("n"),
            entry_id=first + pl.col("n"),
        ).with_columns(fen=fen)
        self._entries(
            rows.select(
                pl.col("entry_id").alias("id"),
                day.alias("day"),
                (pl.lit(f"{kind}:{prefix}") + pl.col("code")).alias("source"),
                pl.lit(kind.capitalize()).alias("text"),
            )
        )
        both = [
            rows.select(
                "entry_id",
                pl.lit(account).alias("account"),
                whose,
                (sign * pl.col("fen")).alias("amount_fen"),
            )
            for account, whose, sign in (
                (debit, pl.lit(None, pl.Int64).alias("party_id"), 1),
                (credit, pl.col("party_id"), -1),
            )
        ]
        self._postings(pl.concat(both).sort("entry_id", maintain_order=True))

    def _long(self, made: int) -> int:
        """Many long entries; a line for a household each, one for the cost."""
        with self._sound():
            return self._add_long(made)

    def _add_long(self, made: int) -> int:
        count = min(self.rest - made, 400_000)
        entries = max(count // (PER_ENTRY + 1), 1)
        first = self._next_entry()
        accounts = pl.Series(["114", "213", "114", "211"])
        costs = pl.Series(["401", "412", "102", "521"])
        n = pl.DataFrame({"i": pl.int_range(entries * PER_ENTRY, eager=True)}).with_columns(
            e=pl.col("i") // PER_ENTRY
        )
        lines = n.select(
            (first + pl.col("e")).alias("entry_id"),
            accounts.gather(n["e"] % 4).alias("account"),
            (self._coop.pk + 1 + (made + pl.col("i")) % self.households).alias("party_id"),
            -(_spread(pl.col("i") + made, 9, 50_000) + 1).alias("amount_fen"),
        )
        sums = lines.group_by("entry_id", maintain_order=True).agg(amount_fen=-pl.col("amount_fen").sum())
        counter = sums.select(
            "entry_id",
            costs.gather((sums["entry_id"] - first) % 4).alias("account"),
            pl.lit(None, pl.Int64).alias("party_id"),
            "amount_fen",
        )
        heads = pl.DataFrame({"id": pl.int_range(first, first + entries, eager=True)})
        self._entries(
            heads.select(
                "id",
                self._day("id", 365).alias("day"),
                (pl.lit("long:") + pl.col("id").cast(pl.String)).alias("source"),
                pl.lit("Wages").alias("text"),
            )
        )
        self._postings(pl.concat([lines, counter]).sort("entry_id", maintain_order=True))
        return entries * (PER_ENTRY + 1)

    def _next_entry(self) -> int:
        return int(Entry.objects.aggregate(Max("pk"))["pk__max"] or 0) + 1

    def _entries(self, rows: pl.DataFrame) -> None:
        bulk.load(
            Entry._meta.db_table,
            rows.with_columns(
                pl.lit(self._coop.pk).alias("organisation_id"),
                pl.lit("").alias("content_hash"),
                pl.lit(False).alias("posted"),
                pl.lit(RECORDED).alias("recorded_at"),
            ),
        )

    def _postings(self, rows: pl.DataFrame) -> None:
        bulk.load(
            Posting._meta.db_table,
            rows.with_columns(pl.lit("").alias("good"), pl.lit(0).alias("quantity")),
        )

    # What is asked

    def cookie(self) -> str:
        """A signed-in session of the co-op's accountant."""
        client = Client()
        user = get_user_model().objects.get(username="bench")
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME]
        return f"{session.key}={session.value}; {settings.LANGUAGE_COOKIE_NAME}=zh-hans"

    def pages(self) -> dict[str, list[str]]:
        """Addresses by page, another household each time."""
        some = [self._homes["code"][nth * 7919 % self.households] for nth in range(97)]
        names = [self._homes["name"][nth * 104_729 % self.households] for nth in range(97)]
        members, households = (reverse(name, args=[COOP]) for name in ("members", "households"))

        def searched(listing: str, words: list[str]) -> list[str]:
            return [f"{listing}?search={word}" for word in words]

        last = (date(YEAR, 1, 1) + timedelta(days=200)).isoformat()
        return {
            "empty": [reverse("empty", args=[COOP])],
            "household": [reverse("member", args=[COOP, code]) for code in some],
            "household_linkages": [reverse("linkage", args=[code]) for code in some],
            "trial_balance": [f"{reverse('trial-balance', args=[COOP])}?year={YEAR}"],
            "members": [members],
            "members_deep": [f"{members}?after={quote(f'wu guo {word}|50')}" for word in GIVEN.values()],
            "members_by_code": [
                f"{members}?sort=code",
                *(f"{members}?sort=code&after={code}%7C1" for code in some),
            ],
            "members_by_joined": [f"{members}?sort=joined", f"{members}?sort=joined&after={last}%7C50000"],
            "members_by_capital": [f"{members}?sort=capital", f"{members}?sort=capital&after=500000%7C50000"],
            "members_by_name": searched(members, [quote(name) for name in names]),
            "members_by_pinyin": searched(members, ["wgl", "zhanggui", "liu%20xiu", "chy", "guohai"]),
            "members_by_code_begun": searched(members, [code[:5] for code in some]),
            "members_none": searched(members, [quote("没有这人"), "zzzzqq"]),
            "members_village": [f"{members}?village={_village(n)}" for n in range(VILLAGES)],
            "households_list": [households, f"{households}?after={quote('wu guo lan|900')}"],
            "households_search": searched(households, [quote(name) for name in names]),
            "households_village": [f"{households}?village={_village(n)}" for n in range(VILLAGES)],
            "deliveries_list": [f"{reverse('deliveries', args=[COOP])}"],
            "journal": [f"{reverse('journal', args=[COOP])}"],
        }

    def posted_lines(self) -> int:
        """How many lines the ledger holds, every entry posted and counted."""
        assert not Entry.objects.filter(posted=False).exists()
        assert Balance.objects.exists()
        return Posting.objects.count()
