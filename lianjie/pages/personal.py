"""One person's data: masked, seen whole for a purpose, corrected by two people, taken along as a file."""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date

import xlsxwriter
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianjie.base.refusal import Refusal
from lianjie.facts.actions import child as child_acts
from lianjie.facts.actions import personal as acts
from lianjie.facts.actions.personal import CorrectionAsked, SeeAsked
from lianjie.facts.queries import child, personal
from lianjie.facts.queries.people import PartyRow
from lianjie.facts.queries.personal import Held, Scope, SeenFilter
from lianjie.facts.queries.personal_export import Table
from lianjie.facts.queries.personal_export import everything as all_tables
from lianjie.facts.rules import personal as rules
from lianjie.facts.rules.child import Consent, ConsentIncomplete
from lianjie.facts.rules.personal import CORRECTABLE, HEALTH, WORDS
from lianjie.pages import access
from lianjie.pages.access import Place
from lianjie.pages.in_kind_forms import evidence_field, short_text
from lianjie.pages.personal_log import cells, purpose_names

LAST_SEEN = 20


@dataclass(frozen=True)
class FieldLine:
    """One field of the registry as the page shows it. `state` "kept", "erased" or ""; `waits` a number."""

    name: str
    text: str
    state: str
    waits: int


def person(request: HttpRequest, code: str, party: str) -> HttpResponse:
    """What is held on one person or household, masked; for the household itself also who saw it."""
    place = access.place(request, code, "read_own")
    return _page(request, place, access.party(place, party))


def see(request: HttpRequest, code: str, party: str) -> HttpResponse:
    """Show the kinds chosen, whole, once: after a purpose and a reason, and with a line in the log."""
    place = access.place(request, code, "see_personal")
    who = access.party(place, party)
    if request.method != "POST":
        return redirect("person", code, party)
    kinds = tuple(kind for kind in WORDS if kind in request.POST.getlist("kind"))
    asked = SeeAsked(place.id, who.id, kinds, request.POST.get("purpose", ""), request.POST.get("reason", ""))
    try:
        found = acts.see(asked, at=timezone.localtime(), by=access.user_id(request))
    except Refusal as refusal:
        return _page(request, place, who, problem=refusal, asked=asked)
    return _page(request, place, who, found=found, asked=asked)


def everything(request: HttpRequest, code: str, party: str) -> HttpResponse:
    """All that is held on one person, zipped: a workbook and JSON. Sending takes purpose and reason."""
    place = access.place(request, code, "see_personal")
    who = access.party(place, party)
    if request.method != "POST":
        return redirect("person", code, party)
    asked = SeeAsked(place.id, who.id, (), request.POST.get("purpose", ""), request.POST.get("reason", ""))
    now = timezone.localtime()
    try:
        opened = acts.take_everything(asked, at=now, by=access.user_id(request))
    except Refusal as refusal:
        return _page(request, place, who, problem=refusal, asked=asked)
    tables = all_tables(who.id, dict(opened))
    answer = HttpResponse(_zipped(tables), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{who.code}-{now:%Y%m%d}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer


def consent(request: HttpRequest, code: str, party: str) -> HttpResponse:
    """Enter a guardian's consent for a child under 14, or that it was taken back."""
    place = access.place(request, code, "enter_facts")
    who = access.party(place, party)
    if request.method != "POST":
        return redirect("person", code, party)
    given = None
    try:
        if "take_back" not in request.POST:
            day = rules.corrected("birth_day", request.POST.get("day", ""))
            if not day:
                raise ConsentIncomplete
            guardian, relation, evidence = (
                request.POST.get(name, "") for name in ("guardian", "relation", "evidence")
            )
            given = Consent(guardian, relation, date.fromisoformat(day), evidence)
        child_acts.consent(place.id, who.id, given, at=timezone.localtime(), by=access.user_id(request))
    except Refusal as refusal:
        return _page(request, place, who, problem=refusal)
    messages.success(request, gettext("Entered."))
    return redirect("person", code, party)


class CorrectForm(forms.Form):
    """The value as it should be, and why."""

    value = short_text(_("What is right"), required=False, longest=120)
    reason = short_text(_("Why it is wrong"), required=False, longest=300)
    evidence = evidence_field()

    def __init__(self, *args, place: Place, field: str, entering: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        of = self.fields["value"]
        of.label = gettext(WORDS[field])
        of.required = field in ("name", "village", "id_number")
        if field == "village":
            of.widget = forms.Select(choices=[("", "—"), *personal.villages_near(place.id)])
        elif field == "health":
            of.widget = forms.Select(choices=[("", "—"), *((each, gettext(WORDS[each])) for each in HEALTH)])
        elif field == "birth_day":
            of.widget = forms.DateInput(attrs={"type": "date"})
        elif field == "phone":
            of.widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})
        if entering:
            del self.fields["reason"]
        else:
            self.fields["reason"].required = True


