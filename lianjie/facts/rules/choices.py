"""The fixed answers of the workbook: what people choose, in three languages, and other words for it."""

from lianjie.base.quantity import UNITS
from lianjie.facts.rules.schema import Caption as C
from lianjie.facts.rules.schema import Choice

ORGANISATION_KINDS = (
    Choice("coop", C("农民专业合作社", "cooperative", "農民專業合作社"), ("合作社", "专业合作社")),
    Choice("joint_coop", C("联合社", "joint cooperative", "聯合社"), ("农民专业合作社联合社",)),
    Choice(
        "collective",
        C("农村集体经济组织", "collective economic organisation", "農村集體經濟組織"),
        ("集体经济组织", "集体"),
    ),
    Choice("enterprise", C("企业", "enterprise", "企業"), ("公司", "龙头企业")),
    Choice("association", C("协会", "association", "協會"), ("专业协会",)),
    Choice("branch", C("党支部", "party branch", "黨支部"), ("支部",)),
    Choice("committee", C("村民委员会", "village committee", "村民委員會"), ("村委会", "村委")),
    Choice("public_body", C("机关事业单位", "public body", "機關事業單位"), ("机关", "事业单位")),
)
SETTLING_KINDS = ORGANISATION_KINDS[:3]
YEARLY_KINDS = tuple(kind.value for kind in SETTLING_KINDS)
"""Those whose year is one workbook and one settlement."""
PARTY_KINDS = (Choice("household", C("农户", "household", "農戶"), ("户",)), *ORGANISATION_KINDS)
STATUSES = (
    Choice("ordinary", C("一般户", "ordinary", "一般戶"), ("一般农户",)),
    Choice("registered", C("建档立卡户", "registered poor", "建檔立卡戶"), ("建档立卡", "贫困户")),
    Choice("exited", C("已脱贫户", "exited", "已脫貧戶"), ("脱贫户", "已脱贫")),
    Choice("monitored", C("监测对象", "monitored", "監測對象"), ("监测户",)),
    Choice("risk_eliminated", C("风险消除", "risk eliminated", "風險消除"), ("已消除风险",)),
)
TITLES = (
    Choice("secretary", C("支部书记", "branch secretary", "支部書記"), ("书记", "村党支部书记")),
    Choice("chair", C("理事长", "chair", "理事長")),
    Choice("director", C("理事", "director")),
    Choice("supervisor", C("监事", "supervisor", "監事"), ("监事长", "执行监事")),
    Choice("manager", C("经理", "manager", "經理")),
    Choice("accountant", C("会计", "accountant", "會計")),
    Choice("champion", C("产业带头人", "industry champion", "產業帶頭人"), ("链长",)),
)
LINKS = (
    Choice("leads", C("领办", "leads", "領辦"), ("引领",)),
    Choice("founds", C("发起", "founds", "發起"), ("创办",)),
    Choice("member", C("加入", "joins"), ("成员",)),
    Choice("chain", C("产业链", "same chain", "產業鏈")),
    Choice("supplies", C("供货", "supplies", "供貨")),
    Choice("buys", C("收购", "buys", "收購")),
    Choice("pairs", C("结对帮扶", "pairs with", "結對幫扶"), ("结对",)),
)
CONSENT = (
    Choice("signed", C("签字", "signed", "簽字"), ("签名", "书面")),
    Choice("fingerprint", C("按手印", "fingerprint"), ("手印",)),
    Choice("resolution", C("会议决议", "resolution", "會議決議"), ("决议",)),
    Choice("verbal", C("口头", "verbal", "口頭")),
    Choice("transferred", C("资料移交", "transferred", "資料移交"), ("移交",)),
)
ORIGINS = (
    Choice("own_money", C("自有资金", "own money", "自有資金"), ("现金", "货币", "货币出资")),
    Choice(
        "household_fund",
        C("到户产业资金", "household fund", "到戶產業資金"),
        ("到户资金", "产业扶持资金", "扶贫资金"),
    ),
    Choice("land_right", C("土地经营权", "land right", "土地經營權"), ("土地", "土地经营权作价")),
    Choice("goods", C("实物", "goods", "實物"), ("实物作价",)),
    Choice("collective", C("集体出资", "collective", "集體出資"), ("集体资金",)),
    Choice("enterprise", C("企业出资", "enterprise", "企業出資")),
)
EXTENTS = (
    Choice("contract", C("承包面积", "contract extent", "承包面積"), ("合同面积",)),
    Choice("measured", C("实测面积", "measured extent", "實測面積")),
)
FORMS = (
    Choice("written", C("书面合同", "written", "書面合同"), ("书面",)),
    Choice("verbal", C("口头约定", "verbal", "口頭約定"), ("口头",)),
)
UNIT_WORDS = {
    "fen": ("分",),
    "yuan": ("元",),
    "wan_yuan": ("万元",),
    "g": ("克",),
    "jin": ("斤", "市斤"),
    "kg": ("公斤", "千克"),
    "t": ("吨",),
    "mu": ("亩",),
    "ha": ("公顷",),
    "share": ("股",),
    "person": ("人",),
    "household": ("户",),
    "piece": ("件", "头", "只", "羽", "株"),
    "point": ("分值", "工分"),
    "day": ("天", "日", "工日"),
    "year": ("年",),
    "number": ("数", "比率"),
    "percent": ("%", "百分比"),
}
UNIT_CHOICES = tuple(
    Choice(code, C(words[0], code), words[1:]) for code, words in UNIT_WORDS.items() if code in UNITS
)
MEASURE_WORDS = {
    "工分": "work_points",
    "务工天数": "work_days",
    "工日": "work_days",
    "人口": "persons",
    "股数": "shares",
    "入股面积": "land_mu",
    "投入品购买额": "purchase_yuan",
}
"""Measures people name in Chinese -> the name plans use."""

YES_NO = (
    Choice("yes", C("是", "yes"), ("y", "√", "true", "1")),
    Choice("no", C("否", "no"), ("n", "×", "false", "0")),
)
