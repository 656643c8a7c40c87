"""A glut as two pictures without script: what was sold against past years, and what became of declared stock.

Places on the pictures are rounded; the figures written in them are exact, and a table stands beside each.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lianjie.base.words import N_, Say, english
from lianjie.ledger.documents import plots

WIDTH = 520
SHADES = {"sold": plots.GAIN, "lost": plots.LOSS, "left": "#c9cdc4"}


@dataclass(frozen=True)
class Year:
    """A period's sales: grams, and the weighted price as text."""

    label: str
    grams: int
    price: str
    now: bool = False


@dataclass(frozen=True)
class Village:
    """Declared stock of one village, in grams."""

    name: str
    sold: int
    lost: int
    left: int


def volume_svg(
    years: Sequence[Year], *, language: str = "zh-Hans", say: Say = english, title: str = ""
) -> str:
    """Tonnes sold in the period and in the same of past years, the earliest first."""
    values = [
        {"year": row.label, "t": row.grams / 1_000_000, "text": f"{_t(row.grams)}  ·  {row.price}",
         "way": "gain" if row.now else "same"}
        for row in years
    ]  # fmt: skip
    y = {
        "field": "year",
        "type": "ordinal",
        "sort": None,
        "axis": {"title": None, "ticks": False, "domain": False},
    }
    reach = max((row.grams for row in years), default=0) / 1_000_000 or 1
    x = {
        "field": "t", "type": "quantitative", "scale": {"domain": [0, 1.45 * reach]},
        "axis": {"title": say(N_("Sold, t · weighted price, yuan/kg")), "tickCount": 5},
    }  # fmt: skip
    colour = {
        "field": "way", "type": "nominal", "legend": None,
        "scale": {"domain": ["gain", "same"], "range": [plots.GAIN, plots.SAME]},
    }  # fmt: skip
    spec = {
        "width": WIDTH,
        "height": {"step": 30},
        "data": {"values": values},
        "layer": [
            {"mark": {"type": "bar", "height": 16}, "encoding": {"x": x, "y": y, "color": colour}},
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "color": plots.INK, "fontSize": 11},
                "encoding": {"x": x, "y": y, "text": {"field": "text", "type": "nominal"}},
            },
        ],
    }
    told = "; ".join(f"{row.label}: {_t(row.grams)} t, {row.price}" for row in years)
    return _drawn(spec, title or say(N_("Sold, against past years")), told, language)


def cleared_svg(
    villages: Sequence[Village], *, language: str = "zh-Hans", say: Say = english, title: str = ""
) -> str:
    """What of each village's declared stock was sold, lost, and is left."""
    words = {"sold": say(N_("gone out")), "lost": say(N_("lost")), "left": say(N_("left"))}
    values = [
        {"village": row.name, "part": words[part], "order": at, "t": getattr(row, part) / 1_000_000}
        for row in villages
        for at, part in enumerate(words)
    ]
    spec = {
        "width": WIDTH,
        "height": {"step": 30},
        "data": {"values": values},
        "mark": {"type": "bar", "height": 16},
        "encoding": {
            "y": {
                "field": "village", "type": "nominal", "sort": None,
                "axis": {"title": None, "ticks": False, "domain": False, "labelLimit": 160},
            },
            "x": {
                "field": "t", "type": "quantitative", "stack": "zero", "axis": {"title": say(N_("Tonnes"))},
            },
            "order": {"field": "order", "type": "quantitative"},
            "color": {
                "field": "part", "type": "nominal",
                "scale": {"domain": list(words.values()), "range": list(SHADES.values())},
                "legend": {"title": None, "orient": "top", "labelFontSize": 11, "labelColor": plots.INK},
            },
        },
    }  # fmt: skip
    told = "; ".join(
        f"{row.name}: {words['sold']} {_t(row.sold)} t, {words['lost']} {_t(row.lost)} t,"
        f" {words['left']} {_t(row.left)} t"
        for row in villages
    )
    return _drawn(spec, title or say(N_("Declared stock by village")), told, language)


def _t(grams: int) -> str:
    return f"{grams // 1_000_000:,}.{grams % 1_000_000 // 1000:03d}"


def _drawn(spec: dict[str, Any], heading: str, told: str, language: str) -> str:
    spec |= {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": "#ffffff",
        "padding": 8,
        "config": plots._config(language),
    }
    return plots._described(plots._svg(json.dumps(spec, sort_keys=True)), heading, told)
