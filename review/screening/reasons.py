"""Which of the definition's reasons a typed text names: its code, its label, a beginning, with a remark or without."""

from __future__ import annotations

import re
from collections.abc import Sequence

from review.sheets.text import plain

# What parts reasons from each other, or a reason from a remark.
PARTS = re.compile(r"[(\[:;,/+&\n]|\band\b|、|；|，|：|（|\s[-\u2010-\u2015]\s")

_TEXT = r"(?:the )?(?:full[- ]?texts?|pdfs?|papers?|articles?|reports?)"
_NOT = r"(?:is |was |were |are |be )?(?:un|not |in|never |no longer )"
_GOT = r"(?:retriev\w*|available|obtain\w*|accessible|accessed|found|received|got|on loan)"
# Words for a full text that nobody got: alone, or of a text ("data not available" is a reason of another kind).
_NO_TEXT = re.compile(
    rf"(?:{_TEXT} )?(?:{_NOT}{_GOT}|(?:could|can) ?(?:not|n't|n’t) be {_GOT}|missing|paywall\w*|behind (?:a|the) paywall)"
    rf"|(?:no|without|couldn't (?:get|find)|could not (?:get|find)|can't (?:get|find)|cannot (?:get|find)) "
    rf"(?:access(?: to {_TEXT})?|{_TEXT})(?: available| found)?"
    r"|(?:无|没有|未获取|未获得|找不到)全文|全文(?:不可得|未获取|无法获取|缺失)")


def no_full_text(text: str) -> bool:
    """Whether a reason typed at full text says that there is no full text: then the report was not retrieved (PRISMA
    2020, box 7), which is another thing than excluded."""
    said = " ".join(text.casefold().split()).strip(" .!")
    return any(_NO_TEXT.fullmatch(part.strip(" .!")) for part in (said, *PARTS.split(said)))


def match_reason(text: str, reasons: Sequence[tuple[str, str]]) -> str:
    """The code of the one reason that `text` names: its code, its label, both, or an unambiguous beginning.

    "" where it names none or could be two. Case, blanks and punctuation don't count.
    """
    folded = plain(text)
    if not folded:
        return ""
    exact = {code for code, label in reasons
             if folded in (plain(code), plain(label), plain(code + label), plain(label + code))}
    if len(exact) == 1:
        return exact.pop()
    if exact or len(folded) < (3 if folded.isascii() else 2):
        return ""
    begun = {code for code, label in reasons if plain(code).startswith(folded) or plain(label).startswith(folded)}
    return begun.pop() if len(begun) == 1 else ""


def reason_in(text: str, reasons: Sequence[tuple[str, str]]) -> str:
    """The code of the one reason that a text names, alone or with a remark after it ("Wrong population (adults)")."""
    whole = match_reason(text, reasons)
    if whole or not text:
        return whole
    parts = PARTS.split(text)
    named = {match_reason(part, reasons) for part in parts} - {""}
    return named.pop() if len(named) == 1 and match_reason(parts[0], reasons) else ""
