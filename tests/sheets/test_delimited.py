"""Text files as spreadsheets save them; what can't be told for sure is asked for."""

import pytest

from review.sheets.delimited import NotText, decode, table

CHINESE = "Key,Title\nR1,农村留守儿童心理健康与政策支持研究\n"
FRENCH = "Key,Title\nR1,Élèves à l'école: été, français, garçon, naïve, œuvre\n"


@pytest.mark.parametrize(("data", "name", "text"), [
    (CHINESE.encode(), "UTF-8", CHINESE),
    (CHINESE.encode("utf-8-sig"), "UTF-8", CHINESE),
    (CHINESE.encode("utf-16"), "UTF-16", CHINESE),
    (b"\xfe\xff" + CHINESE.encode("utf-16-be"), "UTF-16", CHINESE),
    ("Key;Title, all in Latin letters\n".encode("utf-16-le"), "UTF-16", "Key;Title, all in Latin letters\n"),
    (CHINESE.encode("gbk"), "GBK", CHINESE),
    (("Key,a long text in English first\n" * 50 + "x,“留守儿童”——研究\n").encode("gb18030"), "GBK",
     "Key,a long text in English first\n" * 50 + "x,“留守儿童”——研究\n"),
    (FRENCH.encode("cp1252"), "Windows-1252", FRENCH),
])
def test_encodings_are_told(data: bytes, name: str, text: str) -> None:
    assert decode(data) == (text, name)


@pytest.mark.parametrize("data", [
    "Key,Title\nR1,児童の研究、ひらがなとカタカナ\n".encode("shift_jis"),
    "Key,Title\nR1,Дети оставленные\n".encode("cp1251"),
    CHINESE.encode("utf-8")[:-3] + b"\n",
    b"\x00\x01\x02\x03" * 100,
    b"\xff\xfe" + CHINESE.encode("utf-16-le")[:-1],
])
def test_what_cannot_be_told_is_not_guessed(data: bytes) -> None:
    with pytest.raises(NotText):
        decode(data)


@pytest.mark.parametrize(("text", "rows", "delimiter"), [
    ("a,b\n1,\"x;y\"\n", [["a", "b"], ["1", "x;y"]], ","),
    ("a;b\n1;\"x,y,z\"\n", [["a", "b"], ["1", "x,y,z"]], ";"),
    ("a\tb\r\n1\t2\r\n", [["a", "b"], ["1", "2"]], "\t"),
    ("sep=;\na,b;c\n", [["a,b", "c"]], ";"),
    ('a,b\n"two\nlines","say ""hi"""\n', [["a", "b"], ["two\nlines", 'say "hi"']], ","),
    ("", [[]], ","),
])
def test_delimiters_are_found(text: str, rows: list[list[str]], delimiter: str) -> None:
    assert table(text) == (rows, delimiter)


@pytest.mark.parametrize("above", ["", "Screening, AB, week 2\n", "Title | with, many; signs\n\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_line_of_prose_above_the_table_is_no_header(above: str, delimiter: str) -> None:
    row = delimiter.join(["R000001-ab", "include", '"One, two, three; four, five, six | seven, eight"'])
    rows, found = table(above + delimiter.join(["Key", "Decision", "Title"]) + "\n" + row + "\n" + row.replace("1", "2") + "\n")
    assert found == delimiter
    assert ["R000001-ab", "include", "One, two, three; four, five, six | seven, eight"] in rows
