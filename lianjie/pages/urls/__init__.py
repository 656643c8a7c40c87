"""Addresses by subject. A subject's file holds `urlpatterns` and `NEEDS`; add its name to SUBJECTS.

NEEDS names the right each address takes (access.py): one for reading and sending, or a pair. An address
without its right answers nobody.
"""

from django.urls import include, path

SUBJECTS = (
    "accounts",
    "entrance",
    "organisation",
    "members",
    "personal",
    "registers",
    "facts",
    "in_kind",
    "assets",
    "offtake",
    "market",
    "work",
    "growing",
    "settlement",
    "disclosure",
    "assembly",
    "closing",
    "office",
    "payouts",
    "jobs",
    "order_files",
    "sales_events",
    "register_files",
    "glut",
    "api",
)

urlpatterns = [path("", include(f"lianjie.pages.urls.{subject}")) for subject in SUBJECTS]