def correct(request: HttpRequest, code: str, party: str, field: str) -> HttpResponse:
    """Ask for a correction, which another person approves; or enter what was not known."""
    place = access.place(request, code, "enter_facts")
    who = access.party(place, party)
    held = personal.held(place.id, who.id)
    line = next((each for each in _lines(place, held) if each.name == field), None)
    if field not in CORRECTABLE or line is None:
        raise Http404
    entering = not line.text
    initial = {} if line.state else {"value": held.area_code if field == "village" else line.text}
    form = CorrectForm(request.POST or None, initial=initial, place=place, field=field, entering=entering)
    if request.method == "POST" and form.is_valid():
        asked = CorrectionAsked(place.id, who.id, field, **{"reason": "", **form.cleaned_data})
        try:
            if entering:
                acts.enter(asked, at=timezone.now(), by=access.user_id(request))
            else:
                acts.ask(asked, at=timezone.now(), by=access.user_id(request))
        except Refusal as refusal:
            form.add_error(None, refusal.say(gettext))
        else:
            done = (
                gettext("Entered.")
                if entering
                else gettext("Asked. It stands once another person approves it.")
            )
            messages.success(request, done)
            return redirect("person", code, party)
    context = {"place": place, "who": held, "form": form, "line": line, "entering": entering}
    return render(request, "personal/correct.html", context, status=422 if form.errors else 200)


def _page(
    request: HttpRequest,
    place: Place,
    who: PartyRow,
    *,
    problem: Refusal | None = None,
    found: list[tuple[str, str]] | None = None,
    asked: SeeAsked | None = None,
) -> HttpResponse:
    today = timezone.localdate()
    held = personal.held(place.id, who.id)
    own = who.id in place.own
    seen = (
        personal.seen(SeenFilter(), Scope(party_id=who.id), limit=LAST_SEEN)
        if own or _watches(place)
        else None
    )
    may_see = "see_personal" in place.rights
    answer = render(
        request,
        "personal/person.html",
        {
            "place": place,
            "who": held,
            "lines": _lines(place, held),
            "accounts": [row for row in held.rows if row.kind == "account"],
            "may_enter": "enter_facts" in place.rights,
            "may_see": may_see,
            "may_watch": _watches(place),
            "purposes": purpose_names().items() if may_see else (),
            "found": [(kind, _said(kind, text)) for kind, text in found or ()],
            "asked": asked,
            "problem": problem,
            "consent": child.consent(who.id) if held.child else None,
            "corrections": personal.corrections(who.id) if place.reads else [],
            "holds": personal.holds(today, party_id=who.id) if _watches(place) else [],
            "seen": [(row, cells(row, purpose_names())) for row in seen.rows] if seen else None,
        },
        status=422 if problem else 200,
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _lines(place: Place, held: Held) -> list[FieldLine]:
    """The fields of the registry this party has, as they stand."""
    sealed = {row.kind: row for row in held.rows}
    waits = {
        each.field: each.number for each in personal.requests(place.id, waiting=True, party_id=held.party_id)
    }
    names = ["name", "village", *(["id_number", "birth_day"] if held.kind == "person" else [])]
    if held.kind != "organisation":
        names += ["phone", "health"]
    found = []
    for name in names:
        row = sealed.get(name)
        state = row.state if row else ""
        text = row.text if row and row.state == "kept" else ""
        if name == "name":
            text = held.name
        elif name == "village":
            text = held.area_name
        elif name == "birth_day" and held.birth_day:
            text = "****" if held.child else held.birth_day.isoformat()
            state = "kept" if held.child else ""
        found.append(FieldLine(name, text, state, waits.get(name, 0)))
    return found


def _said(kind: str, text: str) -> str:
    return gettext(WORDS[text]) if kind == "health" and text in WORDS else text


def _watches(place: Place) -> bool:
    return "watch_data" in place.rights


def _zipped(tables: list[Table]) -> bytes:
    """data.json and data.xlsx: the same, for machines and for people."""
    told = {each.name: [dict(zip(each.columns, row, strict=True)) for row in each.rows] for each in tables}
    book = io.BytesIO()
    with xlsxwriter.Workbook(
        book, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as workbook:
        bold = workbook.add_format({"bold": True, "bottom": 1})
        for each in tables:
            sheet = workbook.add_worksheet(each.name[:31])
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, max(len(each.columns) - 1, 0), 18)
            for at, caption in enumerate(each.columns):
                sheet.write_string(0, at, caption, bold)
            for line, row in enumerate(each.rows, start=1):
                for at, text in enumerate(row):
                    sheet.write_string(line, at, text)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=1))
        file.writestr("data.xlsx", book.getvalue())
    return packed.getvalue()
