"""The member accounts (成员账户) of all members in one table, with the columns of the official form.

Source: accounting system 财会〔2021〕37号, the form of the member account. Capital and reserve shares
add up; shares of subsidised and donated property are those this settlement quantifies, else those given.
"""

from collections.abc import Iterator, Sequence

from lianjie.base.quantity import written
from lianjie.base.words import N_
from lianjie.ledger.documents.papers import Papers
from lianjie.ledger.documents.workbook_sheets import Cell, Column
from lianjie.ledger.rules.given import Recipient

SHARES = {"reserve": "reserve_share", "subsidy": "subsidy_share", "donation": "donation_share"}


def account_columns(papers: Papers) -> tuple[Column, ...]:
    """Who; two capital columns; three kinds of shares; weight and value by product; the two returns."""
    say = papers.say
    return (
        Column(say(N_("Code")), width=12),
        Column(say(N_("Name")), width=14),
        Column(say(N_("Contribution from household funds")), "money", 18),
        Column(say(N_("Other contribution")), "money"),
        Column(say(N_("Reserve share")), "money"),
        Column(say(N_("Share of property from state subsidies")), "money", 18),
        Column(say(N_("Share of donated property")), "money", 18),
        *(Column(papers.named(name), "number", 16) for name in _traded(papers, "delivery_kg")),
        *(Column(papers.named(name), "money", 16) for name in _traded(papers, "delivery_yuan")),
        Column(say(N_("Surplus returned by dealings")), "money"),
        Column(say(N_("Remaining surplus shared out")), "money"),
    )


def account_rows(papers: Papers) -> list[list[Cell]]:
    """One row for each member, in order of code."""
    returned = _received(papers, "patronage")
    remaining = _received(papers, "remainder")
    kept = _kept(papers)
    shares = {kind: _quantified(papers, kind) for kind in SHARES}
    rows: list[list[Cell]] = []
    for one in papers.recipients:
        if not one.attributes.get("member"):
            continue
        fund = one.measures.get("household_fund_contribution", 0)
        rows.append(
            [
                one.code,
                one.name,
                fund,
                one.measures.get("contribution", 0) - fund + kept.get(one.code, 0),
                *(_share(one, kind, shares[kind]) for kind in SHARES),
                *_dealings(papers, one),
                returned.get(one.code),
                remaining.get(one.code),
            ]
        )
    return rows


def _traded(papers: Papers, base: str) -> Sequence[str]:
    """The measure by product where it is known by product, else the measure itself."""
    names = sorted({name for name in papers.sums if name == base or name.startswith(f"{base}.")})
    products = [name for name in names if "." in name]
    return products or names


def _dealings(papers: Papers, one: Recipient) -> Iterator[Cell]:
    for name in _traded(papers, "delivery_kg"):
        small = one.measures.get(name, 0)
        yield written(small, "kg") if small else None
    for name in _traded(papers, "delivery_yuan"):
        yield one.measures.get(name, 0) or None


def _share(one: Recipient, kind: str, quantified: dict[str, int] | None) -> int:
    standing = one.measures.get(SHARES[kind], 0)
    if quantified is None:
        return standing
    new = quantified.get(one.code, 0)
    return standing + new if kind == "reserve" else new


def _quantified(papers: Papers, kind: str) -> dict[str, int] | None:
    """Recipient -> fen this settlement quantifies; None when the plan quantifies nothing of this kind."""
    memos = [memo for memo in papers.plan.quantifications if memo.kind == kind]
    if not memos:
        return None
    found: dict[str, int] = {}
    for memo in memos:
        for line in papers.outcome.step(memo.name).lines:
            found[line.recipient] = found.get(line.recipient, 0) + line.amount_fen
    return found


def _received(papers: Papers, role: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for step in papers.plan.steps:
        if step.role == role:
            for line in papers.outcome.step(step.name).lines:
                found[line.recipient] = found.get(line.recipient, 0) + line.amount_fen
    return found


def _kept(papers: Papers) -> dict[str, int]:
    """Recipient -> fen of this settlement that stay as share capital."""
    found: dict[str, int] = {}
    for result in papers.outcome.steps:
        for line in result.lines:
            if line.contribution_fen:
                found[line.recipient] = found.get(line.recipient, 0) + line.contribution_fen
    return found
