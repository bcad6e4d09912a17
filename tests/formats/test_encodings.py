"""An encoding follows from the bytes by rule: a mark, sound UTF-8, what the user says, plain Chinese, Windows-1252."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review import formats
from review.formats import encodings
from review.model import Entry, Issue, ReviewError

CHINESE = "农村留守儿童的心理健康问题是一个重要的社会问题，需要政府、学校和家庭的共同努力来解决。"


@pytest.mark.parametrize(("text", "encoding", "found"), [
    ("plain", "ascii", "utf-8"),
    ("Zoë " + CHINESE, "utf-8", "utf-8"),
    (CHINESE, "gb18030", "gb18030"),
    ("Title: " + CHINESE + " (2016)", "gbk", "gb18030"),
    ("Ein Überblick über größere Städte für Ärzte", "cp1252", "cp1252"),
    ("Développement de l’enfant à l’école — été", "cp1252", "cp1252"),
    ("Развитие ребенка в семье и школе в сельской местности", "cp1251", "cp1252"),
    ("농촌 아동의 정신 건강 문제는 중요한 사회 문제이다", "euc-kr", "cp1252"),
    ("農村の留守児童の心の健康について調べた", "euc-jp", "cp1252"),
    ("農村留守兒童的心理健康問題需要政府學校和家庭共同解決", "big5", "cp1252"),
    ("TY  - JOUR and enough Western text", "utf-16-le", "utf-16-le"),
    ("TY  - JOUR and enough Western text", "utf-16-be", "utf-16-be"),
])
def test_rule(text: str, encoding: str, found: str) -> None:
    assert encodings.detect(text.encode(encoding))[0] == found


def test_a_mark_stands_above_what_the_user_says() -> None:
    assert encodings.detect(b"\xef\xbb\xbfabc", said="gb18030")[0] == "utf-8"


def test_what_the_user_says_stands_above_chinese_but_not_above_sound_utf8() -> None:
    assert encodings.detect(CHINESE.encode("gb18030"), said="big5")[0] == "big5"
    assert encodings.detect(CHINESE.encode("utf-8"), said="big5")[0] == "utf-8"


def test_korean_reads_right_when_the_user_says_so() -> None:
    data = "TY  - JOUR\nTI  - 농촌 아동\nER  - \n".encode("euc-kr")
    records = [e.record for e in formats.read(io.BytesIO(data), name="k.ris", encoding="euc-kr") if isinstance(e, Entry)]
    assert [r.title for r in records] == ["농촌 아동"]


def test_an_encoding_that_does_not_exist_is_a_users_mistake() -> None:
    with pytest.raises(ReviewError, match="no encoding"):
        list(formats.read(io.BytesIO(b"TY  - JOUR\nER  - \n"), name="x.ris", encoding="klingon"))


def test_a_late_byte_decides_over_the_whole_file() -> None:
    """The head is plain; the first byte that is not comes after the 64 KiB that are sniffed."""
    data = b"TY  - JOUR\nTI  - plain\nER  - \n" * 4000 + "TY  - JOUR\nTI  - Müller\nER  - \n".encode("cp1252")
    found = list(formats.read(io.BytesIO(data), name="x.ris"))
    assert [e.record.title for e in found if isinstance(e, Entry)][-1] == "Müller"
    assert "encoding-assumed" in {i.code for i in found if isinstance(i, Issue)}
    assert formats.describe(io.BytesIO(data), "x.ris") == ("ris", "cp1252")


def test_utf8_with_one_damaged_line_stays_utf8() -> None:
    good = f"TY  - JOUR\nTI  - {CHINESE}\nER  - \n".encode()
    bad = "TY  - JOUR\nTI  - Müller\nER  - \n".encode("cp1252")
    found = list(formats.read(io.BytesIO(good + bad), name="x.ris"))
    assert [e.record.title for e in found if isinstance(e, Entry)] == [CHINESE, "Müller"]
    assert "encoding-damaged" in {i.code for i in found if isinstance(i, Issue)}


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=200), st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]))
def test_a_marked_file_is_read_as_marked(text: str, encoding: str) -> None:
    data = ("\ufeff" + text).encode(encoding)
    name, how = encodings.detect(data)
    assert (name, how) == (encoding, "bom")
    assert encodings.decode(data, name) == "\ufeff" + text


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["utf-8", "cp1252", "gb18030"]))
def test_any_bytes_decode(data: bytes, encoding: str) -> None:
    assert isinstance(encodings.decode(data, encoding), str)
