"""Cochrane Library search manager: fields behind a term or group, NEAR/n, NEXT, [mh ] (search manager help).

`*` any, `?` one; none of them between quotes. NEXT: side by side, in this order. NEAR/n: within n words, read
here as n - 1 words between. :kw holds the author's keywords and the index terms.
"""

from __future__ import annotations

from review.query.tree import ALL, Fields, Heading
from tests.query.oracles.grammar import ABSTRACT, INDEX, KEYWORDS, TITLE, Grammar, Sign, boolean, proximity

FIELDS: dict[str, Fields] = {
    "ti": TITLE, "ab": ABSTRACT, "kw": KEYWORDS | INDEX, "au": frozenset({"author"}), "so": frozenset({"journal"}),
}
GRAMMAR = Grammar(
    operators=[*boolean(), proximity(r"NEAR/(\d+)", more=1), proximity(r"NEXT/(\d+)", more=1, ordered=True),
               (r"NEXT(?=[\s(\"])", lambda m: Sign("NEAR", 0, True))],
    behind=FIELDS, default=ALL, wildcards={"*": "*", "?": "#"}, quoted_wildcards=False,
    special=[(r'\[mh (\^?)"?([^"/\]]*)"?\]', lambda m: Heading(m[2], "mesh", not m[1]))],
    line=r"#(\d+)")
