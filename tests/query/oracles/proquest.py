"""ProQuest: noft( ), TI( ), AB( ) ... around a group; NEAR/n, PRE/n; `*` up to five characters, `?` one.

(ProQuest platform search tips: a truncation finds at most five characters.) noft is every field but the full text.
NEAR/n is read as at most n - 1 words between.
"""

from __future__ import annotations

from review.query.tree import ALL, Fields
from tests.query.oracles.grammar import ABSTRACT, TITLE, Grammar, boolean, proximity
from tests.query.oracles.words import language, years

FIELDS: dict[str, Fields] = {
    "noft": ALL, "TI": TITLE, "AB": ABSTRACT, "AU": frozenset({"author"}), "AF": frozenset({"affiliation"}),
    "PUB": frozenset({"journal"}), "SU": frozenset({"heading", "subheading"}),
}
GRAMMAR = Grammar(
    operators=[*boolean(), proximity(r"NEAR/(\d+)", more=1), proximity(r"PRE/(\d+)", more=1, ordered=True)],
    before=FIELDS, before_sign=r"(?=\()", wildcards={"*": "?????", "?": "#"},
    special=[(r"YR\((\d{4})-(\d{4})\)", lambda m: years(m[1], m[2])),
             (r"LA\(([^)]*)\)", lambda m: language(*m[1].split(" OR ")))],
    line=r"\[S(\d+)\]")
