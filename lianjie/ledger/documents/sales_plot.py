"""Gross and net of a livestream by county, as a picture without script; the table beside it is its equal."""

import json
from collections.abc import Sequence

from lianjie.base.words import N_, Say, english
from lianjie.facts.rules.livestream import CountySales
from lianjie.ledger.documents import plots


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def gross_and_net_svg(rows: Sequence[CountySales], *, language: str = "zh-Hans", say: Say = english) -> str:
    """Two bars a county: what was paid, and what is left of it; told apart by place, shade and figure."""
    gross, net = say(N_("Gross")), say(N_("Net"))
    values = []
    for turn, row in enumerate(rows):
        name = row.name or say(N_("Elsewhere"))
        for kind, fen in ((gross, row.gross_fen), (net, row.net_fen)):
            values.append(
                {"order": turn, "county": name, "kind": kind, "yuan": fen / 100, "text": _yuan(fen)}
            )
    bars = {
        "y": {"field": "county", "type": "nominal", "sort": {"field": "order"}, "title": None},
        "yOffset": {"field": "kind", "sort": [gross, net]},
        "x": {"field": "yuan", "type": "quantitative", "title": say(N_("Yuan")), "axis": {"tickCount": 5}},
    }
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": "#ffffff",
        "padding": 8,
        "width": 520,
        "height": {"step": 16},
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "bar"},
                "encoding": bars
                | {
                    "color": {
                        "field": "kind",
                        "scale": {"domain": [gross, net], "range": [plots.SAME, plots.GAIN]},
                        "title": None,
                        "legend": {"orient": "top"},
                    }
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 10, "color": plots.INK},
                "encoding": bars | {"text": {"field": "text"}},
            },
        ],
        "config": plots._config(language),
    }
    said = "; ".join(
        f"{row.name or say(N_('Elsewhere'))}: {gross} {_yuan(row.gross_fen)}, {net} {_yuan(row.net_fen)}"
        for row in rows
    )
    title = say(N_("Sales by county"))
    return plots._described(plots._svg(json.dumps(spec, sort_keys=True)), title, said)
