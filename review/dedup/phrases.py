"""Phrases in titles that tell what a document is, as patterns; the habits of indexes behind each are named."""

from __future__ import annotations

import re

_ANY = re.IGNORECASE | re.VERBOSE

LANGUAGES = ("chinese", "german", "french", "spanish", "russian", "japanese", "italian", "polish", "portuguese",
             "turkish", "korean", "dutch", "czech", "hungarian")
_TONGUE = "|".join(LANGUAGES)

# Notes that indexes hang on a title: "[Review] [42 refs]", "(Structured abstract)", "[Article in German]".
NOTE = re.compile(rf"""
    \s*[\[(] (?: (?:structured|provisional|meeting|conference)\ abstract | brief\ record | see\ comments? | review
    | multiple\ letters | letter | editorial | comment | abstract(?:\ only)? | proceedings | poster | reprint | online
    | electronic | (?:article\ )?in\ (?:{_TONGUE}) | {_TONGUE} | abstract\ (?:no\.?|number)?[^\])]{{0,20}}
    | \d{{1,4}}\ ?refs?\.? | corrected\ and\ republished[^\])]* ) [\])] \.?\s*""", _ANY)
# "[Erratum appears in Sleep. 2009;9(9):2205]", often without its closing bracket (PubMed by Ovid).
NOTE_TO_END = re.compile(r"""
    \s*[\[(] (?: (?:published\ |see\ )? (?:erratum|correction|corrected|retraction|retracted|comment|reprint(?:ed)?
    | update|republished|corrected\ and\ republished)\b [^\[\]]{0,30} \b(?:appears?|in|from|on|of)\b
    | see\ comments?\b | comment(?:ary)?\ (?:in|on)\b ) .*$""", _ANY | re.DOTALL)
# "X... N Engl J Med. 2009 Jan 29;360(5):544-6": the article commented on (CINAHL).
CITED = re.compile(r"(?:\.\.\.|…)\s*\S.{0,80}\b(?:19|20)\d\d\b.{0,20};.*$", re.DOTALL)
# "Title. Spanish" (Embase).
LANGUAGE_TAIL = re.compile(r"(?<=[.\]?!])\s*[a-z]+\.?\s*$", re.IGNORECASE)
# "[PDF] Title" (Google Scholar).
SCHOLAR = re.compile(r"^\s*(?:\[(?:PDF|HTML|BOOK|CITATION|DOC|[BCH]|引用|图书|书籍)\]\s*)+")
# The article itself, marked as retracted.
RETRACTED = re.compile(r"""
    ^\W*(?:retracted(?:\ article|\ paper)?|withdrawn(?:\ article)?|temporary\ removal|removed)\s*[:.\]\-–—]+\s*""", _ANY)
# A notice on an article: at the start ...
NOTICE = re.compile(r"""
    ^\W* (?:(?:publisher|author|editorial)'?s?\s+)?
    (?:erratum|errata|corrigend(?:um|a)|corrections?|addendum|expression\ of\ concern
    | (?:notice\ of\ )?(?:partial\ )?retraction(?:\ note|\ notice)? | withdrawal(?:\ notice)? | retracted\ and\ replaced
    | 勘误|更正|撤稿)\b (?:\s*(?:to|of|for|in|on|note|notice)\b)* \s*[:.\-–—"“'‘\[(]*\s*""", _ANY)
# ... or at the end: "X (vol 39, pg 461, 2008)" (Web of Science), "X (Journal (2009) 360 (542-544))" (Embase).
NOTICE_TAIL = re.compile(r"""
    [\s(\[:.\-–—]+(?:(?:author\ |publisher\ )?correction|erratum|corrigendum|retraction)\W*(?:\((?:vol|\d)[^)]*\)\s*)?$
    | \(vol(?:ume)?\.?\ ?\d+,?\ ?(?:\(?[\d-]+\)?,?\ ?)?(?:pg|p|pp|page)[^)]*\)\s*$
    | \([^()]{3,90}\ \((?:19|20)\d\d\)[;:,]?\ \d+[^()]*\ ?(?:\([^()]*\)\ ?)*[^()]*\)\s*$""", _ANY)
