"""What a cell can hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.sheets.text import address, clean, column_letter, column_number, escape, lines_needed, unescape


@pytest.mark.parametrize(("text", "held"), [
    ("plain", "plain"),
    ("a\r\nb\rc", "a\nb\nc"),
    ("bell\x07 and null\x00", "bell  and null "),
    ("form\x0cfeed", "form\nfeed"),
    ("no character \ufffe\uffff", "no character \ufffd\ufffd"),
    ("half \ud800 a pair", "half \ufffd a pair"),
    ("tab\tstays", "tab\tstays"),
    ("中文，𠮷", "中文，𠮷"),
])
def test_characters_that_a_cell_cannot_hold_are_replaced(text: str, held: str) -> None:
    assert clean(text) == held


def test_a_text_over_the_limit_of_a_cell_is_cut_and_says_so() -> None:
    assert clean("x" * 32_767) == "x" * 32_767
    cut = clean("x" * 32_768)
    assert len(cut) == 32_767
    assert cut.endswith("[... cut here: a cell holds no more]")


def test_the_limit_counts_utf16_units_and_parts_no_pair() -> None:
    cut = clean("𠮷" * 20_000)
    assert len(cut.encode("utf-16-le")) // 2 <= 32_767
    assert "\ufffd" not in cut


@given(st.text(alphabet=st.characters(codec=None)))
def test_cleaned_text_is_legal_xml_and_stays_so(text: str) -> None:
    from lxml import etree

    held = clean(text)
    element = etree.Element("t")
    element.text = held         # lxml refuses what XML 1.0 forbids
    assert clean(held) == held


@given(st.text())
def test_escaping_is_undone_by_unescaping(text: str) -> None:
    assert unescape(escape(text)) == text


def test_a_literal_escape_is_protected() -> None:
    assert escape("a _x000D_ b _x41") == "a _x005F_x000D_ b _x41"


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")])
def test_columns_are_lettered_as_spreadsheets_do(number: int, letters: str) -> None:
    assert (column_letter(number), column_number(letters)) == (letters, number)
    assert address(17, number) == f"{letters}17"


def test_chinese_takes_twice_the_room() -> None:
    assert lines_needed("字" * 40, 42) == 3         # two lines, which are higher
    assert lines_needed("a" * 40, 42) == 1
    assert lines_needed("one\ntwo\n\nfour", 42) == 4
