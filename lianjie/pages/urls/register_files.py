"""Registers as Excel files: template, taken out, brought in."""

from django.urls import path

from lianjie.pages import register_files
from lianjie.pages.access import Needs

urlpatterns = [
    path("o/<str:code>/files/", register_files.home, name="register-files"),
    path("o/<str:code>/files/check/", register_files.check, name="register-check"),
    path("o/<str:code>/files/confirm/", register_files.confirm, name="register-confirm"),
    path("o/<str:code>/files/reasons/", register_files.reasons, name="register-reasons"),
    path("o/<str:code>/files/of/<slug:family>/template/", register_files.template, name="register-template"),
    path("o/<str:code>/files/of/<slug:family>/", register_files.export, name="register-export"),
]

# A file is refused by the sheet whose new rows the reader may not enter: each register has its own right.
NEEDS: Needs = {
    "register-files": "read",
    "register-check": "read",
    "register-confirm": "read",
    "register-reasons": "read",
    "register-template": "read",
    "register-export": "read",
}
