"""Payments in batches, and the bank accounts they go to."""

from django.urls import path

from lianjie.pages import accounts_of, payouts
from lianjie.pages.access import Needs

ALL = "o/<str:code>/payouts/"
ONE = f"{ALL}<int:number>/"
ACCOUNTS = "o/<str:code>/accounts/"

urlpatterns = [
    path(ALL, payouts.listing, name="payouts"),
    path(f"{ALL}new/", payouts.make, name="payout-make"),
    path(ONE, payouts.one, name="payout"),
    path(f"{ONE}rule/", payouts.rule, name="payout-rule"),
    path(f"{ONE}file/", payouts.file, name="payout-file"),
    path(f"{ONE}answer/", payouts.answer, name="payout-answer"),
    path(f"{ONE}lines/", payouts.by_hand, name="payout-hand"),
    path(f"{ONE}close/", payouts.close, name="payout-close"),
    path(f"{ONE}sheet/", payouts.sheet, name="payout-sheet"),
    path(ACCOUNTS, accounts_of.listing, name="accounts"),
    path(f"{ACCOUNTS}new/", accounts_of.enter, name="account-new"),
    path(f"{ACCOUNTS}<path:key>/rule/", accounts_of.rule, name="account-rule"),
]

NEEDS: Needs = {
    "payouts": "read",
    "payout-make": "settle",
    "payout": "read",
    "payout-rule": "approve",
    "payout-file": "pay",
    "payout-answer": "pay",
    "payout-hand": "pay",
    "payout-close": "pay",
    "payout-sheet": "read",
    "accounts": "read",
    "account-new": "enter_facts",
    "account-rule": "approve",
}
