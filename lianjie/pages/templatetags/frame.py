"""Template tags of the frame: language, style sheets, the organisation's navigation, addresses."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from django import template
from django.template.context import RequestContext
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import RFC3986_SUBDELIMS
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from lianjie.base.words import N_
from lianjie.facts.queries import disputes
from lianjie.facts.rules.choices import YEARLY_KINDS
from lianjie.pages.access import Place

register = template.Library()

SELECTED = SafeString(" selected")
HTML_LANGUAGES = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}


@dataclass(frozen=True)
class Item:
    """One line of the navigation. `address` is its start: pages below it light it up too.

    kinds  of organisation it is for; empty for all
    """

    name: str
    text: str
    right: str
    kinds: tuple[str, ...] = ()


GROUPS: tuple[tuple[str, tuple[Item, ...]], ...] = (
    (
        N_("The year"),
        (
            Item("organisation", N_("Overview"), "read_own"),
            Item("settlements", N_("Settlement"), "read_own"),
            Item("plans", N_("Plan of distribution"), "read_own"),
            Item("meetings", N_("Meetings"), "read"),
            Item("payouts", N_("Payments"), "read"),
        ),
    ),
    (
        N_("People and shares"),
        (
            Item("members", N_("Members"), "read"),
            Item("households", N_("Households"), "read"),
            Item("contributions", N_("Contributions"), "read"),
            Item("agreements", N_("Share agreements"), "read"),
            Item("corrections", N_("Corrections of people"), "read"),
            Item("seen", N_("Who saw our data"), "watch_data"),
            Item("retention", N_("How long data are kept"), "watch_data"),
            Item("villages", N_("Villages and their shares"), "read", ("coop", "joint_coop")),
        ),
    ),
    (
        N_("Land and assets"),
        (
            Item("leases", N_("Land and leases"), "read"),
            Item("rents", N_("Rents due"), "read"),
            Item("assets", N_("Assets and contracts"), "read"),
            Item("bonds", N_("Bonds"), "read"),
            Item("collective-income", N_("Income by source"), "read", ("collective",)),
        ),
    ),
    (
        N_("Growing and work"),
        (
            Item("bases", N_("Bases and seasons"), "read"),
            Item("cases", N_("Expert cases"), "read"),
            Item("orders", N_("Orders"), "read"),
            Item("deliveries", N_("Deliveries"), "read"),
            Item("loans", N_("Loans in kind"), "read"),
            Item("inputs", N_("Farm inputs"), "read"),
            Item("stock", N_("Stock"), "read"),
            Item("workshops", N_("Workshops"), "read"),
            Item("posts", N_("Posts"), "read"),
        ),
    ),
    (
        N_("Selling"),
        (
            Item("sales", N_("Sales"), "read"),
            Item("market-lots", N_("Goods for sale"), "read"),
            Item("shipments", N_("Shipments"), "read"),
            Item("products", N_("Products and channels"), "read"),
            Item("order-files", N_("Order files"), "read"),
            Item("channel-statements", N_("Channels' statements"), "read"),
            Item("livestreams", N_("Livestreams"), "read"),
            Item("group-buys", N_("Group-buy rounds"), "read"),
            Item("pairings", N_("Pairing assistance"), "read"),
            Item("gluts", N_("Clearing a glut"), "read"),
        ),
    ),
    (
        N_("The books"),
        (
            Item("journal", N_("Journal"), "read"),
            Item("trial-balance", N_("Trial balance"), "read"),
            Item("closings", N_("Months closed"), "read"),
            Item("forms", N_("Year-end statements"), "read"),
        ),
    ),
    (
        N_("Office"),
        (
            Item("workbook", N_("Workbook"), "read", YEARLY_KINDS),
            Item("register-files", N_("Registers as Excel"), "read"),
            Item("jobs", N_("Background tasks"), "read"),
            Item("roles", N_("Who may do what"), "assign"),
            Item("acts", N_("Acts"), "read"),
        ),
    ),
)
"""Subjects as the office knows them."""


@register.simple_tag
def html_language() -> str:
    """The lang attribute: zh-Hans, zh-Hant, en."""
    return HTML_LANGUAGES.get(get_language() or "", get_language() or "en")


@register.filter
def split(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


@register.simple_tag
def stylesheet(name: str) -> str:
    """Address of one component's style sheet."""
    return static(f"css/{name}.css")


@register.inclusion_tag("parts/organisation_nav.html", takes_context=True)
def organisation_nav(context: RequestContext) -> dict[str, object]:
    """What the reader may open in this organisation, the current subject marked."""
    place: Place = context["place"]
    path = context["request"].path
    groups = []
    for title, items in GROUPS:
        lines = [line for item in items if (line := _line(item, place, path))]
        if lines:
            groups.append({"title": gettext(title), "lines": lines})
    here = next((line["text"] for group in groups for line in group["lines"] if line["here"]), "")
    return {"groups": groups, "here": here}


@register.simple_tag(takes_context=True)
def address_here(context: RequestContext, name: str, of: str) -> str:
    """Where something of this organisation is, by code or reference; a long list looks up one pattern."""
    return address_at(name, context["place"].code, of)


def address_at(name: str, organisation: str, of: str) -> str:
    """Where something of an organisation is, by code or reference."""
    before, after = _pattern(name, organisation)
    return f"{before}{quote(of, safe=RFC3986_SUBDELIMS + '/~:@')}{after}"


@lru_cache(maxsize=4096)
def _pattern(name: str, organisation: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[organisation, "AT:THIS-PLACE"]).rpartition("AT:THIS-PLACE")
    return before, after


@register.filter
def options(pairs: Iterable[tuple[str, str]], chosen: str) -> SafeString:
    """Choices of a list, as (value, words), the chosen one marked: {{ villages|options:chosen.village }}."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, SELECTED if value == chosen else "", words) for value, words in pairs),
    )


@register.simple_tag(takes_context=True)
def dispute_mark(context: RequestContext, reference: str) -> SafeString:
    """“in dispute” beside a delivery that is argued about now; nothing beside any other."""
    request, place = context["request"], context["place"]
    kept: frozenset[str] | None = getattr(request, "_disputed", None)
    if kept is None:
        kept = disputes.open_keys(place.id)
        setattr(request, "_disputed", kept)  # noqa: B010  asked once for a page
    if reference.removeprefix("delivery:").partition("~")[0] not in kept:
        return SafeString("")
    return format_html(' <span class="badge badge-bad">{}</span>', gettext("in dispute"))


@register.simple_tag(takes_context=True)
def address(context: RequestContext, **changes: object) -> str:
    """The present address with some query values changed; an empty value is left out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in ("", None):
            query[name] = str(value)
    return f"?{query.urlencode()}"


def _line(item: Item, place: Place, path: str) -> dict[str, object] | None:
    if item.right not in place.rights or (item.kinds and place.kind not in item.kinds):
        return None
    try:
        link = reverse(item.name, args=[place.code])
    except NoReverseMatch:
        return None
    here = path == link if item.name == "organisation" else path.startswith(link)
    return {"link": link, "text": gettext(item.text), "here": here}
