"""CNKI and Wanfang, professional search, with the definition's Chinese terms.

CNKI: TKA= is title, keywords and abstract; within one field `+ * -` are OR, AND, NOT. Wanfang: 主题: is
title, keywords and abstract. Years and languages are set on the website.
"""

from __future__ import annotations

from review.query.targets.dialect import Dialect
from review.query.tree import ALL, TIAB, TITLE

_ABSTRACT = frozenset({"abstract"})
_KEYWORDS = frozenset({"keywords"})

TARGETS = (
    Dialect(
        name="cnki", language="zh",
        fields={ALL: "FT=({})", TIAB: "TKA=({})", TITLE: "TI=({})", _ABSTRACT: "AB=({})", _KEYWORDS: "KY=({})"},
        approximates={ALL: "searched in whole texts"},
        grouped=True, quote_words=True, quotes=("'", "'"), inner_operators=(" * ", " + ", " - ")),
    Dialect(
        name="wanfang", language="zh",
        fields={ALL: "全部:({})", TIAB: "主题:({})", TITLE: "题名:({})",
                _ABSTRACT: "摘要:({})", _KEYWORDS: "关键词:({})"},
        grouped=True, quote_words=True, operators=(" and ", " or ", " not ")),
)
