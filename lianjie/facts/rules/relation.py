"""How somebody is related to the head of the household: known words are one choice in every language.

The choices follow GB/T 4761 (codes of family relationships). What fits none of them stays as it was written.
"""

from collections.abc import Mapping

from lianjie.base.words import N_

RELATIONS: Mapping[str, str] = {
    "head": N_("Head"),
    "spouse": N_("Spouse"),
    "son": N_("Son"),
    "daughter": N_("Daughter"),
    "child": N_("Child"),
    "son_in_law": N_("Son-in-law"),
    "daughter_in_law": N_("Daughter-in-law"),
    "grandchild": N_("Grandchild"),
    "father": N_("Father"),
    "mother": N_("Mother"),
    "parent": N_("Parent"),
    "grandparent": N_("Grandparent"),
    "sibling": N_("Brother or sister"),
    "other": N_("Other relation"),
}
"""Choice -> words."""

SPELLINGS = {
    "head": "户主 戶主 本人 本人或户主",
    "spouse": "配偶 妻 夫 妻子 丈夫 爱人 愛人 wife husband",
    "son": "子 儿子 兒子 长子 長子 次子 三子 四子 独生子 獨生子",
    "daughter": "女 女儿 女兒 长女 長女 次女 三女 四女 独生女 獨生女",
    "child": "子女",
    "son_in_law": "女婿",
    "daughter_in_law": "儿媳 兒媳 儿媳妇 兒媳婦 媳妇 媳婦",
    "grandchild": "孙子 孫子 孙女 孫女 外孙 外孫 外孙子 外孫子 外孙女 外孫女 grandson granddaughter",
    "father": "父 父亲 父親",
    "mother": "母 母亲 母親",
    "parent": "父母",
    "grandparent": "祖父 祖母 外祖父 外祖母 爷爷 爺爺 奶奶 grandfather grandmother",
    "sibling": "兄 弟 姐 妹 哥哥 弟弟 姐姐 妹妹 兄弟姐妹 brother sister",
    "other": "其他 其它",
}
KNOWN = {spelling: code for code, words in SPELLINGS.items() for spelling in (code, *words.split())}
HEAD = tuple(spelling for spelling, code in KNOWN.items() if code == "head")
"""Every way to write that somebody is the head."""


def choice(text: str) -> str:
    """The choice a written relation is: "配偶" -> "spouse"; what is not known stays as it was written."""
    return KNOWN.get(text.strip().lower(), text)
