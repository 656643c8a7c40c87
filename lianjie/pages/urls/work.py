"""Workshops, attendance, payrolls."""

from django.urls import path

from lianjie.pages import home_work, slips, work, workshop
from lianjie.pages.access import OWN, Needs

ONE = "o/<str:code>/workshops/<str:shop>/"
HOME = f"{ONE}home/<str:number>/"

urlpatterns = [
    path("o/<str:code>/workshops/", work.listing, name="workshops"),
    path("o/<str:code>/workshops/new/", work.new, name="workshop-new"),
    path("o/<str:code>/workshops/minimum-wage/", work.floor, name="wage-floor"),
    path("o/<str:code>/workshops/public-posts/", workshop.posts, name="public-posts"),
    path("o/<str:code>/workshops/wage-ledger/", workshop.ledger, name="wage-ledger"),
    path("areas/<str:code>/workshops/", workshop.of_area, name="area-workshops"),
    path(ONE, work.one, name="workshop"),
    path(f"{ONE}papers/", workshop.papers, name="workshop-papers"),
    path(f"{ONE}papers/all.pdf", workshop.papers_pdf, name="workshop-papers-pdf"),
    path(f"{ONE}papers/board.pdf", workshop.board_pdf, name="workshop-board"),
    path(f"{ONE}recognitions/", work.recognise, name="workshop-recognition"),
    path(f"{ONE}agreements/", work.agree, name="work-agreement"),
    path(f"{ONE}agreements/<str:number>/end/", work.end, name="work-agreement-end"),
    path(f"{ONE}sheet/", work.sheet, name="work-sheet"),
    path(f"{ONE}payroll/", work.draft, name="payroll-draft"),
    path(f"{ONE}home/", home_work.held, name="home-work-held"),
    path(HOME, home_work.account, name="home-work"),
    path(f"{HOME}material/", home_work.hand_out, name="home-work-out"),
    path(f"{HOME}pieces/", home_work.bring, name="home-work-brought"),
    path(f"{HOME}returns/", home_work.give_back, name="home-work-returned"),
    path(f"{HOME}withdraw/<str:reference>/", home_work.take_back, name="home-work-withdraw"),
    path("o/<str:code>/payrolls/<str:key>/", work.payroll, name="payroll"),
    path("o/<str:code>/payrolls/<str:key>/unpaid/", work.unpay, name="wage-payment-back"),
    path("o/<str:code>/payrolls/<str:key>/withdraw/", work.withdraw, name="payroll-back"),
    path("o/<str:code>/payrolls/<str:key>/slips/<str:worker>/", slips.wages, name="wage-slip"),
]

NEEDS: Needs = {
    "workshops": "read",
    "workshop-new": "enter_facts",
    "wage-floor": "enter_facts",
    "workshop": "read",
    "workshop-recognition": "enter_facts",
    "work-agreement": "enter_facts",
    "work-agreement-end": "enter_facts",
    "work-sheet": "enter_facts",
    "payroll-draft": ("read", "decide"),
    "public-posts": "read",
    "wage-ledger": "read",
    "area-workshops": "area:read",
    "workshop-papers": "read",
    "workshop-papers-pdf": "read",
    "workshop-board": "read",
    "home-work-held": "read",
    "home-work": "read",
    "home-work-out": "enter_facts",
    "home-work-brought": "enter_facts",
    "home-work-returned": "enter_facts",
    "home-work-withdraw": "enter_facts",
    "payroll": ("read", "enter_facts"),
    "payroll-back": "decide",
    "wage-payment-back": "enter_facts",
    "wage-slip": OWN,
}
