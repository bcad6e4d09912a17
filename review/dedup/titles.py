"""Titles: the words that make them, and what they say about the kind of document."""

from __future__ import annotations

import re
from typing import NamedTuple

from review.dedup import phrases
from review.dedup.text import has_han, is_greek_name, unmarked, words
from review.dedup.vocabulary import FUNCTION, GENERIC, PART_WORDS, TRIGGERS

_LONGEST = 1500                                         # characters; what is longer is no title
_LETTERS = re.compile(r"[a-z]+")
_ENDS_PART = frozenset("0123456789ivx).")
_DIGITS = re.compile(r"\d+")
_WORD_NUMBERS = {w: str(i + 1) for i, w in enumerate(
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"])}
_WORD_NUMBERS |= {"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "twice": "2",
                  "一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9", "十": "10"}
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12",
          "xiii": "13"}


class Title(NamedTuple):
    """A title taken apart. `text` is its folded words, `key` the same without blanks; `numbers` are its digits in
    order, Roman parts included."""

    text: str = ""
    key: str = ""
    numbers: tuple[str, ...] = ()
    cut: bool = False               # ends (or starts) in "..."
    generic: bool = False           # so common that alone it says nothing ("Editorial")
    short: bool = False             # one or two words: not one document's alone
    bracketed: bool = False         # [Translated title]
    han: bool = False
    heads: tuple[str, ...] = ()     # the title without its subtitle, or without the last of several

    @property
    def words(self) -> list[str]:
        """The folded words; kept as one string, since many titles are held at once."""
        return self.text.split(" ") if self.text else []


class Reading(NamedTuple):
    """What a title field holds: its forms (the first is the main one) and what it says of the kind."""

    forms: tuple[Title, ...] = ()
    notice: str = ""                # erratum, retraction, concern: the document is a notice on the one it names
    reply: bool = False
    protocol: bool = False
    part: str = ""                  # "2" in "Part II", "Study 2", "(二)"
    retracted: bool = False
    abstract: bool = False          # "X [Abstract]", "Abstract 12: X": a meeting's abstract
    recurring: bool = False         # the title of something that comes out again and again


def read(title: str, others: tuple[str, ...] = ()) -> Reading:
    """Take a title and its translations apart."""
    text = unmarked(title)[:_LONGEST].strip()
    if text[:1] == "[":
        text = phrases.SCHOLAR.sub("", text)
    if len(text) < 24 and _is_damage(text):
        text = ""
    retracted = phrases.RETRACTED.match(text) if text[:1] in "RrWwTt[<(*" else None
    if retracted:
        text = text[retracted.end():]
    low = text.lower()
    marked = "(" in text or "[" in text
    if marked:
        text = phrases.NOTE_TO_END.sub("", text) or text
    if ";" in text and ("..." in text or "…" in text):
        text = phrases.CITED.sub("", text) or text
    said = TRIGGERS.intersection(_LETTERS.findall(low)) if low.isascii() else TRIGGERS
    notice, text = _without_notice(text, low) if said or low[-2:].count(")") else ("", text)
    whole = text
    if marked:
        text = phrases.NOTE.sub(" ", text).strip()
    if low.rstrip(". ").endswith(phrases.LANGUAGES):
        text = phrases.LANGUAGE_TAIL.sub("", text)
    reply = bool(said) and bool(phrases.REPLY.match(text) or phrases.REPLY_TAIL.search(text))
    forms = _forms(text or whole)
    for other in others:
        forms += _forms(unmarked(other)[:_LONGEST].strip())
    if len(forms) > 1:
        kept = {f.key: f for f in reversed(forms) if f.key}
        forms = [kept[k] for k in dict.fromkeys(f.key for f in forms if f.key)]
    return Reading(tuple(f for f in forms if f.key), notice, reply, "protocol" in low or "研究方案" in low,
                   _part(low) if said or low[-1:] in _ENDS_PART else "", bool(retracted),
                   "abstract" in low and phrases.ABSTRACT_MARK.search(whole) is not None,
                   bool(said) and phrases.RECURRING.search(low) is not None)


def _part(low: str) -> str:
    """The number of the part that a title says it is."""
    found = phrases.PART.search(low) or phrases.PART_FIRST.search(low) or phrases.PART_END.search(low)
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
    found = phrases.NOTICE.match(text)
    if found and _is_notice(text, found):
        rest = text[found.end():].strip(" \"”'’])")
        return _notice_kind(found.group()), rest or text
    tail = phrases.NOTICE_TAIL.search(text) if low.endswith((")", ").")) or any(w in low for w in phrases.NOTICE_WORDS) else None
    if tail and tail.start() > 10:
        return _notice_kind(tail.group()), text[:tail.start()].strip()
    return "", text


def _notice_kind(words_of_it: str) -> str:
    low = words_of_it.casefold()
    if "retract" in low or "withdraw" in low or "撤稿" in low:
        return "retraction"
    return "concern" if "concern" in low else "erratum"


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
        return [f for line in lines for f in _forms(phrases.LANGUAGE_TAIL.sub("", line))]
    bracketed = phrases.BRACKETS.match(text) if text[0] == "[" else None
    if bracketed:
        return [_title(bracketed.group(1), bracketed=True)]
    out = [_title(text)]
    parts = [p for p in phrases.SECOND.split(text) if p and len(p) > (4 if has_han(p) else 12)] if any(
        c in text for c in "=/[(") else []
    if len(parts) == 2 and (has_han(parts[0]) != has_han(parts[1]) or re.search(r"\s=\s|\s/\s|\[", text)):
        out += [_title(p, bracketed="[" in text and p == parts[1]) for p in parts]
    return out


def _title(text: str, bracketed: bool = False) -> Title:
    cut = ("..." in text or "…" in text) and bool(phrases.CUT.search(text) or phrases.CUT_START.match(text))
    number = phrases.ABSTRACT_NUMBER.match(text)
    if number and not number.group().strip().isdigit():
        text = text[number.end():]
    found = words(text)
    key = "".join(found)
    han = has_han(key)
    short = len(found) < 5 if han else len(found) <= 2 or len(key) < 16
    return Title(" ".join(found), key, _numbers(found), cut, _generic(found), short, bracketed, han, _heads(text))


def _heads(text: str) -> tuple[str, ...]:
    """What stands before each colon, full stop, dash or bracket of a title."""
    ends = [m.start() for m in phrases.SUBTITLE.finditer(text)]
    return tuple("".join(words(text[:end])) for end in ends[:4]) if ends else ()


def _generic(found: list[str]) -> bool:
    """Whether so many documents bear such a title that it tells nothing alone."""
    letters = [w for w in found if not w.isdigit()]
    if len("".join(letters)) < (2 if letters and has_han(letters[0]) else 4):
        return True
    return "".join(letters) in GENERIC or (len(letters) <= 8 and all(w in GENERIC for w in letters))


def _numbers(found: list[str]) -> tuple[str, ...]:
    out: list[str] = []
    last = len(found) - 1
    for i, word in enumerate(found):
        if word in _ROMAN:
            out.append(_ROMAN[word])
        elif word in _WORD_NUMBERS:
            out.append(_WORD_NUMBERS[word])
        elif len(word) == 1 and word in "ivxabcd" and ((i and found[i - 1] in PART_WORDS) or (i == last and word in "ivx")):
            out.append({"i": "1", "v": "5", "x": "10"}.get(word, word))
        elif not word.isalpha():
            out.extend(n.lstrip("0") or "0" for n in _DIGITS.findall(word))
    return tuple(out)


def content(words_of_it: list[str]) -> list[str]:
    """The words of a title that carry meaning: no function words, no names of Greek letters (symbols get lost)."""
    return [w for w in words_of_it if w not in FUNCTION and w not in _ROMAN and w not in _WORD_NUMBERS
            and not is_greek_name(w)]


