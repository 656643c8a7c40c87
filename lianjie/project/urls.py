"""Addresses: the pages' own, the language switch, and what answers when no view does."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("", include("lianjie.pages.urls")),
]

handler400 = "lianjie.pages.api.door.bad_request"
handler403 = "lianjie.pages.api.door.forbidden"
handler404 = "lianjie.pages.api.door.not_found"
handler500 = "lianjie.pages.api.door.our_fault"
