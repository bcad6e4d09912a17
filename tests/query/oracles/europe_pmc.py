"""Europe PMC: TITLE:, ABSTRACT:, KW: before one term; `*` in single words only (search syntax reference).

KW: looks in MeSH terms and other keywords of a record.
"""

from __future__ import annotations

from review.query.tree import ALL, Fields, Language
from tests.query.oracles.grammar import ABSTRACT, INDEX, KEYWORDS, TITLE, Grammar, boolean
from tests.query.oracles.words import years

FIELDS: dict[str, Fields] = {
    "TITLE": TITLE, "ABSTRACT": ABSTRACT, "KW": KEYWORDS | INDEX, "AUTH": frozenset({"author"}),
    "AFF": frozenset({"affiliation"}), "JOURNAL": frozenset({"journal"}),
}
_LANGUAGES = {"eng": "en", "chi": "zh", "fre": "fr", "ger": "de", "spa": "es", "por": "pt", "jpn": "ja", "kor": "ko",
              "rus": "ru", "ita": "it"}
GRAMMAR = Grammar(
    operators=boolean(), before=FIELDS, before_sign=":", before_groups=False, default=ALL, wildcards={"*": "*"},
    quoted_wildcards=False,
    special=[(r"PUB_YEAR:\[(\d{4}) TO (\d{4})\]", lambda m: years(m[1], m[2])),
             (r"LANG:(\w+)", lambda m: Language((_LANGUAGES[m[1]],)))])
