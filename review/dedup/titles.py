"""Titles: the words that make them, and what they say about the kind of document."""

from __future__ import annotations

import re
from typing import NamedTuple

from review.dedup.text import has_han, is_greek_name, unmarked, words

# Notes that indexes hang on a title; they belong to the index, not to the document.
_NOTE = re.compile(
    r"\s*[\[(](?:structured abstract|provisional abstract|brief record|see comments?|review|multiple letters|letter|"
    r"editorial|comment|abstract|"
    r"(?:article )?in (?:chinese|german|french|spanish|russian|japanese|italian|polish|portuguese|korean|turkish)|"
    r"chinese|german|french|spanish|russian|japanese|italian|polish|portuguese|turkish|"
    r"meeting abstract|conference abstract|abstract only|proceedings|poster|reprint|online|electronic|"
    r"abstract (?:no\.?|number)?[^\])]{0,20}|\d{1,4} ?refs?\.?|corrected and republished[^\])]*)[\])]\.?\s*", re.IGNORECASE)
_NOTE_TO_END = re.compile(
    r"\s*[\[(](?:(?:published |see )?(?:erratum|correction|corrected|retraction|retracted|comment|reprint(?:ed)?|update|republished|"
    r"corrected and republished)\b[^\[\]]{0,30}\b(?:appears?|in|from|on|of)\b|see comments?\b|comment(?:ary)? (?:in|on)\b).*$",
    re.IGNORECASE | re.DOTALL)
_CITED = re.compile(r"(?:\.\.\.|…)\s*\S.{0,80}\b(?:19|20)\d\d\b.{0,20};.*$", re.DOTALL)    # "X... N Engl J Med. 2009 Jan 29;360(5)"
_LANGUAGE_TAIL = re.compile(r"(?<=[.\]?!])\s*[a-z]+\.?\s*$", re.IGNORECASE)
_RETRACTED = re.compile(r"^\W*(?:retracted(?: article| paper)?|withdrawn(?: article)?|temporary removal|removed)\s*[:.\]\-–—]+\s*",
                        re.IGNORECASE)
_ERRATUM = re.compile(
    r"^\W*(?:(?:publisher|author|editorial)'?s?\s+)?(?:erratum|errata|corrigend(?:um|a)|correction(?:s)?|addendum|"
    r"expression of concern|(?:notice of )?(?:partial )?retraction(?: note| notice)?|withdrawal(?: notice)?|"
    r"retracted and replaced|勘误|更正|撤稿)\b(?:\s*(?:to|of|for|in|on|note|notice)\b)*\s*[:.\-–—\"“'‘\[(]*\s*", re.IGNORECASE)
_ERRATUM_TAIL = re.compile(
    r"[\s(\[:.\-–—]+(?:erratum|corrigendum|correction|retraction|author correction|publisher correction)\W*"
    r"(?:\((?:vol|\d)[^)]*\)\s*)?$|"
    r"\(vol(?:ume)?\.? ?\d+,? ?(?:\(?[\d-]+\)?,? ?)?(?:pg|p|pp|page)[^)]*\)\s*$|"
    r"\([^()]{3,90} \((?:19|20)\d\d\)[;:,]? \d+[^()]* ?(?:\([^()]*\) ?)*[^()]*\)\s*$", re.IGNORECASE)
_REPLY = re.compile(
    r"^\W*(?:(?:in |author'?s?'? |the author'?s? |authors'? |our )?(?:reply|response|rejoinder|rebuttal)\b(?=\s*(?:to|from|by|:|\.|$|-|–|by))|"
    r"authors?'? (?:reply|response)|re\s*:|comments?(?:ary)?\s*(?:on|to|:|regarding)|letters?(?: to the editor)?\s*(?:re|regarding|on|to)?\s*:|"
    r"letter regarding|discussion (?:of|on)\b|invited (?:commentary|discussion|comment)|editorial comment(?:ary)?|reader'?s? comments?|"
    r"peer review (?:of|report)|review of\s*:)", re.IGNORECASE)
_REPLY_TAIL = re.compile(r"\b(?:authors?'?s? (?:reply|response)|reply by the authors?)\W*$|(?:[:.\-–—]\s*|[(\[])(?:authors?'? )?(?:reply|response|authors?'? reply|invited commentary|comment(?:ary)?|rejoinder|"
                         r"author's response|reply to \w+|discussion)[\])]?\W*$", re.IGNORECASE)
_LANGUAGES = ("chinese", "german", "french", "spanish", "russian", "japanese", "italian", "polish", "portuguese", "turkish",
              "korean", "dutch", "czech", "hungarian")
