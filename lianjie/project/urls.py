"""Addresses: the pages' own, the language switch and the API."""

from django.urls import include, path

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("lianjie.pages.urls")),
]
