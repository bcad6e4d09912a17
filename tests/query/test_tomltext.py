"""One canonical form of TOML: what is written reads back the same."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from review.query.tomltext import dump, lines_of

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALAR = TEXT | st.integers(-10**9, 10**9) | st.booleans()
VALUE = st.recursive(SCALAR, lambda v: st.lists(v, max_size=4) | st.dictionaries(TEXT, v, max_size=3), max_leaves=12)


@given(st.dictionaries(TEXT, VALUE, max_size=5))
def test_what_is_written_reads_back_the_same(data: dict[str, object]) -> None:
    assert tomllib.loads(dump(data)) == data
    assert dump(tomllib.loads(dump(data))) == dump(data)


def test_lines_of_keys_and_tables() -> None:
    text = 'a = 1\n[t]\n"b c" = """\nx = 1\n"""\n[[u.v]]\nk = 1\n[[u.v]]\nk = 2\n'
    places = lines_of(text)
    assert places[("a",)] == 1 and places[("t", "b c")] == 3 and ("t", "x") not in places
    assert places[("u", "v", "0", "k")] == 7 and places[("u", "v", "1", "k")] == 9
