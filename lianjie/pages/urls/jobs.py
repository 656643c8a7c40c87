"""Background tasks."""

from django.urls import path

from lianjie.pages import jobs
from lianjie.pages.access import OWN, Needs

urlpatterns = [
    path("o/<str:code>/tasks/", jobs.listing, name="jobs"),
    path("o/<str:code>/tasks/<int:number>/", jobs.one, name="job"),
    path("o/<str:code>/tasks/<int:number>/stop/", jobs.stop, name="job-stop"),
    path("o/<str:code>/tasks/<int:number>/carry-on/", jobs.carry_on, name="job-carry-on"),
    path("o/<str:code>/tasks/<int:number>/result/", jobs.result, name="job-result"),
]

NEEDS: Needs = {
    "jobs": "read",
    "job": "read",
    "job-stop": OWN,
    "job-carry-on": OWN,
    "job-result": "read",
}
