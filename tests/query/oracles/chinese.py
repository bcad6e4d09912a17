"""CNKI and Wanfang, professional search.

CNKI: a field with =, values between straight single quotes, joined inside a field by * + - with blanks around,
outside it by AND OR NOT. TKA is title, keywords, abstract; SU subject; TI title; KY keywords; AB abstract; FT text.
Wanfang: field and colon before a group, and / or / not; 主题 is title, keywords, abstract.
"""

from __future__ import annotations

from review.query.tree import ALL, Fields
from tests.query.oracles.grammar import ABSTRACT, KEYWORDS, TITLE, Grammar, Sign, boolean

TOPIC: Fields = TITLE | ABSTRACT | KEYWORDS
CNKI = Grammar(
    operators=[*boolean(), (r"\+(?=\s)", lambda m: Sign("OR")), (r"\*(?=\s)", lambda m: Sign("AND")),
               (r"-(?=\s)", lambda m: Sign("NOT"))],
    before={"TKA": TOPIC, "TI": TITLE, "KY": KEYWORDS, "AB": ABSTRACT, "FT": ALL}, before_sign="=", quotes="'")
WANFANG = Grammar(
    operators=boolean("and", "or", "not"),
    before={"主题": TOPIC, "题名": TITLE, "关键词": KEYWORDS, "摘要": ABSTRACT, "全部": ALL}, before_sign=":")
