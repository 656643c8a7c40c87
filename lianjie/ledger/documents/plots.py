"""Who gains and who loses between two outcomes, as a picture without script.

Few households: one bar each, sorted. Many: how many households gain or lose about how much. Direction,
sign and shade say the same thing, so nothing hangs on colour; a table beside the plot is its equal.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

import vl_convert

from lianjie.base.words import N_, Say, english

FONT = "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, Noto Sans SC, sans-serif"
FONT_TRADITIONAL = "Noto Sans CJK TC, PingFang TC, Microsoft JhengHei, Noto Sans TC, sans-serif"
GAIN, LOSS, SAME = "#1e5b3a", "#b3641a", "#8b8f88"
INK, GREY, HAIR = "#1d1d1b", "#5b5f5a", "#d9ddd4"
BARS_UP_TO = 40
BINS = 24
WIDTH = 620


@dataclass(frozen=True)
class Change:
    """One recipient under two outcomes, in fen. `label` is what the reader may see: a name, or a code."""

    code: str
    label: str
    before_fen: int
    after_fen: int
    group: str = ""

    @property
    def gain_fen(self) -> int:
        return self.after_fen - self.before_fen


def changes(
    before: Mapping[str, int],
    after: Mapping[str, int],
    labels: Mapping[str, str],
    groups: Mapping[str, str] | None = None,
) -> tuple[Change, ...]:
    """Totals of two outcomes side by side, the greatest gain first, ties by code."""
    found = [
        Change(
            code,
            labels.get(code, code),
            before.get(code, 0),
            after.get(code, 0),
            (groups or {}).get(code, ""),
        )
        for code in {*before, *after}
    ]
    return tuple(sorted(found, key=lambda each: (-each.gain_fen, each.code)))


def gains_svg(
    rows: Sequence[Change], *, language: str = "zh-Hans", say: Say = english, title: str = ""
) -> str:
    """The plot as SVG text, titled and described for those who do not see it."""
    heading = title or say(N_("Who gains and who loses"))
    spec = _bars(rows, say) if len(rows) <= BARS_UP_TO else _histogram(rows, say)
    spec |= {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": {
            "text": heading,
            "anchor": "start",
            "offset": 18,
            "fontSize": 15,
            "fontWeight": "normal",
            "color": INK,
        },
        "background": "#ffffff",
        "padding": 8,
        "config": _config(language),
    }
    return _described(_svg(json.dumps(spec, sort_keys=True)), heading, summary(rows, say))


def summary(rows: Sequence[Change], say: Say = english) -> str:
    """The plot in a sentence."""
    if not rows:
        return say(N_("Nobody is listed."))
    gain, loss = max(rows, key=_gain), min(rows, key=_gain)
    text = say(
        N_(
            "{gaining} gain, {losing} lose, {same} stay the same. Most gained: {most} yuan ({winner});"
            " most lost: {least} yuan ({loser})."
        )
    )
    return text.format(
        gaining=sum(each.gain_fen > 0 for each in rows),
        losing=sum(each.gain_fen < 0 for each in rows),
        same=sum(each.gain_fen == 0 for each in rows),
        most=_signed(max(gain.gain_fen, 0)),
        winner=gain.label if gain.gain_fen > 0 else "–",
        least=_signed(min(loss.gain_fen, 0)),
        loser=loss.label if loss.gain_fen < 0 else "–",
    )


def _gain(each: Change) -> int:
    return each.gain_fen


def _signed(fen: int) -> str:
    sign = "+" if fen > 0 else "−" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def _yuan(fen: int) -> float:
    """A place on the picture; the written figures are exact."""
    return fen / 100


def _bars(rows: Sequence[Change], say: Say) -> dict[str, Any]:
    values = [
        {
            "order": at,
            "label": f"{each.label}  {each.group}".strip(),
            "gain": _yuan(each.gain_fen),
            "text": _signed(each.gain_fen),
            "way": _way(each.gain_fen),
        }
        for at, each in enumerate(rows)
    ]
    y = {
        "field": "order",
        "type": "ordinal",
        "scale": {"type": "band", "padding": 0.3},
        "axis": {
            "title": None,
            "labelExpr": _labels([str(each["label"]) for each in values]),
            "labelLimit": 190,
            "ticks": False,
            "domain": False,
            "labelPadding": 8,
        },
    }
    reach = max((abs(each.gain_fen) for each in rows), default=0) / 100 or 1
    x = {
        "field": "gain",
        "type": "quantitative",
        "scale": {"domain": [-1.35 * reach, 1.35 * reach]},
        "axis": {"title": say(N_("Difference, yuan")), "tickCount": 7, "format": ",.0f"},
    }
    return {
        "width": WIDTH,
        "height": {"step": 22},
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "bar", "height": 12},
                "encoding": {"x": x, "y": y, "color": _colour(), "opacity": _shade()},
            },
            _figure("left", 5, "datum.gain >= 0", x, y),
            _figure("right", -5, "datum.gain < 0", x, y),
            _zero(),
        ],
    }


def _figure(align: str, dx: int, test: str, x: dict[str, Any], y: dict[str, Any]) -> dict[str, Any]:
    """The exact difference beside its bar."""
    return {
        "transform": [{"filter": test}],
        "mark": {"type": "text", "align": align, "dx": dx, "color": INK, "fontSize": 11},
        "encoding": {"x": x, "y": y, "text": {"field": "text", "type": "nominal"}},
    }


def _histogram(rows: Sequence[Change], say: Say) -> dict[str, Any]:
    """Households by how much they gain or lose; every bar is a range of the same width, zero stands alone."""
    width = _width(rows)
    counts: dict[int, int] = {}
    for each in rows:
        at = (abs(each.gain_fen) + width - 1) // width * (1 if each.gain_fen > 0 else -1)
        counts[at] = counts.get(at, 0) + 1
    values = [
        {
            "start": _yuan((at - (at > 0)) * width),
            "end": _yuan((at + (at < 0)) * width),
            "middle": _yuan(at * width) - (at > 0) * width / 200 + (at < 0) * width / 200,
            "count": count,
            "way": _way(at),
        }
        for at, count in sorted(counts.items())
    ]
    domain = [_yuan((min(*counts, 0) - 1) * width), _yuan((max(*counts, 0) + 1) * width)]
    axis = {"title": say(N_("Difference, yuan")), "format": ",.10~g", "grid": False}
    x = {"type": "quantitative", "scale": {"domain": domain, "nice": False}, "axis": axis}
    y = {"field": "count", "type": "quantitative", "axis": _upright(say(N_("Number of households")))}
    look = {"y": y, "color": _colour(), "opacity": _shade()}
    sides = {"x": x | {"field": "start"}, "x2": {"field": "end"}}
    middle = {"x": x | {"field": "middle"}}
    return {
        "width": WIDTH,
        "height": 260,
        "data": {"values": values},
        "layer": [
            {
                "transform": [{"filter": "datum.way != 'same'"}],
                "mark": {"type": "rect", "stroke": "#ffffff", "strokeWidth": 2},
                "encoding": look | sides | {"y2": {"datum": 0}},
            },
            {
                "transform": [{"filter": "datum.way == 'same'"}],
                "mark": {"type": "bar", "width": 7},
                "encoding": look | middle,
            },
            {
                "mark": {"type": "text", "dy": -6, "color": INK, "fontSize": 10},
                "encoding": {"y": y, "text": {"field": "count", "type": "quantitative"}} | middle,
            },
            _zero(),
        ],
    }


def _upright(title: str) -> dict[str, Any]:
    """An axis whose title lies flat above it: Chinese is not read on its side."""
    flat = {"titleAngle": 0, "titleAlign": "left", "titleX": -26, "titleY": -8, "titleAnchor": "end"}
    return {"title": title, "tickMinStep": 1} | flat


def _width(rows: Sequence[Change]) -> int:
    """A round width in fen (1, 2 or 5 with zeros) that makes about twenty-four bars."""
    reach = max((abs(each.gain_fen) for each in rows), default=0)
    width, steps = 1, (2, 5, 10)
    while True:
        for step in steps:
            if width * step * BINS >= 2 * reach:
                return width * step
        width *= 10


def _way(difference: int) -> str:
    return "gain" if difference > 0 else "loss" if difference < 0 else "same"


def _colour() -> dict[str, Any]:
    scale = {"domain": ["gain", "loss", "same"], "range": [GAIN, LOSS, SAME]}
    return {"field": "way", "type": "nominal", "scale": scale, "legend": None}


def _shade() -> dict[str, Any]:
    """Gains are full, losses paler: told apart in grey print too."""
    scale = {"domain": ["gain", "loss", "same"], "range": [1, 0.62, 1]}
    return {"field": "way", "type": "nominal", "scale": scale, "legend": None}


def _zero() -> dict[str, Any]:
    return {
        "data": {"values": [{"zero": 0}]},
        "mark": {"type": "rule", "color": INK, "strokeWidth": 1},
        "encoding": {"x": {"field": "zero", "type": "quantitative"}},
    }


def _labels(labels: Sequence[str]) -> str:
    """An expression that names row n; two people of one name keep two rows."""
    return f"{json.dumps(list(labels), ensure_ascii=False)}[datum.value]"


def _config(language: str) -> dict[str, Any]:
    return {
        "font": FONT_TRADITIONAL if language == "zh-Hant" else FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": INK,
            "titleColor": GREY,
            "gridColor": HAIR,
            "domainColor": GREY,
            "tickColor": GREY,
            "labelFontSize": 11,
            "titleFontSize": 11,
            "titleFontWeight": "normal",
        },
    }


@lru_cache(maxsize=64)
def _svg(spec: str) -> str:
    return str(vl_convert.vegalite_to_svg(json.loads(spec), allowed_base_urls=[]))


def _described(svg: str, title: str, description: str) -> str:
    """The picture with a title and a description that screen readers read."""
    start = svg.index(">") + 1
    head = svg[: start - 1] + ' role="img" aria-labelledby="plot-title plot-desc">'
    words = f'<title id="plot-title">{escape(title)}</title><desc id="plot-desc">{escape(description)}</desc>'
    return head + words + svg[start:]
