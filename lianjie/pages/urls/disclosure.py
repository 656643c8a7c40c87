"""What is open without an account: a household's lines by its code; and objections waiting in an area."""

from django.urls import path

from lianjie.pages import notice, notice_terms, objection_code, objections_area
from lianjie.pages.access import PUBLIC, Needs

ONE = "o/<str:code>/settlements/<int:year>/<int:turn>/"

urlpatterns = [
    path("q/", objection_code.ask, name="code-door"),
    path("q/<str:secret>/", objection_code.door, name="code"),
    path("n/<str:token>/", notice.public, name="notice-public"),
    path(f"{ONE}notices/", notice.posting, name="notice-posting"),
    path(f"{ONE}notices/photos/<str:name>", notice.photo, name="notice-photo"),
    path("o/<str:code>/terms/", notice_terms.page, name="notice-terms"),
    path("o/<str:code>/terms/<int:number>/", notice_terms.rule, name="notice-term"),
    path("areas/<str:code>/objections/", objections_area.listing, name="area-objections"),
]

NEEDS: Needs = {
    "code-door": PUBLIC,
    "code": PUBLIC,
    "notice-public": PUBLIC,
    "notice-posting": "settle",
    "notice-photo": "read",
    "notice-terms": ("read", "settle"),
    "notice-term": "approve",
    "area-objections": "area:read",
}