# Words without which a title is no notice, reply, part, or one of a series of editions.
_TRIGGERS = frozenset(["erratum", "errata", "corrigendum", "corrigenda", "correction", "corrections", "addendum", "expression", "retraction", "retracted", "withdrawal", "vol", "volume", "reply", "replies", "response", "rejoinder", "rebuttal", "re", "comment", "comments", "commentary", "letter", "letters", "discussion", "invited", "editorial", "reader", "readers", "peer", "review", "author", "authors", "part", "parts", "study", "paper", "teil", "parte", "partie", "section", "series", "instalment", "chapter", "experiment", "first", "second", "third", "fourth", "fifth", "report", "reports", "annual", "annually", "yearly", "survey", "statistics", "statistical", "yearbook", "outlook", "guideline", "guidelines", "state", "glance", "census", "bulletin", "monitor", "indicators"])
_LETTERS = re.compile(r"[a-z]+")
_ENDS_PART = frozenset("0123456789ivx).")
_NOTICE_WORDS = ("errat", "corrig", "correction", "retraction", "(vol")
_SCHOLAR = re.compile(r"^\s*(?:\[(?:PDF|HTML|BOOK|CITATION|DOC|[BCH]|引用|图书|书籍)\]\s*)+")
_RECURRING = re.compile(r"\breport\b|\bannual|\byearly|\bsurvey of|statistic|yearbook|\boutlook|\bguidelines?\b|\bstate of\b|"
                        r"at a glance|\bcensus\b|\bbulletin\b|\bmonitor\b|\bindicators\b|年报|年鉴|年度|公报|普查")
_CUT = re.compile(r"\s*(?:\.\.\.|…)\s*$")
_CUT_START = re.compile(r"^\s*(?:\.\.\.|…)\s*")
_BRACKETS = re.compile(r"^\s*\[(.*?)\]\s*\.?\s*(?:\[[^\]]{0,40}\]|\([^)]{0,40}\))?\s*\.?\s*$", re.DOTALL)
_ABSTRACT_NUMBER = re.compile(r"^\W*(?:abstract\s+(?:no\.?\s*)?[a-z]{0,3}-?\d+|[a-z]{1,3}\d?-\d{1,4}|[a-z]{1,2}\d{2,4}|#\d+|\d{3,5})\s*[:.]?\s+(?=\S+\s+\S+\s+\S+)",
                              re.IGNORECASE)
