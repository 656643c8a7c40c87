"""Cases put to experts and what happened in them. Pictures stay where they were entered."""

from collections.abc import Iterator, Sequence

from lianjie.base.words import N_
from lianjie.facts.actions import expert
from lianjie.facts.models import CaseStep, ExpertCase
from lianjie.facts.registers.register import (
    Desk,
    Family,
    Register,
    Values,
    answers,
    base,
    choice,
    day,
    fields,
    gathered,
    number,
    sheet,
    standing,
    text,
    whole,
)
from lianjie.facts.rules.schema import Caption as C

KINDS = answers(
    ("diagnosis", "诊断", "diagnosis", "診斷"),
    ("prescription", "处方", "prescription", "處方"),
    ("visit", "回访", "follow-up visit", "回訪"),
    ("closed", "结案", "closed with result", "結案"),
)
DAY = day("day", "日期", "Day")

CASES = sheet(
    "cases",
    C("专家会诊", "Expert cases", "專家會診"),
    N_("A trouble on a base, or on one of its plots, put to experts."),
    (
        number("number", "会诊编号", "Number of the case", "會診編號", example="HZ01"),
        number("base", "基地代码", "Base", "基地代碼", example="JD1"),
        number("plot", "地块", "Plot", "地塊", example="A1", required=False), DAY,
        text("by", "求助人", "Asked by", required=True, longest=80),
        text("symptoms", "症状", "Symptoms", "症狀", required=True, longest=600),
    ),
)  # fmt: skip


def _cases(organisation_id: int) -> Iterator[Values]:
    for row in standing(ExpertCase, organisation_id, "base", "plot"):
        yield fields(row, "day", "symptoms", number=base(row.key), base=base(row.base.key), by=row.asked_by,
                     plot=row.plot.code if row.plot else "")  # fmt: skip


def _open(rows: Sequence[Values], desk: Desk) -> object:
    def given(v: Values, place: str) -> expert.CaseGiven:
        return expert.CaseGiven(
            v["number"], v["base"], v["plot"], v["day"], v["by"], v["symptoms"], place=place
        )

    return expert.open_all(desk.entry, gathered(rows, desk, given))


STEPS = sheet(
    "case_steps",
    C("会诊记录", "Opinions and prescriptions", "會診記錄"),
    N_("An opinion, a prescription with its days to wait, a visit, or the end of a case."),
    (
        number("case", "会诊编号", "Case", "會診編號", example="HZ01"), DAY,
        choice("kind", KINDS, "类别", "Kind", "類別"),
        text("person", "专家或人员", "Who", "專家或人員", required=True, longest=80),
        text("text", "内容", "What was said", "內容", required=True, longest=600),
        text("dose", "用药用量", "Dose", "用藥用量", longest=200),
        whole("waiting_days", "安全间隔期（天）", "Days to wait before harvest", "安全間隔期（天）"),
    ),
    ("case", "kind", "day", "person", "text", "dose"),
)  # fmt: skip


def _steps(organisation_id: int) -> Iterator[Values]:
    for row in standing(CaseStep, organisation_id, "case"):
        yield fields(row, "day", "kind", "person", "text", "dose", "waiting_days", case=base(row.case.key))


def _step(rows: Sequence[Values], desk: Desk) -> object:
    return expert.add_steps(
        desk.entry, gathered(rows, desk, lambda v, place: expert.CaseStepGiven(**v, place=place))
    )


FAMILY = Family(
    "experts",
    N_("Expert cases"),
    (
        Register(CASES, ExpertCase, _cases, _open),
        Register(STEPS, CaseStep, _steps, _step, last=lambda v: v["kind"] == "closed"),
    ),
)
