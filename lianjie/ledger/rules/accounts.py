"""The chart of accounts: dated data, read from `ledger/parameters/chart-*.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

Kind = Literal["asset", "liability", "equity", "cost", "income", "expense"]


class AccountNotInChart(Refusal):
    what = N_("Account {code} is not in the chart “{chart}”.")
    fix = N_(
        "Use the codes of that chart; since 2023, 522 is taxes and surcharges, 523 administrative expenses."
    )


@dataclass(frozen=True)
class Account:
    """One account. `figure` is the name by which a plan may use its balance of the year."""

    code: str
    name: Mapping[str, str]
    kind: Kind
    figure: str = ""

    def named(self, language: str) -> str:
        """Its name; charts come in Simplified Chinese and English."""
        return self.name.get(language) or self.name["zh-Hans"]


@dataclass(frozen=True)
class Chart:
    """All accounts in force from a day, with the decree behind them."""

    title: str
    source: str
    start: date
    accounts: Mapping[str, Account]

    def account(self, code: str) -> Account:
        """The account `code`; sub-accounts by purpose ("322.welfare") belong to their parent."""
        found = self.accounts.get(code) or self.accounts.get(code.split(".")[0])
        if found is None:
            raise AccountNotInChart(code=code, chart=self.title)
        return found

    def named(self, code: str, language: str) -> tuple[str, str]:
        """Its number as people write it, and its name; a fund beside the reserve has no number of its own.

        An account that is not in the chart has its code for a number, and no name.
        """
        try:
            found = self.account(code)
        except AccountNotInChart:
            return code, ""
        fund = code.removeprefix(found.code).lstrip(".")
        number = ".".join(part for part in code.split(".") if part.isdigit())
        return number, " · ".join(filter(None, (found.named(language), fund)))


def read_chart(text: str) -> Chart:
    """A chart from its TOML text."""
    data = tomllib.loads(text)
    accounts: dict[str, Account] = {}
    for row in data["account"]:
        accounts[row["code"]] = Account(row["code"], row["name"], row["kind"], row.get("figure", ""))
        for detail in row.get("details", ()):
            code = f"{row['code']}.{detail['code']}"
            accounts[code] = Account(code, detail["name"], row["kind"])
    return Chart(data["title"], data["source"], data["from"], accounts)
