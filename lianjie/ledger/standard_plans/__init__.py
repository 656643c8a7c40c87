"""Plans to begin from: four lawful ways to distribute a year. An assembly makes them its own."""

from functools import cache
from importlib.resources import files

from lianjie.ledger.rules import plan_text
from lianjie.ledger.rules.plan import Plan

NAMES = ("patronage", "fund_shares", "collective", "land_shares")
OF_KIND = {"collective": "collective"}


@cache
def text(name: str) -> str:
    """The TOML of one of `NAMES`."""
    return files(__name__).joinpath(f"{name}.toml").read_text("utf-8")


@cache
def plan(name: str) -> Plan:
    """The same, read."""
    return plan_text.read(text(name))


def name_for(organisation_kind: str) -> str:
    """The one to begin from when nobody has chosen."""
    return OF_KIND.get(organisation_kind, "patronage")