_SECOND = re.compile(r"\s*[\[(]([^\])]{15,})[\])]\s*\.?\s*$|\s+[=/]\s+")
_DIGITS = re.compile(r"\d+")
_WORD_NUMBERS = {w: str(i + 1) for i, w in enumerate(
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"])}
_WORD_NUMBERS |= {"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "twice": "2",
                  "一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9", "十": "10"}
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12",
          "xiii": "13"}
_PART_WORDS = frozenset(["part", "parts", "type", "phase", "class", "stage", "grade", "factor", "study", "section", "chapter", "volume", "vol", "number", "no", "paper", "report", "series", "group", "level", "experiment", "module", "teil", "parte", "partie"])
_SUBTITLE = re.compile(r"\s*[:.?!;–—:。?!—(\[(]|\s-{1,2}\s?|--|,\s")
_NOTHING: frozenset[str] = frozenset()
_COUNT_WORD = r"(\d{1,2}|[ivx]{1,4}|[a-d]|one|two|three|four|five|six|seven|eight|nine|ten)"
_PART = re.compile(rf"\b(?:part|parts|study|paper|teil|parte|partie|section|series|volume|vol\.?|instalment|chapter|experiment)\s+{_COUNT_WORD}"
                   r"\b(?!\s*(?:diabetes|years?|months?|of \d))|第\s*([一二三四五六七八九十\d]{1,2})\s*(?:部分|篇|报)")
_PART_FIRST = re.compile(r"\b(first|second|third|fourth|fifth) (?:report|part|communication|paper|series)\b")
_PART_END = re.compile(r"[\s:.,;(\-–—]([ivx]{1,4}|\d)\s*[).]*$|[(（]([一二三四五六七八九十]|\d)[)）]\s*$|之([一二三四五六七八九])\s*$")

# Titles that thousands of documents bear: alone they say nothing.
_GENERIC = frozenset(["editorial", "editorials", "reply", "response", "comment", "comments", "commentary", "letter", "letters", "introduction", "preface", "foreword", "abstracts", "abstract", "index", "contents", "announcement", "announcements", "news", "erratum", "errata", "corrigendum", "correction", "corrections", "retraction", "obituary", "book", "review", "reviews", "books", "conclusion", "conclusions", "discussion", "summary", "overview", "acknowledgment", "acknowledgements", "acknowledgements", "meeting", "meetings", "proceedings", "poster", "posters", "oral", "presentations", "presentation", "session", "sessions", "calendar", "miscellaneous", "untitled", "title", "author", "authors", "in", "response", "from", "the", "editor", "editors", "to", "letter", "editor's", "note", "notes", "this", "issue", "reviewers", "reviewer", "list", "of", "thanks", "guest", "invited", "perspective", "perspectives", "viewpoint", "opinion", "current", "literature", "journal", "club", "clinical", "trials", "trial", "case", "report", "reports", "images", "image", "picture", "of", "month", "what's", "new", "highlights", "research", "briefs", "brief", "communication", "communications", "original", "article", "articles", "short", "supplement", "program", "programme", "scientific", "session", "annual", "meeting", "and", "abstracts", "references", "bibliography", "glossary", "appendix", "notice", "subject", "author", "index", "masthead", "cover", "editorial", "board", "information", "for", "contributors", "instructions", "special", "section", "untitled", "not", "available", "no", "title", "available", "response", "authors", "reply", "authors's", "correspondence", "message", "president", "president's", "welcome", "prologue", "epilogue", "afterword", "postscript", "q", "a", "questions", "answers", "question", "answer", "update", "updates", "社论", "编者按", "前言", "目录", "卷首语", "书评", "通知", "更正", "勘误", "征稿", "启事"])


class Title(NamedTuple):
    """A title taken apart. `key` has no blanks; `numbers` are its digits in order, Roman parts included."""

    words: tuple[str, ...] = ()
    key: str = ""
    numbers: tuple[str, ...] = ()
    cut: bool = False               # ends (or starts) in "..."
    generic: bool = False           # so common that alone it says nothing ("Editorial")
    short: bool = False             # one or two words: not one document's alone
    bracketed: bool = False         # [Translated title]
    han: bool = False
    heads: frozenset[str] = frozenset()     # the title without its subtitle, or without the last of several


class Reading(NamedTuple):
    """What a title field holds: its forms (the first is the main one) and what it says of the kind."""

    forms: tuple[Title, ...] = ()
    notice: str = ""                # erratum, retraction, concern: the document is a notice on the one it names
    reply: bool = False
    protocol: bool = False
    part: str = ""                  # "2" in "Part II", "Study 2", "(二)"
    retracted: bool = False
    recurring: bool = False         # the title of something that comes out again and again


def read(title: str, others: tuple[str, ...] = ()) -> Reading:
    """Take a title and its translations apart."""
    text = unmarked(title).strip()
    if text[:1] == "[":
        text = _SCHOLAR.sub("", text)
    if len(text) < 24 and _is_damage(text):
        text = ""
    retracted = _RETRACTED.match(text) if text[:1] in "RrWwTt[<(*" else None
    if retracted:
        text = text[retracted.end():]
    low = text.lower()
    marked = "(" in text or "[" in text
    if marked:
        text = _NOTE_TO_END.sub("", text) or text
    if ";" in text and ("..." in text or "…" in text):
        text = _CITED.sub("", text) or text
    said = _TRIGGERS.intersection(_LETTERS.findall(low)) if low.isascii() else _TRIGGERS
    notice, text = _without_notice(text, low) if said or low[-2:].count(")") else ("", text)
    whole = text
    if marked:
        text = _NOTE.sub(" ", text).strip()
    if low.rstrip(". ").endswith(_LANGUAGES):
        text = _LANGUAGE_TAIL.sub("", text)
    reply = bool(said) and bool(_REPLY.match(text) or _REPLY_TAIL.search(text))
    forms = _forms(text or whole)
    for other in others:
        forms += _forms(unmarked(other).strip())
    if len(forms) > 1:
        kept = {f.key: f for f in reversed(forms) if f.key}
        forms = [kept[k] for k in dict.fromkeys(f.key for f in forms if f.key)]
    return Reading(tuple(f for f in forms if f.key), notice, reply, "protocol" in low or "研究方案" in low,
                   _part(low) if said or low[-1:] in _ENDS_PART else "", bool(retracted),
                   bool(said) and _RECURRING.search(low) is not None)


def _part(low: str) -> str:
    """The number of the part that a title says it is."""
    found = _PART.search(low) or _PART_FIRST.search(low) or _PART_END.search(low)
    if not found:
        return ""
    word = next(g for g in found.groups() if g)
    return _ROMAN.get(word) or _WORD_NUMBERS.get(word) or {"i": "1", "v": "5", "x": "10"}.get(word, word)


def _is_damage(text: str) -> bool:
    """A spreadsheet's error, or a word for "nothing", in the place of a title."""
    return text.strip(" .").casefold() in ("#name?", "#ref!", "#value!", "#n/a", "#null!", "#div/0!", "#num!", "nan", "null",
                                     "none", "n/a", "na", "no title", "untitled", "[no title available]", "not available",
                                     "no title available", "title not available", "unknown")


def _without_notice(text: str, low: str) -> tuple[str, str]:
    """The kind of notice that a title announces, if any, and the title of the document it is about."""
    found = _ERRATUM.match(text)
    if found and _is_notice(text, found):
        rest = text[found.end():].strip(" \"”'’])")
        return _notice_kind(found.group()), rest or text
    tail = _ERRATUM_TAIL.search(text) if low.endswith((")", ").")) or any(w in low for w in _NOTICE_WORDS) else None
    if tail and tail.start() > 10:
        return _notice_kind(tail.group()), text[:tail.start()].strip()
    return "", text


def _notice_kind(words_of_it: str) -> str:
    low = words_of_it.casefold()
    return "retraction" if "retract" in low or "withdraw" in low or "撤稿" in low else "concern" if "concern" in low else "erratum"


def _is_notice(text: str, found: re.Match[str]) -> bool:
    """"Correction: X" and "Erratum to X" are notices; "Correction of scoliosis in children" is an article."""
    head = found.group().casefold()
    if any(w in head for w in ("errat", "corrigend", "publisher", "author", "concern", "notice", "勘误", "更正", "撤稿", "note")):
        return True
    return bool(re.search(r"[:.\-–—\"“‘\[(]\s*$", head.rstrip())) or found.end() >= len(text) or (
        "correction to" in head or "correction for" in head or "corrections to" in head or "retraction of" in head
        or "addendum to" in head)


def _forms(text: str) -> list[Title]:
    """The title, and the parts of a title that gives two languages."""
    if not text:
        return []
    lines = [line.strip() for line in text.splitlines() if len(line.strip()) > 12] if "\n" in text else []
    if len(lines) == 2 and len(text) > 40 and not lines[1][:1].islower():
        return [f for line in lines for f in _forms(_LANGUAGE_TAIL.sub("", line))]
    bracketed = _BRACKETS.match(text) if text[0] == "[" else None
    if bracketed:
        return [_title(bracketed.group(1), bracketed=True)]
    out = [_title(text)]
    parts = [p for p in _SECOND.split(text) if p and len(p) > (4 if has_han(p) else 12)] if any(
        c in text for c in "=/[(") else []
    if len(parts) == 2 and (has_han(parts[0]) != has_han(parts[1]) or re.search(r"\s=\s|\s/\s|\[", text)):
        out += [_title(p, bracketed="[" in text and p == parts[1]) for p in parts]
    return out


def _title(text: str, bracketed: bool = False) -> Title:
    cut = ("..." in text or "…" in text) and bool(_CUT.search(text) or _CUT_START.match(text))
    number = _ABSTRACT_NUMBER.match(text)
    if number and not number.group().strip().isdigit():
        text = text[number.end():]
    found = words(text)
    key = "".join(found)
    han = has_han(key)
    short = len(found) < 5 if han else len(found) <= 2 or len(key) < 16
    return Title(tuple(found), key, _numbers(found), cut, _generic(found), short, bracketed, han, _heads(text))


def _heads(text: str) -> frozenset[str]:
    """What stands before each colon, full stop, dash or bracket of a title."""
    ends = [m.start() for m in _SUBTITLE.finditer(text)]
    return frozenset("".join(words(text[:end])) for end in ends[:4]) if ends else _NOTHING


def _generic(found: list[str]) -> bool:
    """Whether so many documents bear such a title that it tells nothing alone."""
    letters = [w for w in found if not w.isdigit()]
    if len("".join(letters)) < (2 if letters and has_han(letters[0]) else 4):
        return True
    return "".join(letters) in _GENERIC or (len(letters) <= 8 and all(w in _GENERIC for w in letters))


def _numbers(found: list[str]) -> tuple[str, ...]:
    out: list[str] = []
    last = len(found) - 1
    for i, word in enumerate(found):
        if word in _ROMAN:
            out.append(_ROMAN[word])
        elif word in _WORD_NUMBERS:
            out.append(_WORD_NUMBERS[word])
        elif len(word) == 1 and word in "ivxabcd" and ((i and found[i - 1] in _PART_WORDS) or (i == last and word in "ivx")):
            out.append({"i": "1", "v": "5", "x": "10"}.get(word, word))
        elif not word.isalpha():
            out.extend(n.lstrip("0") or "0" for n in _DIGITS.findall(word))
    return tuple(out)


def content(title: Title) -> tuple[str, ...]:
    """The words that carry meaning: no function words, no names of Greek letters (symbols get lost)."""
    return tuple(w for w in title.words if w not in _FUNCTION and w not in _ROMAN and w not in _WORD_NUMBERS
                 and not is_greek_name(w))


_FUNCTION = frozenset(["a", "an", "the", "of", "in", "on", "at", "to", "for", "from", "by", "with", "and", "or", "as", "is", "are", "be", "its", "it", "their", "this", "that", "than", "into", "via", "de", "la", "le", "les", "des", "du", "et", "en", "der", "die", "das", "und", "von", "im", "zur", "zum", "el", "los", "las", "un", "una", "y", "e", "del", "di", "il"])