NOTICE_WORDS = ("errat", "corrig", "correction", "retraction", "(vol")
# A reply, a comment, a letter on another document.
REPLY = re.compile(r"""
    ^\W* (?: (?:in\ |(?:the\ )?author'?s?'?\ |our\ )?(?:reply|response|rejoinder|rebuttal)\b(?=\s*(?:to|from|by|:|\.|$|-|–))
    | authors?'?\ (?:reply|response) | re\s*: | comments?(?:ary)?\s*(?:on|to|:|regarding)
    | letters?(?:\ to\ the\ editor)?\s*(?:re|regarding|on|to)?\s*: | letter\ regarding | discussion\ (?:of|on)\b
    | invited\ (?:commentary|discussion|comment) | editorial\ comment(?:ary)? | reader'?s?\ comments?
    | peer\ review\ (?:of|report) | review\ of\s*: )""", _ANY)
REPLY_TAIL = re.compile(r"""
    \b(?:authors?'?s?\ (?:reply|response)|reply\ by\ the\ authors?)\W*$
    | (?:[:.\-–—]\s*|[(\[]) (?:authors?'?\ )? (?:reply|response|invited\ commentary|comment(?:ary)?|rejoinder
    | author's\ response|reply\ to\ \w+|discussion) [\])]?\W*$""", _ANY)
# What comes out again and again, under one title.
RECURRING = re.compile(r"""
    \bannual\b | \byearly\b | \breports?\W*$ | ^\W*report\ of\ the | statistic | yearbook | \boutlook\b
    | ^\W*(?:the\ )?state\ of\b | at\ a\ glance | \bguidelines?\ for\b | \bcensus\b | \bbulletin\b | ^\W*survey\ of
    | \bindicators\ (?:of|for)\b | 年报|年鉴|年度|公报|普查""", _ANY)
# The number of a part: "Part II", "Study 2", "first report", "(二)", "... 3".
_COUNT = r"(\d{1,2}|[ivx]{1,4}|[a-d](?=\s*[:.,)]|\s*$)|one|two|three|four|five|six|seven|eight|nine|ten)"
PART = re.compile(rf"""
    \b(?:part|parts|study|paper|teil|parte|partie|section|series|volume|vol\.?|instalment|chapter|experiment)\s+{_COUNT}
    \b(?!\s*(?:diabetes|years?|months?|of\ \d))
    | 第\s*([一二三四五六七八九十\d]{{1,2}})\s*(?:部分|篇|报)""", re.VERBOSE)
PART_FIRST = re.compile(r"\b(first|second|third|fourth|fifth) (?:report|part|communication|paper|series)\b")
PART_END = re.compile(r"""
    [\s:.,;(\-–—]([ivx]{1,4}|\d)\s*[).]*$ | [(（]([一二三四五六七八九十]|\d)[)）]\s*$
    | 之([一二三四五六七八九])\s*$""", re.VERBOSE)
# "P-214: ", "Abstract 12 ": the number of an abstract in its meeting.
ABSTRACT_NUMBER = re.compile(r"""
    ^\W*(?:abstract\s+(?:no\.?\s*)?[a-z]{0,3}-?\d+|[a-z]{1,3}\d?-\d{1,4}|[a-z]{1,2}\d{2,4}|\#\d+|\d{3,5})
    \s*[:.]?\s+(?=\S+\s+\S+\s+\S+)""", _ANY)
# What says that the record is a meeting's abstract; "(Structured abstract)" is an index's note on an article.
ABSTRACT_MARK = re.compile(r"""
    [\[(] (?:(?:meeting|conference|congress|poster)\ )? abstract (?:\ only|\ (?:no\.?|number)?[^\])]{0,20})? [\])]
    | ^\W*abstract\s+(?:no\.?\s*)?[a-z]{0,3}-?\d""", _ANY)
# Cut off by a search engine.
CUT = re.compile(r"\s*(?:\.\.\.|…)\s*$")
CUT_START = re.compile(r"^\s*(?:\.\.\.|…)\s*")
# "[Translated title]. German", and "Title [Title in another language]", "Title = Other title".
BRACKETS = re.compile(r"^\s*\[(.*?)\]\s*\.?\s*(?:\[[^\]]{0,40}\]|\([^)]{0,40}\))?\s*\.?\s*$", re.DOTALL)
SECOND = re.compile(r"\s*[\[(]([^\])]{15,})[\])]\s*\.?\s*$|\s+[=/]\s+")
# Where a subtitle begins.
SUBTITLE = re.compile(r"\s*[:.?!;–—:。?!—(\[(]|\s-{1,2}\s?|--|,\s")
