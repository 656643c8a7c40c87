"""Plans of several steps that the language accepts, and members for them, made up by hypothesis."""

from datetime import date
from fractions import Fraction

from hypothesis import strategies as st

from lianjie.base.period import Period
from lianjie.ledger.rules.given import Given, GivenFigure, Recipient
from lianjie.ledger.rules.plan import Figure, Group, InKind, Party, Plan, Rounding, Step, Weight
from lianjie.ledger.rules.plan_names import problems_of_names

LABEL = {"zh-Hans": "名"}
FUNDS = ("fund", "collective", "payer")
MODES = ("largest_remainder", "first", "down", "up", "half_up", "half_even")
WEIGHTS = ("contribution", "land_mu", "shares", "persons", "mixed", "equally")


def seldom(strategy, otherwise=""):
    return st.one_of(st.just(otherwise), st.just(otherwise), st.just(otherwise), strategy)


yuan = st.integers(0, 5000).map(str) | st.decimals(0, 3000, places=3).map(str)
percents = st.integers(0, 60).map(str) | st.decimals(0, 60, places=2).map(str)
roundings = st.builds(
    Rounding,
    st.sampled_from([Fraction(1, 100), Fraction(1, 10), Fraction(1), Fraction(10)]),
    st.sampled_from(MODES),
)
of_one = st.sampled_from(["20", "55.5", "300", "10 * land_mu", "5 + 30 * persons", "1% * contribution", "0"])


@st.composite
def steps(draw, number, pools, decided):
    """One step from one of the open pools, or paid by a party; it may open pools of its own."""
    source = draw(seldom(st.just({"paid_by": "payer"}), None)) or {"pool": draw(st.sampled_from(pools))}
    base = [*pools[:2], *decided, *(["pool", "rest"] if "pool" in source else [])]
    place = draw(st.sampled_from(["to", "among", "among", "among", "into"]))
    how = draw(st.sampled_from(["rest", "rest", "percent", "percent", "amount", "rate"]))
    said = {"name": f"s{number}", "label": LABEL, "legal_basis": "contract_profit_share"} | source
    if place == "among":
        said |= {
            "among": draw(st.sampled_from(["everyone", "members", "growers"])),
            "by": draw(st.sampled_from(WEIGHTS)),
        }
    elif place == "to":
        said["to"] = draw(st.sampled_from(FUNDS[:2]))
    else:
        said |= draw(divisions(number))
    said |= draw(amounts(how if place == "among" or how != "rate" else "percent", source, base))
    said |= {
        "when": draw(seldom(st.sampled_from([f"{base[0]} > 100", "count(members) > 2"]))),
        "at_least": draw(seldom(yuan)),
        "at_most": draw(seldom(yuan)),
    }
    rounding = draw(seldom(roundings, None))
    said["rounding"] = rounding
    takers = ["fund", "recipient A", "recipient B"] + (["pool"] if "pool" in source else [])
    if rounding and place != "to" and "rate" not in said:
        said["residual_to"] = draw(st.sampled_from(takers if place == "among" else ["fund"]))
    if "pool" in source:
        said["if_short"] = draw(st.sampled_from(["share", "share", "refuse", "payer"]))
    if place == "among":
        said |= draw(options("pool" in source))
    return Step(**said)


@st.composite
def divisions(draw, number):
    own, other, fund = f"q{number}", f"r{number}", draw(st.sampled_from(FUNDS[:2]))
    share = draw(st.integers(1, 98))
    sizes = [
        {own: f"{share}%", fund: f"{100 - share}%"},
        {own: f"{share}%", other: "1%", fund: "rest"},
        {own: draw(yuan), other: "rest"},
        {own: "rest", fund: "12.36%"},
    ]
    into = draw(st.sampled_from(sizes))
    return {"into": into, "labels": dict.fromkeys(into, LABEL)}


@st.composite
def amounts(draw, how, source, base):
    if how == "rest" and "pool" in source:
        return {"rest": True}
    if how == "amount":
        return {
            "amount": draw(yuan | st.just("12 * sum(land_mu, everyone)") | st.just("33.3 * count(members)"))
        }
    if how == "rate":
        return {"rate": draw(st.sampled_from(["0", "1.005", "12.5", "80", "0.333"]))}
    return {"percent": draw(percents), "of": draw(st.sampled_from(base))}


@st.composite
def options(draw, has_pool):
    found = {
        "each_at_least": draw(seldom(of_one)),
        "each_at_most": draw(seldom(of_one)),
        "into_contribution": draw(seldom(percents)),
    }
    if found["each_at_most"]:
        found["excess_to"] = draw(st.sampled_from(["fund", *(["pool"] if has_pool else [])]))
    if draw(seldom(st.just("goods"))):
        how = draw(st.sampled_from([{"quantity": "40"}, {"each": "2 * persons"}]))
        found["in_kind"] = InKind("rice", LABEL, "kg", "6.5", **how)
    return found


@st.composite
def plans(draw):
    pools, decided, made = ["p0", "p1"], [], []
    for number in range(draw(st.integers(1, 5))):
        step = draw(steps(number, pools, decided))
        made.append(step)
        decided.append(step.name)
        pools = pools + [part for part in step.into if part not in FUNDS]
    return Plan(
        "made", "1", LABEL, "contract", "contract_profit_share", date(2024, 1, 1), tuple(made),
        figures=(Figure("p0", LABEL), Figure("p1", LABEL)),
        groups=(Group("members", LABEL, "member"), Group("growers", LABEL, "land_mu >= 2")),
        weights=(Weight("mixed", LABEL, "land_mu + persons / 3"),),
        parties=tuple(Party(fund, LABEL) for fund in FUNDS),
    )  # fmt: skip


accepted_plans = plans().filter(lambda plan: not problems_of_names(plan))

small = st.integers(0, 12)


@st.composite
def recipients(draw):
    found = []
    for code in "ABCDEFGH"[: draw(st.integers(2, 8))]:
        measures = {
            "contribution": draw(st.integers(0, 900_000)),
            "land_mu": draw(st.integers(0, 120_000)),
            "shares": draw(small) * 10_000,
            "persons": draw(small) * 10_000,
        }
        found.append(Recipient(code, f"户{code}", "household", {"member": draw(st.booleans())}, measures))
    return tuple(found)


@st.composite
def givens(draw):
    money = st.integers(0, 60_000) | st.integers(0, 10**9)
    figures = {name: GivenFigure(Fraction(draw(money), 100)) for name in ("p0", "p1")}
    return Given("made", Period(date(2024, 1, 1), date(2025, 1, 1)), figures, draw(recipients()))
