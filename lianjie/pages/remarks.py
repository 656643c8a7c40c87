"""Say what is wrong with a page; read what became of it; answer, for whoever looks after the accounts."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext

from lianjie import __version__
from lianjie.base.refusal import Refusal
from lianjie.facts.actions import remark as acts
from lianjie.facts.queries import remark
from lianjie.pages import access


def page(request: HttpRequest) -> HttpResponse:
    """One's own remarks with their answers, and a form; those that wait, for whoever answers."""
    about = request.POST.get("page", "") or request.GET.get("page", "")
    problem = None
    if request.method == "POST":
        given = {"page": access.local(request, about), "text": request.POST.get("text", "")}
        version, language = __version__, get_language() or ""
        try:
            acts.say(
                **given,
                version=version,
                language=language,
                at=timezone.localtime(),
                by=access.user_id(request),
            )
        except Refusal as refusal:
            problem = refusal
        else:
            messages.success(request, gettext("Kept. The answer will stand here."))
            return redirect("remarks")
    context = {
        "about": access.local(request, about),
        "rows": remark.written(access.user_id(request)),
        "waiting": remark.waiting() if access.holding(request, "assign") else [],
        "problem": problem,
        "text": request.POST.get("text", ""),
    }
    return render(request, "accounts/remarks.html", context, status=422 if problem else 200)


def answer(request: HttpRequest, number: int) -> HttpResponse:
    """Say what became of a remark."""
    if not remark.exists(number):
        raise Http404
    if request.method == "POST":
        try:
            acts.answer(
                number, text=request.POST.get("text", ""), at=timezone.now(), by=access.user_id(request)
            )
        except Refusal as refusal:
            messages.error(request, refusal.say(gettext))
        else:
            messages.success(request, gettext("Entered."))
    return redirect("remarks")
