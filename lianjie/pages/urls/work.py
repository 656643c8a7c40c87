"""Workshops, attendance, payrolls."""

from django.urls import path

from lianjie.pages import work
from lianjie.pages.access import Needs

ONE = "o/<str:code>/workshops/<str:shop>/"

urlpatterns = [
    path("o/<str:code>/workshops/", work.listing, name="workshops"),
    path("o/<str:code>/workshops/new/", work.new, name="workshop-new"),
    path("o/<str:code>/workshops/minimum-wage/", work.floor, name="wage-floor"),
    path(ONE, work.one, name="workshop"),
    path(f"{ONE}recognitions/", work.recognise, name="workshop-recognition"),
    path(f"{ONE}agreements/", work.agree, name="work-agreement"),
    path(f"{ONE}sheet/", work.sheet, name="work-sheet"),
    path(f"{ONE}payroll/", work.draft, name="payroll-draft"),
    path("o/<str:code>/payrolls/<str:key>/", work.payroll, name="payroll"),
]

NEEDS: Needs = {
    "workshops": "read",
    "workshop-new": "enter_facts",
    "wage-floor": "enter_facts",
    "workshop": "read",
    "workshop-recognition": "enter_facts",
    "work-agreement": "enter_facts",
    "work-sheet": "enter_facts",
    "payroll-draft": ("read", "decide"),
    "payroll": ("read", "enter_facts"),
}
