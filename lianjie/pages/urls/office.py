"""The office: workbook, roles, registration of organisations."""

from django.urls import path

from lianjie.pages import audit, organisations, roles, workbook
from lianjie.pages.access import Needs

urlpatterns = [
    path("organisations/register/", organisations.register, name="register-organisation"),
    path("o/<str:code>/workbook/", workbook.home, name="workbook"),
    path("o/<str:code>/workbook/template/", workbook.template, name="workbook-template"),
    path("o/<str:code>/workbook/facts/", workbook.facts, name="workbook-facts"),
    path("o/<str:code>/workbook/check/", workbook.check, name="workbook-check"),
    path("o/<str:code>/workbook/reasons/", workbook.reasons, name="workbook-reasons"),
    path("o/<str:code>/workbook/confirm/", workbook.confirm, name="workbook-confirm"),
    path("o/<str:code>/acts/", audit.listing, name="acts"),
    path("o/<str:code>/roles/", roles.roles, name="roles"),
    path("o/<str:code>/roles/<int:number>/end/", roles.end, name="role-end"),
]

NEEDS: Needs = {
    "register-organisation": "area:assign",
    "workbook": "read",
    "workbook-template": "read",
    "workbook-facts": "read",
    "workbook-check": "enter_facts",
    "workbook-reasons": "enter_facts",
    "workbook-confirm": "enter_facts",
    "acts": "read",
    "roles": "assign",
    "role-end": "assign",
}
