"""The catalogue builder finds every text and sees every fault a translator can make."""

import pytest

from lianjie.locale import build, messages


def texts(found):
    return [(m.text, m.plural) for m in found]


def test_texts_of_python_code():
    source = """
N_("One {a}." " Two.")
gettext('three')
say(ngettext("{n} row", "{n} rows", n))
gettext(name)
other("not marked")
"""
    assert texts(messages._in_python(source, "x.py")) == [
        ("One {a}. Two.", ""),
        ("three", ""),
        ("{n} row", "{n} rows"),
    ]


@pytest.mark.parametrize("source", ["N_(name)", 'N_(f"{a} things")'])
def test_a_marked_text_that_is_not_written_out_is_refused(source):
    with pytest.raises(messages.Unreadable, match=r"x\.py:1"):
        list(messages._in_python(source, "x.py"))


def test_texts_of_templates():
    source = """<p>{% translate "It's here" %}</p>
{% blocktranslate trimmed with n=x %}
  {{ n }} of 100%
  "quoted"
{% endblocktranslate %}
{% blocktranslate count n=rows %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}
{{ x|default:_("none") }} plain words"""
    assert sorted(texts(messages._in_template(source, "x.html"))) == [
        ("%(n)s of 100%% \"quoted\"", ""),
        ("%(n)s row", "%(n)s rows"),
        ("It's here", ""),
        ("none", ""),
    ]  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Words and code of a small product of its own."""
    (tmp_path / "words").mkdir()
    (tmp_path / "overrides.tsv").write_text("賬\t帳\n", encoding="utf-8")
    monkeypatch.setattr(build, "FOLDER", tmp_path)
    monkeypatch.setattr(
        build, "used", lambda: {"Account of {name}": messages.Message("Account of {name}", where="a.py:1")}
    )
    return tmp_path


def words(folder, text):
    (folder / "words" / "part.tsv").write_text(text, encoding="utf-8")


def test_words_become_both_chinese_catalogues(folder):
    words(folder, "Account of {name}\t{name}的账户\n")
    build.write(folder)
    assert build.problems() == []
    assert "{name}的账户" in (folder / "zh_Hans/LC_MESSAGES/django.po").read_text()
    assert "{name}的帳戶" in (folder / "zh_Hant/LC_MESSAGES/django.po").read_text()
    assert (folder / "zh_Hant/LC_MESSAGES/django.mo").stat().st_size > 100


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no words for “Account of {name}”"),
        ("Account of {name}\t{nme}的账户\n", "places"),
        ("Account of {name}\t的账户\n", "places"),
        ("Account of {name}  {name}的账户\n", "one TAB"),
        ("Account of {name}\t{name}的账户\nGone\t没了\n", "nothing uses “Gone”"),
        ("Account of {name}\t{name}的账户\nAccount of {name}\t{name}的账\n", "already has other words"),
    ],
)
def test_every_fault_is_named(folder, text, complaint):
    words(folder, text)
    build.write(folder)
    assert any(complaint in problem for problem in build.problems())


def test_old_catalogues_are_named(folder):
    words(folder, "Account of {name}\t{name}的账户\n")
    build.write(folder)
    words(folder, "Account of {name}\t{name}的账目\n")
    assert build.problems() == ["the catalogues are older than their words: run bin/words and commit them"]


def test_a_line_break_is_written_with_a_backslash():
    assert build._unescape(r"a\nb\\n") == "a\nb\\n"
