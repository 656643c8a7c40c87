"""Bases, seasons, receipts, disputes and expert cases."""

from django.urls import path

from lianjie.pages import expert, growing, growing_used
from lianjie.pages.access import OWN, Needs

BASES = "o/<str:code>/bases/"
SEASON = "o/<str:code>/seasons/<str:number>/"
CASE = "o/<str:code>/cases/<str:number>/"
DELIVERY = "o/<str:code>/receipts/<str:delivery>/"

urlpatterns = [
    path(BASES, growing.listing, name="bases"),
    path(f"{BASES}new/", growing.base_new, name="base-new"),
    path(f"{BASES}<str:base>/plots/", growing.plot_new, name="plot-new"),
    path(f"{BASES}<str:base>/seasons/", growing.season_new, name="season-new"),
    path(SEASON, growing.season, name="season"),
    path(f"{SEASON}change/", growing.season_change, name="season-change"),
    path(f"{SEASON}done/", growing_used.done, name="season-done"),
    path(f"{SEASON}used/", growing_used.used, name="season-used"),
    path(f"{SEASON}estimates/", growing.estimate, name="season-estimate"),
    path(f"{SEASON}weigh-in/", growing.weigh_in, name="season-weigh-in"),
    path(DELIVERY, growing.receipt, name="receipt"),
    path(f"{DELIVERY}dispute/", growing.dispute, name="dispute"),
    path(f"{DELIVERY}answer/", growing.answer, name="dispute-answer"),
    path("o/<str:code>/disputes/", growing.disputed, name="disputes"),
    path("o/<str:code>/cases/", expert.listing, name="cases"),
    path("o/<str:code>/cases/new/", expert.case_new, name="case-new"),
    path(CASE, expert.case, name="case"),
    path(f"{CASE}steps/", expert.step_new, name="case-step"),
    path(f"{CASE}photos/<str:name>", expert.photo, name="case-photo"),
]

NEEDS: Needs = {
    "bases": "read",
    "base-new": "enter_facts",
    "plot-new": "enter_facts",
    "season-new": "enter_facts",
    "season": "read",
    "season-change": "enter_facts",
    "season-done": "enter_facts",
    "season-used": "enter_facts",
    "season-estimate": "enter_facts",
    "season-weigh-in": "enter_facts",
    "receipt": OWN,
    "dispute": OWN,
    "dispute-answer": "enter_facts",
    "disputes": "read",
    "cases": "read",
    "case-new": "enter_facts",
    "case": "read",
    "case-step": "enter_facts",
    "case-photo": "read",
}
