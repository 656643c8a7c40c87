"""One fact: enter, look, correct, take back. A reference may hold any character but a line break."""

from django.urls import path

from lianjie.pages import fact_history, facts
from lianjie.pages.access import OWN, Needs

urlpatterns = [
    path("o/<str:code>/enter/<slug:sheet>/", facts.new, name="enter"),
    path("o/<str:code>/facts/<path:reference>", facts.one, name="fact"),
    path("o/<str:code>/correct/<path:reference>", facts.correct, name="correct"),
    path("o/<str:code>/withdraw/<path:reference>", facts.take_back, name="withdraw"),
    path("o/<str:code>/take-back/<path:reference>", fact_history.take_back, name="fact-take-back"),
]

NEEDS: Needs = {
    "enter": "enter_facts",
    "fact": OWN,
    "correct": "enter_facts",
    "withdraw": "enter_facts",
    "fact-take-back": "enter_facts",
}
