"""Clearing a glut, and pairing assistance."""

from django.urls import path

from lianjie.pages import glut, pairing
from lianjie.pages.access import OWN, Needs

AT = "o/<str:code>/glut"
PAIR = "o/<str:code>/pairings"

urlpatterns = [
    path(f"{AT}/", glut.listing, name="gluts"),
    path(f"{AT}/plan/", glut.plan, name="glut-plan"),
    path(f"{AT}/declare/", glut.declare, name="glut-declare"),
    path(f"{AT}/correct/<str:number>/", glut.correct, name="glut-correct"),
    path(f"{AT}/of/<str:number>/", glut.one, name="glut"),
    path(f"{AT}/of/<str:number>/declared/", glut.declared, name="glut-declared"),
    path(f"{AT}/of/<str:number>/offers/", glut.offers, name="glut-offers"),
    path(f"{AT}/of/<str:number>/offers/enter/", glut.offer, name="glut-offer"),
    path(f"{AT}/of/<str:number>/sold/", glut.sold, name="glut-sold"),
    path(f"{AT}/of/<str:number>/sold/enter/", glut.sell, name="glut-sell"),
    path(f"{AT}/of/<str:number>/volume.svg", glut.volume_plot, name="glut-volume-plot"),
    path(f"{AT}/of/<str:number>/cleared.svg", glut.cleared_plot, name="glut-cleared-plot"),
    path(f"{AT}/answer/<str:number>/", glut.answer, name="glut-answer"),
    path(f"{AT}/take-back/<str:reference>/", glut.take_back, name="glut-take-back"),
    path(f"{PAIR}/", pairing.listing, name="pairings"),
    path(f"{PAIR}/enter/", pairing.pair, name="pair"),
    path(f"{PAIR}/claims/", pairing.claims, name="claims"),
    path(f"{PAIR}/of/<str:number>/", pairing.one, name="pairing"),
    path(f"{PAIR}/of/<str:number>/end/", pairing.end, name="pairing-end"),
    path(f"{PAIR}/of/<str:number>/pledge/", pairing.pledge, name="pledge"),
    path(f"{PAIR}/of/<str:number>/pledge/<str:pledge>/", pairing.arrive, name="pledge-arrive"),
    path(f"{PAIR}/of/<str:number>/project/", pairing.project_new, name="pairing-project-new"),
    path(f"{PAIR}/project/<str:number>/", pairing.project, name="pairing-project"),
    path(f"{PAIR}/project/<str:number>/benefit/", pairing.benefit, name="pairing-benefit"),
    path(f"{PAIR}/take-back/<str:reference>/", pairing.take_back, name="pairing-take-back"),
]

NEEDS: Needs = {
    "gluts": "read",
    "glut-plan": "enter_facts",
    "glut-declare": OWN,
    "glut-correct": "enter_facts",
    "glut": "read",
    "glut-declared": "read",
    "glut-offers": "read",
    "glut-offer": "enter_facts",
    "glut-sold": "read",
    "glut-sell": "enter_facts",
    "glut-volume-plot": "read",
    "glut-cleared-plot": "read",
    "glut-answer": "decide",
    "glut-take-back": "enter_facts",
    "pairings": "read",
    "pair": "enter_facts",
    "claims": "read",
    "pairing": "read",
    "pairing-end": "enter_facts",
    "pledge": "enter_facts",
    "pledge-arrive": "enter_facts",
    "pairing-project-new": "enter_facts",
    "pairing-project": "read",
    "pairing-benefit": "enter_facts",
    "pairing-take-back": "enter_facts",
}
