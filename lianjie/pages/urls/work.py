"""Workshops, attendance, payrolls."""

from django.urls import path

from lianjie.pages import work

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
