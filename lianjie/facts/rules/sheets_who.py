"""The sheets of who: the organisation, areas, households, people, posts, links."""

from lianjie.base.words import N_
from lianjie.facts.rules import book, columns
from lianjie.facts.rules.choices import LINKS, PARTY_KINDS, SETTLING_KINDS, STATUSES, TITLES, YES_NO
from lianjie.facts.rules.schema import Caption as C
from lianjie.facts.rules.schema import Column, Sheet

ORGANISATION = Sheet(
    "organisation",
    C("本社", "Organisation"),
    book.OrganisationRow,
    N_("Whose books these are, and of which year. One row."),
    (
        columns.code(
            "code", C("单位代码", "Code", "單位代碼"), N_("A code of your own that never changes."), "HM01"
        ),
        Column(
            "name",
            C("单位名称", "Name", "單位名稱"),
            "text",
            N_("The registered name."),
            "黄梅药材种植专业合作社",
            True,
        ),
        columns.choice(
            "kind",
            C("单位类型", "Kind", "單位類型"),
            N_("Choose from the list."),
            SETTLING_KINDS,
            "农民专业合作社",
        ),
        Column(
            "village",
            C("所在村", "Village"),
            "area",
            N_("The official 12-digit code, or the name of a village on the sheet of areas."),
            "530122101201",
            True,
        ),
        Column(
            "year",
            C("会计年度", "Year", "會計年度"),
            "year",
            N_("The calendar year of this book."),
            "2025",
            True,
        ),
        Column(
            "credit_code",
            C("统一社会信用代码", "Credit code", "統一社會信用代碼"),
            "credit_code",
            N_("18 characters, as text."),
            "93530122MA6K9Q0T4X",
        ),
        columns.day(
            "founded_day",
            C("成立日期", "Founded"),
            N_("The day of registration."),
            "2018-06-01",
            False,
            "until",
        ),
        Column(
            "invented",
            C("是否演示", "Invented"),
            "yes_no",
            N_("“yes” marks everybody in this book as invented, for demonstrations."),
            "否",
            choices=YES_NO,
        ),
    ),
    ("code",),
    required=True,
    single=True,
)
AREAS = Sheet(
    "areas",
    C("行政区划", "Areas", "行政區劃"),
    book.AreaRow,
    N_("Only places the system does not know yet: villages, and what lies above them."),
    (
        Column(
            "code",
            C("区划代码", "Area code", "區劃代碼"),
            "area",
            N_("The official code, 12 digits; shorter ones end in zeros."),
            "530122101201",
            True,
        ),
        Column(
            "name",
            C("区划名称", "Area name", "區劃名稱"),
            "text",
            N_("The official name."),
            "宝峰村",
            True,
            longest=60,
        ),
    ),
    ("code",),
)
PARTIES = Sheet(
    "parties",
    C("农户与单位", "Households", "農戶與單位"),
    book.PartyRow,
    N_("Every household and organisation named in this book, once."),
    (
        columns.code(
            "code",
            C("户或单位代码", "Household code", "戶或單位代碼"),
            N_("Unique in the whole system; for example village code and number."),
            "N0001",
        ),
        Column(
            "name",
            C("户主或单位名称", "Household name", "戶主或單位名稱"),
            "text",
            N_("The head of the household, or the name."),
            "张三",
            True,
        ),
        columns.choice(
            "kind", C("类型", "Party kind", "類型"), N_("Choose from the list."), PARTY_KINDS, "农户"
        ),
        Column(
            "village",
            C("所在村", "Village"),
            "area",
            N_("The official 12-digit code, or the village's name."),
            "530122101201",
            True,
        ),
        Column(
            "village_group",
            C("村民小组", "Village group", "村民小組"),
            "text",
            N_("The group in the village."),
            "一组",
            longest=40,
        ),
        columns.choice(
            "status",
            C("户类型", "Registered status", "戶類型"),
            N_("What the household is registered as."),
            STATUSES,
            "已脱贫户",
            False,
        ),
        columns.day(
            "status_day",
            C("认定日期", "Status since", "認定日期"),
            N_("Since when it is registered so."),
            "2020-12-31",
            False,
            "until",
        ),
        Column(
            "national_number",
            C("全国系统户编号", "National number", "全國系統戶編號"),
            "code",
            N_("The household's number in the national system."),
            "",
            longest=30,
        ),
        Column(
            "credit_code",
            C("统一社会信用代码", "Credit code", "統一社會信用代碼"),
            "credit_code",
            N_("Of organisations: 18 characters, as text."),
            "",
        ),
    ),
    ("code",),
)
PEOPLE = Sheet(
    "people",
    C("人员", "People", "人員"),
    book.PersonRow,
    N_("People: the heads and residents of households, and whoever holds a post."),
    (
        columns.code(
            "code",
            C("人员代码", "Person code", "人員代碼"),
            N_("Unique in the whole system; never the identity number."),
            "P0001",
        ),
        Column("name", C("姓名", "Person name"), "text", N_("As on the identity card."), "张三", True),
        columns.party(
            "household",
            C("户代码", "Household of person", "戶代碼"),
            N_("The household this person lives in."),
            "N0001",
            False,
        ),
        Column(
            "relation",
            C("与户主关系", "Relation", "與戶主關係"),
            "text",
            N_("To the head; “head” for the head."),
            "户主",
            longest=20,
        ),
        columns.day(
            "since_day",
            C("入户日期", "In household since", "入戶日期"),
            N_("Needed with a household."),
            "2015-01-01",
            False,
            "until",
        ),
        Column(
            "village", C("所在村", "Village"), "area", N_("Only for people without a household here."), ""
        ),
        Column(
            "id_number",
            C("身份证号", "Identity number", "身份證號"),
            "id_number",
            N_("18 characters, as text. May be left empty; it is kept encrypted."),
            "",
            longest=18,
        ),
        columns.day(
            "birth_day",
            C("出生日期", "Born"),
            N_("Read from the identity number when left empty."),
            "1980-05-01",
            False,
            "until",
        ),
        Column(
            "phone",
            C("电话", "Phone", "電話"),
            "phone",
            N_("Kept encrypted. Taken over when none is kept; a change is asked for on the person's page."),
            "",
            longest=24,
        ),
    ),
    ("code",),
)
POSTS = Sheet(
    "posts",
    C("任职", "Posts", "任職"),
    book.PostRow,
    N_("Who holds which office, and since when. A branch secretary who chairs the cooperative has two rows."),
    (
        columns.party(
            "person",
            C("人员代码", "Person code", "人員代碼"),
            N_("A code from the sheet of people."),
            "P0001",
        ),
        columns.choice("title", C("职务", "Title", "職務"), N_("Choose from the list."), TITLES, "理事长"),
        columns.party(
            "held_in",
            C("任职单位代码", "Held in", "任職單位代碼"),
            N_("The organisation; this one or one on the sheet of households."),
            "HM01",
        ),
        columns.day(
            "day",
            C("任职日期", "From", "任職日期"),
            N_("The first day in office."),
            "2022-01-01",
            True,
            "until",
        ),
        columns.day("until_day", C("任期止", "Last day"), columns.LAST_DAY, "", False),
        columns.EVIDENCE,
    ),
    ("person", "title", "held_in", "day"),
)
LINKS_SHEET = Sheet(
    "links",
    C("单位关联", "Links", "單位關聯"),
    book.LinkRow,
    N_("Organisations that belong together: a branch leads a cooperative, a village joins with its parts."),
    (
        columns.party(
            "giver",
            C("甲方代码", "From organisation", "甲方代碼"),
            N_("Who leads, founds, joins, supplies or buys."),
            "ZB01",
        ),
        columns.choice("kind", C("关联方式", "Link", "關聯方式"), N_("Choose from the list."), LINKS, "领办"),
        columns.party(
            "taker",
            C("乙方代码", "To organisation", "乙方代碼"),
            N_("Who is led, founded or joined."),
            "HM01",
        ),
        columns.day("day", C("起始日期", "From"), N_("The first day."), "2022-01-01", True, "until"),
        columns.day("until_day", C("截止日期", "Last day"), columns.LAST_DAY, "", False),
        Column(
            "parts",
            C("份数", "Parts", "份數"),
            "whole",
            N_("Parts of cost and surplus, when it joins."),
            "",
            least=0,
        ),
        columns.EVIDENCE,
    ),
    ("giver", "kind", "taker", "day"),
)
