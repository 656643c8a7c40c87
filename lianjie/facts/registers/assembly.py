"""Meetings and who came to them."""

from collections.abc import Iterator, Sequence

from lianjie.base.words import N_
from lianjie.facts.actions import assembly
from lianjie.facts.models import Attendance, Meeting
from lianjie.facts.registers.register import (
    EVIDENCE,
    Desk,
    Family,
    Register,
    Values,
    answers,
    base,
    choice,
    day,
    fields,
    number,
    party,
    sheet,
    singly,
    standing,
    text,
)
from lianjie.facts.rules.schema import Caption as C

FORMS = answers(
    ("assembly", "成员大会", "members' assembly", "成員大會"),
    ("delegates", "成员代表大会", "assembly of delegates", "成員代表大會"),
)
HOW = answers(
    ("signed", "到会签字", "came and signed", "到會簽字"),
    ("print", "到会按手印", "came, by fingerprint", "到會按手印"),
    ("online", "线上参加", "took part online", "線上參加"),
    ("proxy", "同户代理", "voted through somebody of the household", "同戶代理"),
    ("absent", "未到会", "absent", "未到會"),
)
MEETINGS = sheet(
    "meetings",
    C("成员大会", "Meetings", "成員大會"),
    N_("An assembly of the members or of their delegates."),
    (
        number("number", "会议编号", "Number of the meeting", "會議編號", example="2026-1"),
        day("day", "会议日期", "Day of the meeting", "會議日期"),
        day("notice_day", "通知日期", "Notice given on", "通知日期"),
        choice("form", FORMS, "会议形式", "Form of the meeting", "會議形式"),
        text("venue", "地点", "Place", "地點", required=True, longest=120),
        text("agenda", "议程", "Agenda", "議程", required=True, longest=2000),
        text("chaired_by", "主持人", "Chaired by", "主持人", required=True, longest=80),
        EVIDENCE,
    ),
)  # fmt: skip


def _meetings(organisation_id: int) -> Iterator[Values]:
    for row in standing(Meeting, organisation_id):
        yield fields(row, "day", "notice_day", "form", "venue", "agenda", "chaired_by", "evidence",
                     number=base(row.key))  # fmt: skip


def _call(v: Values, desk: Desk) -> object:
    return assembly.call(desk.entry, assembly.Calling(**v))


ROLL = sheet(
    "attendance",
    C("到会名册", "Roll of meetings", "到會名冊"),
    N_("One line for each member that came; of delegates one for each, the absent ones too."),
    (
        number("meeting", "会议编号", "Number of the meeting", "會議編號", example="2026-1"),
        party("member", "成员", "Member", "成員"),
        choice("how", HOW, "到会方式", "Took part", "到會方式"),
        party("proxy", "代理人", "Voted through", "代理人", required=False),
        text("mark", "签名行号或手印编号", "Line signed, or number of the print", "簽名行號或手印編號"),
    ),
    ("meeting", "member"),
)  # fmt: skip


def _roll(organisation_id: int) -> Iterator[Values]:
    for row in standing(Attendance, organisation_id, "member", "proxy"):
        yield fields(row, "how", "mark", meeting=base(row.key).partition("/")[0], member=row.member.code,
                     proxy=row.proxy.code if row.proxy else "")  # fmt: skip


def _seat(rows: Sequence[Values], desk: Desk) -> None:
    meetings: dict[str, list[assembly.Seated]] = {}
    for v, place in zip(rows, desk.places, strict=True):
        seated = assembly.Seated(v["member"], v["how"], v["proxy"], v["mark"], place)
        meetings.setdefault(v["meeting"], []).append(seated)
    for meeting, seats in meetings.items():
        assembly.seat(desk.entry, meeting, seats)


FAMILY = Family(
    "assembly",
    N_("Meetings and who came"),
    (Register(MEETINGS, Meeting, _meetings, singly(_call)), Register(ROLL, Attendance, _roll, _seat)),
)
