"""A person's data: seen for a purpose, corrected by two, taken along; who saw what."""

from django.urls import path

from lianjie.pages import personal, personal_log, retention
from lianjie.pages.access import OWN, Needs

ONE = "o/<str:code>/people/<str:party>/"
CORRECTIONS = "o/<str:code>/corrections/"

urlpatterns = [
    path(ONE, personal.person, name="person"),
    path(f"{ONE}see/", personal.see, name="person-see"),
    path(f"{ONE}everything/", personal.everything, name="person-everything"),
    path(f"{ONE}consent/", personal.consent, name="person-consent"),
    path(f"{ONE}correct/<slug:field>/", personal.correct, name="person-correct"),
    path(CORRECTIONS, personal_log.corrections, name="corrections"),
    path(f"{CORRECTIONS}<int:number>/", personal_log.rule, name="correction-rule"),
    path("o/<str:code>/seen/", personal_log.seen, name="seen"),
    path("o/<str:code>/retention/", retention.page, name="retention"),
    path("o/<str:code>/retention/<int:number>/lift/", retention.lift, name="hold-lift"),
    path("areas/<str:code>/seen/", personal_log.seen_in_area, name="area-seen"),
]

NEEDS: Needs = {
    "person": OWN,
    "person-see": "see_personal",
    "person-everything": "see_personal",
    "person-consent": "enter_facts",
    "person-correct": "enter_facts",
    "corrections": "read",
    "correction-rule": "approve",
    "seen": "watch_data",
    "retention": "watch_data",
    "hold-lift": "watch_data",
    "area-seen": "area:watch_data",
}
