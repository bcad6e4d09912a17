"""Web of Science: TS, TI, AB ... before a group; `*` any, `?` one, `$` one or none; NEAR/n (search rules, wildcards).

Topic is title, abstract, author keywords and Keywords Plus; a PubMed record has none of the last.
A wildcard at the end of a word in Topic or Title needs three characters before it.
"""

from __future__ import annotations

from review.query.tree import ALL, Fields
from tests.query.oracles.grammar import ABSTRACT, KEYWORDS, TITLE, Grammar, boolean, proximity
from tests.query.oracles.words import language, years

FIELDS: dict[str, Fields] = {
    "TS": TITLE | ABSTRACT | KEYWORDS, "TI": TITLE, "AB": ABSTRACT, "AK": KEYWORDS, "ALL": ALL,
    "AU": frozenset({"author"}), "AD": frozenset({"affiliation"}), "SO": frozenset({"journal"}),
}
GRAMMAR = Grammar(
    operators=[*boolean(), proximity(r"NEAR/(\d+)")],
    before=FIELDS, before_sign="=", wildcards={"*": "*", "?": "#", "$": "?"}, stem=3,
    special=[(r"PY=(\d{4})-(\d{4})", lambda m: years(m[1], m[2])),
             (r"LA=\(([^)]*)\)", lambda m: language(*m[1].split(" OR ")))],
    line=r"#(\d+)")
