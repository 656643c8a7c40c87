"""How many rows a second a filled-in file of a register is entered at. Closes with one line of JSON.

    bin/bench registers [ROWS] [FAMILY…]     2,000 rows a register unless told, every family

For each family a file is made with so many rows on each sheet that grows (fewer where one thing holds many:
one base, ten orders, four meetings), then read, checked and entered through the door the page uses, into
SQLite with keys, foreign keys and triggers, and a second time, when everything stands already. Seconds are
those of the processor: other programs on the machine do not count.

rows        rows of all files
slowest     register entered at the fewest rows a second, and that figure
<register>  rows a second of that register alone: its sheet is entered after those before it in its family
again       rows a second of the second time, over all
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ROWS, HOMES = 2_000, 500
FIRST = date(2025, 3, 1)
Values = dict[str, Any]


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory(prefix="lianjie-bench-") as place:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "lianjie.project.settings",
            "LIANJIE_DATA": place,
            "LIANJIE_DATABASE": f"{place}/books.sqlite3",
        }
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        print(json.dumps(measured(Path(place), rows, sys.argv[2:])))


def measured(folder: Path, rows: int, only: list[str]) -> dict[str, Any]:
    from lianjie.facts import registers
    from lianjie.facts.actions.store import Entry, SourceGiven
    from lianjie.facts.registers import bringing, taking
    from lianjie.facts.registers.register import Desk
    from lianjie.facts.rules.sheets import BY_CODE
    from lianjie.facts.workbook import reader
    from lianjie.ledger.actions.posting import post
    from lianjie.pages import fact_form

    organisation = world()
    speed: dict[str, float] = {}
    again = all_rows = 0.0
    for minute, family in enumerate(registers.FAMILIES):
        if only and family.code not in only:
            continue
        for second, register in enumerate(family.registers):
            made = list(ROWS_OF[register.code](rows)) if register.code in ROWS_OF else []
            if not made:
                continue
            path = folder / f"{register.code}.xlsx"
            taking.write(family.title, (register,), path, "zh-hans", {register.code: made})
            for round in range(2):
                at = datetime(2026, 11, 1, 8 + 8 * round, minute, second, tzinfo=UTC)
                entry = Entry(organisation, SourceGiven("workbook", path.name, f"{at}"), at, None)

                def deliver(cells, day):
                    return fact_form.book_of_many(organisation, BY_CODE["deliveries"], cells, day)

                start = time.process_time()
                raw = reader.read(path, path.name, registers.SHEETS)
                found = bringing.bring(
                    raw, registers.REGISTERS, Desk(entry, post, deliver), {"enter_facts", "decide"}
                )
                took = time.process_time() - start
                if round:
                    assert (found.new, found.unchanged) == (0, len(made)), found
                    again += took
                else:
                    assert found.new == len(made), found
                    speed[register.code] = round_(len(made) / took)
                    all_rows += len(made)
                    print(
                        f"{register.code}: {len(made)} rows, {speed[register.code]} a second", file=sys.stderr
                    )
    slowest = min((code for code in speed if code not in FEW), key=speed.__getitem__)
    return {
        "rows": int(all_rows),
        "slowest": [slowest, speed[slowest]],
        **speed,
        "again": round_(all_rows / again),
    }


def round_(number: float) -> float:
    return float(f"{number:.3g}")


FEW = ("bases", "orders", "workshops", "meetings", "recognitions")
"""Registers of which a file has a handful; their speed is that of opening a file."""


def home(n: int) -> str:
    return f"H{n % HOMES:04d}"


def day(n: int, span: int = 200) -> date:
    return FIRST + timedelta(days=n % span)


def _lots(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"lot": f"L{i}", "day": day(i, 30) - timedelta(days=60), "good": "芋种", "unit": "kg",
               "quantity": 900_000_000, "origin": "granted", "giver": "局"}  # fmt: skip
    yield {
        "lot": "CL",
        "day": FIRST,
        "good": "竹篾",
        "unit": "kg",
        "quantity": 900_000_000,
        "origin": "bought",
    }


def _lot_losses(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"number": f"S{i}", "day": day(i), "lot": f"L{i % 7}", "cause": "other", "quantity": 1_000,
               "unit": "kg", "evidence": "盘点"}  # fmt: skip


def _loans(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"number": f"J{i}", "day": day(i), "borrower": home(i), "lot": f"L{i % 7}",
               "quantity": 200_000, "unit": "kg", "due_day": date(2025, 12, 1), "rule": "same",
               "disease": "decided", "disaster": "decided", "negligence": "borrower"}  # fmt: skip


def _of_loan(n: int, first: str, **more: Any) -> Iterator[Values]:
    for i in range(n):
        yield {first: f"X{i}", "day": date(2025, 10, 1), "loan": f"J{i}"} | more


def _returns(n: int) -> Iterator[Values]:
    return _of_loan(n, "receipt", good="芋种", quantity=50_000, unit="kg")


def _deferrals(n: int) -> Iterator[Values]:
    return _of_loan(n, "number", due_day=date(2026, 12, 1), wish="再种")


def _losses(n: int) -> Iterator[Values]:
    for row in _of_loan(n, "number", cause="disease", quantity=20_000, unit="kg", evidence="照片"):
        yield row | {"number": f"B{row['number']}"}


def _decisions(n: int) -> Iterator[Values]:
    more = {"due_day": date(2026, 12, 1), "person_name": "理事会", "grounds": "同意"}
    for i, row in enumerate(_of_loan(n, "number", **more)):
        yield row | {"about": f"X{i}"}


def _lot_costs(n: int) -> Iterator[Values]:
    for i in range(7):
        yield {"lot": f"L{i}", "day": day(i), "amount_fen": 100_000_000, "way": "held"}


def _inputs(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"receipt": f"F{i}", "day": day(i), "household": home(i), "lot": f"L{i % 7}",
               "quantity": 15_000, "unit": "kg", "amount_fen": 3_000}  # fmt: skip


def _bases(n: int) -> Iterator[Values]:
    yield {"base": "JD1", "name": "北坡", "day": date(2025, 1, 1)}


def _plots(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"base": "JD1", "plot": f"A{i}", "household": home(i), "extent_mu4": 20_000,
               "day": date(2025, 1, 2)}  # fmt: skip


def _seasons(n: int) -> Iterator[Values]:
    yield {"number": "JJ1", "base": "JD1", "day": FIRST, "last_day": date(2025, 11, 30), "good": "苹果",
           "plots": " ".join(f"A{i}" for i in range(250)),
           "protocol": "T1 | 移栽 | 2025-04-01 | 2025-04-20 |  | ；"
                       "T2 | 除草 | 2025-05-01 | 2025-05-20 |  | "}  # fmt: skip
    for i in range(1, n):
        yield {"number": f"JJ1-{i}", "base": "JD1", "day": FIRST, "last_day": date(2025, 11, 30),
               "good": "玉米", "plots": " ".join(f"A{(i + k) % 250}" for k in range(10)),
               "protocol": "T1 | 移栽 | 2025-04-01 | 2025-04-20 |  | "}  # fmt: skip


def _steps(n: int) -> Iterator[Values]:
    for i in range(min(n, 500)):
        yield {"season": "JJ1", "step": f"T{i // 250 + 1}", "plot": f"A{i % 250}", "day": day(i, 30),
               "done_by": "王"}  # fmt: skip


def _used(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"season": "JJ1", "step": f"T{i % 500 // 250 + 1}", "plot": f"A{i % 250}", "good": "复合肥",
               "day": FIRST + timedelta(days=i // 500), "quantity": 40_000, "unit": "kg"}  # fmt: skip


def _estimates(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"season": "JJ1", "plot": f"A{i % 250}", "day": FIRST + timedelta(days=i // 250),
               "grams": 4_000_000, "by": "李"}  # fmt: skip


def _weighed(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"season": "JJ1", "plot": f"A{i % 250}", "day": day(i), "receipt": f"GB{i}",
               "gross_grams": 520_500, "tare_grams": 12_000, "grade": "一级", "price_fen_per_kg": 680,
               "weighed_by": "赵"}  # fmt: skip


def _prices(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"day": day(i), "market": "县批发市场", "good": f"苹果{i // 200 or ''}", "fen_per_kg": 650}


def _orders(n: int) -> Iterator[Values]:
    for i in range(10):
        yield {"number": f"DD{i}", "buyer": "COOP", "signed_day": FIRST, "day": FIRST,
               "until_day": date(2026, 6, 1), "good": "苹果", "grams": 900_000_000_000,
               "floors": "一级 6.80；二级 5.20", "market": "县批发市场", "market_days": 10,
               "breach": "按定金罚则", "loss_bearer": "shared", "loss_clause": "共担",
               "backing": "none"}  # fmt: skip


def _promises(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"order": f"DD{i // HOMES}", "household": home(i), "grams": 3_000_000, "extent_mu4": 20_000}


def _calls(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"order": f"DD{i % 10}", "call": f"C{i}", "day": day(i), "due_day": day(i) + timedelta(days=9),
               "grams": 500_000}  # fmt: skip


def _order_deliveries(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"order": f"DD{i % 4}", "receipt": f"BD{i}", "day": day(i), "household": home(i),
               "grade": "一级", "grams": 312_500, "evidence": "磅单"}  # fmt: skip


def _workshops(n: int) -> Iterator[Values]:
    for i in range(4):
        yield {
            "code": f"CJ{i}",
            "name": "藤编",
            "form": "factory",
            "address": "村部",
            "day": date(2025, 1, 1),
        }


def _recognitions(n: int) -> Iterator[Values]:
    for i in range(4):
        yield {"workshop": f"CJ{i}", "day": date(2025, 2, 1), "by": "县人社局", "criteria": "wushan",
               "persons": 12, "evidence": "文"}  # fmt: skip


def _agreements(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"number": f"W{i}", "workshop": f"CJ{i % 4}", "worker": home(i), "job": "编筐",
               "day": date(2025, 1, 1), "basis": "day", "rate_fen": 12_000, "status": "casual",
               "day_hours": 8, "cost": "401", "evidence": "协议"}  # fmt: skip
    for i in range(50):
        yield {"number": f"HW{i}", "workshop": "CJ0", "worker": home(i), "job": "编筐", "evidence": "协议",
               "day": date(2025, 1, 1), "basis": "piece", "rate_fen": 450, "status": "casual", "cost": "401",
               "day_hours": 8, "product": "竹篮", "materials": "竹篾 0.25 kg"}  # fmt: skip


def _done(n: int) -> Iterator[Values]:
    workers = max(n // 30, 1)
    for i in range(n):
        w = i % workers
        yield {"workshop": f"CJ{w % 4}", "agreement": f"W{w}", "day": FIRST + timedelta(days=i // workers),
               "quantity_e4": 10_000}  # fmt: skip


def _meetings(n: int) -> Iterator[Values]:
    for i in range(max(n // HOMES, 1)):
        yield {"number": f"2026-{i}", "day": date(2026, 1, 20) + timedelta(days=i), "form": "assembly",
               "notice_day": date(2026, 1, 2), "venue": "村部", "agenda": "分配",
               "chaired_by": "理事长"}  # fmt: skip


def _roll(n: int) -> Iterator[Values]:
    for i in range(max(n // HOMES, 1) * HOMES):
        yield {"meeting": f"2026-{i // HOMES}", "member": home(i), "how": "signed", "mark": str(i)}


def _cases(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"number": f"HZ{i}", "base": "JD1", "plot": f"A{i % 250}", "day": day(i), "by": "魏家",
               "symptoms": "叶黄"}  # fmt: skip


def _case_steps(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"case": f"HZ{i}", "day": day(i), "kind": "diagnosis", "person": "陈", "text": "缺铁"}


def _terms(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"lease": f"D{i}@2024-01-01", "day": date(2024, 1, 1), "kind": "cash", "step_years": 3,
               "step_percent": "5", "step_compound": True}  # fmt: skip


def _lease_changes(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"lease": f"D{i}@2024-01-01", "kind": "hand_back", "day": date(2026, 2, 1)}


def _order_money(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"number": f"DJ{i}", "order": f"DD{i % 10}", "day": day(i), "kind": "deposit", "fen": 10_000}


def _order_sales(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"number": f"XS{i}", "order": f"DD{i % 10}", "day": day(i), "grade": "一级", "grams": 200_000,
               "fen_per_kg": 700}  # fmt: skip


def _material_out(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"receipt": f"FL{i}", "day": day(i), "agreement": f"HW{i % 50}", "lot": "CL", "quantity": 9_000,
               "unit": "kg"}  # fmt: skip


def _pieces(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"receipt": f"YS{i}", "day": date(2025, 10, 1), "agreement": f"HW{i % 50}",
               "pieces_e4": 10_000, "work": 0}  # fmt: skip


def _products(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"code": f"P{i}", "day": FIRST, "name": "苹果", "good": "礼盒苹果", "quantity": 5_000,
               "unit": "kg", "attribution": "lot"}  # fmt: skip


def _sales_channels(n: int) -> Iterator[Values]:
    yield {"code": "PF", "day": FIRST, "kind": "wholesale", "name": "批发", "fee_basis": "none"}
    for i in range(1, n):
        yield {"code": f"PF{i}", "day": FIRST, "kind": "wholesale", "name": "批发", "fee_basis": "none",
               "payer": home(i)}  # fmt: skip


def _sales_orders(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"channel": "PF", "number": f"XS{i}", "day": day(i), "lines": f"P{i} | 2 | 箱 | 79.8",
               "buyer": home(i), "sent_day": day(i)}  # fmt: skip


def _declared(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"number": f"SB{i}", "day": date(2025, 9, 5), "good": "苹果", "holder": home(i),
               "since": date(2025, 9, 1), "opening": 900_000}  # fmt: skip


def _assets(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"number": f"ZC{i}", "name": "荒地", "kind": "waste_land", "category": "operating",
               "day": date(2024, 1, 1), "origin": "by_law", "paid": "held", "quantity_e4": 10_000,
               "extent_mu4": 1_000_000}  # fmt: skip


def _asset_uses(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"number": f"SY{i}", "asset": f"ZC{i}", "day": date(2024, 2, 1), "use": "idle"}


def _asset_contracts(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"number": f"HT{i}", "asset": f"ZC{i}", "payer": home(i), "day": date(2024, 2, 1),
               "start_day": date(2024, 3, 1), "last_day": date(2034, 2, 28), "yearly_fen": 100_000,
               "first_due_day": date(2024, 3, 1)}  # fmt: skip


def _contract_receipts(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"receipt": f"SJ{i}", "contract": f"HT{i}", "day": date(2024, 3, 2), "fen": 100_000,
               "into": "bank"}  # fmt: skip


def _income(n: int) -> Iterator[Values]:
    for i in range(n):
        yield {"number": f"SR{i}", "day": day(i), "source": "subsidy", "fen": 5_000, "into": "bank"}


def _bonds(n: int) -> Iterator[Values]:
    """Of each lease what was agreed, paid in, given back and forfeited."""
    for i in range(n):
        of, nth = divmod(i, 4)
        act, fen = (("agreed", 1_000), ("paid", 1_000), ("returned", 500), ("forfeited", 500))[nth]
        yield {"number": f"BZ{i}", "day": date(2024, 1, 1) + timedelta(days=nth), "act": act, "fen": fen,
               "lease": f"D{of}@2024-01-01", "kind": "deposit", "by": "bank",
               "decided_by": "理事会" if nth > 1 else "", "grounds": "到期" if nth > 1 else ""}  # fmt: skip


ROWS_OF = {
    "bonds": _bonds,
    "order_money": _order_money, "order_sales": _order_sales, "material_out": _material_out,
    "pieces_brought": _pieces, "products": _products, "sales_channels": _sales_channels,
    "sales_orders": _sales_orders, "stock_declarations": _declared, "assets": _assets,
    "asset_uses": _asset_uses, "asset_contracts": _asset_contracts,
    "contract_receipts": _contract_receipts, "collective_income": _income,
    "lots": _lots, "lot_costs": _lot_costs, "lot_losses": _lot_losses,
    "loans": _loans, "loan_returns": _returns,
    "deferrals": _deferrals, "loan_losses": _losses, "loan_decisions": _decisions, "inputs": _inputs,
    "bases": _bases, "plots": _plots, "seasons": _seasons, "steps_done": _steps, "materials_used": _used,
    "estimates": _estimates,
    "weighed_in": _weighed, "prices": _prices, "orders": _orders, "promises": _promises, "call_offs": _calls,
    "order_deliveries": _order_deliveries, "workshops": _workshops, "recognitions": _recognitions,
    "work_agreements": _agreements, "work_done": _done, "meetings": _meetings, "attendance": _roll,
    "cases": _cases, "case_steps": _case_steps, "rent_terms": _terms, "lease_changes": _lease_changes,
}  # fmt: skip


def world() -> int:
    """A co-op with its members and as many parcels let to it; returns its id."""
    from lianjie.facts.models import Area, Household, Lease, Membership, Organisation, Parcel, Party, Source

    at, start = datetime(2026, 1, 1, tzinfo=UTC), date(2020, 1, 1)
    area = Area.objects.create(code="539901001001", name="示例村", level="village", path="000001/",
                               valid_from=start)  # fmt: skip
    coop = Party.objects.create(code="COOP", kind="organisation", name="示例合作社", area=area, invented=True)
    Organisation.objects.create(party=coop, kind="coop")
    source = Source.objects.create(kind="demo", name="bench", received_at=at)
    row = {"organisation": coop, "area": area, "source": source, "recorded_at": at}
    homes = Party.objects.bulk_create(
        Party(code=home(n), kind="household", name=f"王{n}", area=area, invented=True) for n in range(HOMES)
    )
    Household.objects.bulk_create(Household(party=each) for each in homes)
    Membership.objects.bulk_create(
        Membership(key=f"m{each.code}", day=start, member=each, consent="signed", **row) for each in homes
    )
    parcels = Parcel.objects.bulk_create(
        Parcel(key=f"D{n}", code=f"D{n}", household=homes[n % HOMES], day=start, contract_extent_mu4=50_000,
               land_type="dry", contract_until_day=date(2050, 1, 1), **row)
        for n in range(5_000)
    )  # fmt: skip
    Lease.objects.bulk_create(
        Lease(key=f"{each.code}@2024-01-01", parcel=each, lessor=each.household, day=date(2024, 1, 1),
              until_day=date(2034, 1, 1), extent_mu4=50_000, extent_basis="contract", rent_fen_per_mu=50_000,
              due_month=12, due_day_of_month=1, form="written", **row)
        for each in parcels
    )  # fmt: skip
    return coop.pk


if __name__ == "__main__":
    main()
