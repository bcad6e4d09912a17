"""Embase.com: fields behind a term or group, NEAR/n and NEXT/n, 'x'/exp, /de, /mj; `*` any, `?` one, `$` one or none.

Between quotes a wildcard means nothing. NEAR/n counts one more than the words between. :de is index terms, :kw the
author's keywords.
"""

from __future__ import annotations

from review.query.tree import ALL, Fields, Heading
from tests.query.oracles.grammar import ABSTRACT, INDEX, KEYWORDS, TITLE, Grammar, boolean, proximity
from tests.query.oracles.words import language, years

FIELDS: dict[str, Fields] = {
    "ti": TITLE, "ab": ABSTRACT, "kw": KEYWORDS, "de": INDEX, "au": frozenset({"author"}),
    "ff": frozenset({"affiliation"}), "jt": frozenset({"journal"}),
}
GRAMMAR = Grammar(
    operators=[*boolean(), proximity(r"NEAR/(\d+)", more=1), proximity(r"NEXT/(\d+)", more=1, ordered=True)],
    behind=FIELDS, default=ALL, quotes="'", quoted_wildcards=False, wildcards={"*": "*", "?": "#", "$": "?"},
    special=[(r"(?:'([^']*)'|(\w+))/(exp/mj|exp|de|mj)",
              lambda m: Heading(m[1] or m[2], "emtree", m[3].startswith("exp"), m[3].endswith("mj"))),
             (r"\[(\d{4})-(\d{4})\]/py", lambda m: years(m[1], m[2])),
             (r"\[(\w+)\]/lim", lambda m: language(m[1]))],
    line=r"#(\d+)")
