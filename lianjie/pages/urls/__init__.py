"""Addresses by subject. A subject's file holds `urlpatterns`; add its name to SUBJECTS."""

from django.urls import include, path

SUBJECTS = (
    "entrance",
    "organisation",
    "members",
    "registers",
    "facts",
    "in_kind",
    "offtake",
    "work",
    "growing",
    "settlement",
    "office",
    "jobs",
)

urlpatterns = [path("", include(f"lianjie.pages.urls.{subject}")) for subject in SUBJECTS]
