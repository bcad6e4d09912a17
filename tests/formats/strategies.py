"""Records as any source might give them, for round trips."""

from __future__ import annotations

import string

from hypothesis import strategies as st

from review.formats import fields as f
from review.model import Record

_PIECES = st.sampled_from(["Child", "health", "in China", "留守儿童", "心理健康", "=SUM(A1)",
                           "'quoted'", '"', ";", ",", "-",
                           "{", "}", "\\", "%", "&", "$x$", "<i>vitro</i>", "&amp;", "@", "ER  - ", "TY  - JOUR",
                           "ü", "é",
                           "10.1000/x", "and", "|", "%T", "_", "#", "~", "😀", "\u2028", "'", "+1", "Ω"])
_TEXT = st.one_of(
    st.lists(_PIECES, min_size=0, max_size=5).map(" ".join),
    st.text(st.characters(codec="utf-8", exclude_characters="\ufffd"), max_size=30),
).map(f.clean)
_FILLED = _TEXT.filter(bool)
_PLAIN = st.text(string.ascii_letters + string.digits, min_size=1, max_size=8)
_DATE = st.dates().map(str) | st.sampled_from(["2019", "2019-03"])


def records() -> st.SearchStrategy[Record]:
    """Records with every modelled field, each on one line as readers give them."""
    return st.builds(
        Record,
        native_id=_FILLED | st.just(""),
        database=_TEXT,
        ids=st.fixed_dictionaries({}, optional={
            "doi": _PLAIN.map(lambda s: f"10.1000/{s.lower()}"),
            "pmid": st.integers(1, 99999999).map(str),
            "pmcid": st.integers(1, 99999999).map(lambda n: f"PMC{n}"),
            "pii": _PLAIN, "trial": _PLAIN, "issn": st.just("1234-567X"),
        }),
        title=_TEXT,
        titles_other=st.lists(_FILLED, max_size=2).map(tuple),
        authors=st.lists(_FILLED, max_size=4).map(tuple),
        year=st.none() | st.integers(1500, 2100),
        journal=_TEXT, volume=_TEXT, issue=_TEXT, pages=_TEXT | st.just("123-45"),
        abstract=_TEXT, snippet=_TEXT, summary=_TEXT,
        keywords=st.lists(_FILLED, max_size=3).map(tuple),
        mesh=st.lists(st.sampled_from(["Child", "Child/psychology*", "China*"]) | _FILLED, max_size=3).map(tuple),
        language=st.sampled_from(["", "en", "zh"]) | _TEXT,
        kind=st.sampled_from(sorted(f.KINDS)) | st.just(""),
        publication_types=st.lists(_FILLED, max_size=2).map(tuple),
        notices=st.lists(st.sampled_from(["retracted", "erratum-notice", "concern"]), max_size=2,
                         unique=True).map(tuple),
        dates=st.dictionaries(st.sampled_from(["entrez", "electronic", "print", "created"]), _DATE, max_size=3),
        url=_TEXT,
    )
