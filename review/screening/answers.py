"""What a typed decision means. Short forms and Chinese words are read; what could mean two things is asked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from .columns import DECISION_CHOICES
from .reasons import PARTS, match_reason, no_full_text, reason_in

INCLUDE, EXCLUDE, MAYBE = "include", "exclude", "maybe"
AWAITING, ONGOING = "awaiting-classification", "ongoing"


@dataclass(frozen=True)
class Meaning:
    """What a reviewer's answer means.

    `decision` is "" where the cell is blank or can't be read; `readable` tells the two apart. `message` says
    what to do, also where the decision is read but something is missing (a reason at full text).
    """

    decision: str
    reason: str = ""
    note: str = ""
    readable: bool = True
    message: str = ""


# Words that say it all, and nothing else. A remark may follow after a bracket, a dash, a comma: "no abstract" is no
# exclude. Only the words of _BARE take one after a mere blank ("excl wrong population").
_LONG = {
    INCLUDE: ("incl", "include", "included", "keep"),
    EXCLUDE: ("excl", "exclude", "excluded", "reject", "rejected", "drop"),
    MAYBE: ("maybe", "unsure", "unclear", "uncertain", "undecided"),
    AWAITING: ("awaiting classification", "awaiting-classification", "awaiting"),
    ONGOING: ("ongoing", "ongoing study"),
}
_SHORT = {
    INCLUDE: ("i", "in", "inc", "y", "yes", "inclusion", "是", "纳入", "入选", "包括", "包含", "保留"),
    EXCLUDE: ("e", "ex", "exc", "out", "n", "no", "exclusion", "not included", "not include", "do not include",
              "否", "排除", "剔除", "不纳入", "不包括", "不包含"),
    MAYBE: ("m", "may be", "perhaps", "possibly", "possible", "not sure", "don't know", "待定", "不确定", "可能",
            "存疑", "不清楚", "?", "??", "???"),
    AWAITING: ("待分类", "等待分类"),
    ONGOING: ("进行中", "正在进行"),
}
_PAIR_WORDS = {
    "same": ("same", "s", "duplicate", "duplicates", "dup", "identical", "same report", "相同", "重复", "同一篇"),
    "different": ("different", "d", "diff", "not same", "not the same", "not a duplicate", "not duplicates",
                  "no duplicate", "distinct", "不同", "不重复", "不是重复"),
    "unsure": (*_LONG[MAYBE], *_SHORT[MAYBE]),
}
_RETRIEVAL_WORDS = {
    "yes": ("yes", "y", "retrieved", "found", "have it", "ok", "是", "已获取", "有"),
    "no": ("no", "n", "not retrieved", "not found", "not available", "unavailable", "否", "未获取", "无"),
    "on loan": ("on loan", "loan", "ordered", "requested", "interlibrary loan", "ill", "馆际互借", "已请求"),
}


def _index(*tables: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {word: meaning for table in tables for meaning, words in table.items() for word in words}


_WORDS = _index(_LONG, _SHORT)
_LONG_WORDS = _index(_LONG)
_BARE = ("excl", "exclude", "excluded", "maybe", "unsure", "unclear", "uncertain", "?", "??", "???",
         "排除", "剔除", "待定", "不确定", "存疑")
_PAIRS = _index(_PAIR_WORDS)
_RETRIEVALS = _index(_RETRIEVAL_WORDS)
_CHINESE = tuple(sorted((w for w in _WORDS if not w.isascii()), key=len, reverse=True))
# Words that are a decision wherever they stand alone in a cell; a single letter or 是 may be anything.
_ALONE = {word: meaning for word, meaning in _WORDS.items()
          if word in _LONG_WORDS or word in _CHINESE and len(word) > 1 and meaning in (INCLUDE, EXCLUDE)}
_NONE = frozenset({"", "no", "n", "none", "n/a", "n.a", "na", "not a duplicate", "no duplicate", "否", "无", "没有", "不重复"})
_PAIRS_ALONE = ("same", "duplicate", "identical", "different", "distinct", "相同", "重复", "不同")

# What parts a decision from a remark after it. Chinese words run on without blanks, so a remark needs a mark before
# it there too: 纳入标准不符 ("does not meet the criteria for inclusion") begins with the word for include.
_SEPARATED = re.compile(r"^(?P<head>[^\s(\[:;,\u3002\uff0c-][^(\[:;,]*?)\s*"
                        r"(?:\s[-\u2010-\u2015]+\s*|[-\u2010-\u2015]+\s+|[\u2013-\u2015]|[:;,]\s*|\.\s+|(?=[(\[]))"
                        r"(?P<tail>.+)$", re.DOTALL)
# A remark that takes back or doubts what stands before it.
_DOUBT = re.compile(r"\?|\b(maybe|perhaps|possibly|not sure|unsure|unclear|uncertain|check|unless|if|discuss)\b"
                    r"|\u5f85\u5b9a|\u53ef\u80fd|\u4e0d\u786e\u5b9a|\u5b58\u7591", re.IGNORECASE)


def interpret(decision_raw: str, reason_raw: str, reasons: Sequence[tuple[str, str]], stage: str) -> Meaning:
    """What a reviewer's decision and reason cells mean.

    `reasons` are the definition's (code, label) pairs; `stage` is `title-abstract`, `full-text`, `other-methods`
    or `duplicates` (then the answer is same, different or unsure); for a conflict, the stage it arose at. Nothing
    is guessed: what isn't a known word is not readable, and the message says what is accepted.
    """
    raw, why = decision_raw.strip(), reason_raw.strip()
    folded = _folded(raw)
    if raw and not folded:
        return Meaning("", note=why, readable=False, message=_unread(raw, folded, "", stage))
    if not folded:
        if why:
            return Meaning("", note=why, readable=False,
                           message=f"There is a reason (“{_short(why)}”) but no decision. {_accepted(stage)}")
        return Meaning("")
    if stage == "duplicates":
        return _pair(raw, folded, why, stage)
    elsewhere = decision_word(why)
    decision, tail = _decision(folded, raw)
    if elsewhere and elsewhere != decision:
        return Meaning("", readable=False, message=f"Decision says “{_short(raw)}”, and Reason “{_short(why)}”. "
                                                   "Correct one of the two.")
    if not decision or decision not in _offered(stage):
        return Meaning("", note=why, readable=False, message=_unread(raw, folded, decision, stage))
    if tail and decision != MAYBE and _DOUBT.search(tail):
        return Meaning("", note=why, readable=False,
                       message=f"“{_short(raw)}” says {decision} and doubts it. {_accepted(stage)}")
    return _with_reason(decision, tail, why, reasons, stage)


def decision_word(text: str, pairs: bool = False) -> str:
    """The decision that a cell names by a whole word and nothing else ("exclude", "纳入"); "" for any other text.

    For cells in which no decision belongs. Single letters, yes and no are none there. `pairs`: same, different.
    """
    if not text or len(text) > 40:
        return ""
    folded = _folded(text)
    if pairs:
        return _PAIRS[folded] if folded in _PAIRS_ALONE else ""
    return _ALONE.get(folded, "")


def says_none(text: str) -> bool:
    """Whether a cell that may hold a key says that there is none ("no", "-", "n/a", "无")."""
    return _folded(text).strip("-\u2010\u2013\u2014/.") in _NONE


def interpret_retrieval(raw: str) -> Meaning:
    """What the cell under Retrieved means: the decision is `yes`, `no`, `on loan` or "" (blank)."""
    folded = _folded(raw)
    if not folded:
        return Meaning("")
    found = _RETRIEVALS.get(folded)
    if found:
        return Meaning(found)
    return Meaning("", readable=False, message=f"“{_short(raw)}” under Retrieved can't be read. "
                                               "Type yes, no or on loan.")


def _folded(raw: str) -> str:
    """Full-width letters made plain, lower case; outer blanks, quotes, closing marks and what nobody sees gone."""
    text = unicodedata.normalize("NFKC", raw).casefold().replace("\u2019", "'")
    if not text.isascii():
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    text = " ".join(text.split()).strip("\"'“”‘ ")
    return text if not text.strip(".,;:!。、") else text.rstrip(".,;:!。、 ")


def _decision(folded: str, raw: str) -> tuple[str, str]:
    """The decision in a cell and the remark after it; ("", "") where there is none or more than one."""
    whole = folded if folded.isascii() else folded.replace(" ", "")
    if whole in _WORDS:
        return _WORDS[whole], ""
    if folded.rstrip("? ") in ("maybe", "m", "unsure", "unclear", "待定", "可能", "不确定"):
        return MAYBE, ""
    head, tail = folded, ""
    parted = _SEPARATED.match(folded)
    if parted and parted["head"] in _WORDS:
        head, tail = parted["head"], parted["tail"]
    else:
        first, _, rest = folded.partition(" ")
        if first in _BARE and rest:
            head, tail = first, rest
    if head not in _WORDS:
        return "", ""
    decision = _WORDS[head]
    if _says_otherwise(tail, decision):
        return "", ""
    return decision, _remark(tail, raw)


def _says_otherwise(tail: str, decision: str) -> bool:
    """Whether the remark holds a word for another decision ("yes, no"), or is but a letter or number ("n, a")."""
    if tail and not re.search(r"[^\W\d]", tail):
        return tail.strip(" -.()[]:").isdigit()         # "include: 5" is a tally, "exclude 3" a reason's number perhaps
    words = re.findall(r"[a-z]+", tail)
    if len(tail.strip(" -.()[]")) == 1 and words:
        return True
    if words and words[0] in ("y", "n", "yes", "no", "i", "e", "in", "out", "m") and len(words) == 1:
        return _WORDS[words[0]] != decision
    others = {w for w, meaning in _LONG_WORDS.items() if meaning != decision and w != "drop" and w != "keep"}
    chinese = any(w in tail for w in _CHINESE if len(w) > 1 and _WORDS[w] != decision)
    return bool(others & set(words)) or chinese


def _remark(tail: str, raw: str) -> str:
    """The remark as it was typed (capitals kept), without the brackets or dashes around it."""
    text = tail.strip(" -\u2010\u2011\u2012\u2013\u2014\u2015:;,.\u3002\uff0c")
    if text[:1] + text[-1:] in ("()", "[]"):
        text = text[1:-1].strip()
    plain_raw = " ".join(unicodedata.normalize("NFKC", raw).split())
    place = plain_raw.casefold().rfind(text)
    if text and place >= 0 and len(plain_raw.casefold()) == len(plain_raw):
        return plain_raw[place:place + len(text)]
    return text


def _with_reason(decision: str, tail: str, why: str, reasons: Sequence[tuple[str, str]], stage: str) -> Meaning:
    """Put decision, remark and reason together; say what is missing or contradicts."""
    code, from_tail = reason_in(why, reasons), reason_in(tail, reasons)
    notes = [text for text in (why, tail) if text and not match_reason(text, reasons)]
    note = "; ".join(notes)
    labels = dict(reasons)
    if decision != EXCLUDE:
        named = code or from_tail
        if named and decision == INCLUDE:
            return Meaning("", note=note, readable=False,
                           message=f"The decision is include, but “{labels[named]}” is a reason to exclude. "
                                   "Correct one of the two.")
        considered = f"reason considered: {labels[named]}" if named else ""
        return Meaning(decision, note="; ".join(t for t in (note, considered) if t))
    if code and from_tail and code != from_tail:
        both = f"{labels[code]}; {labels[from_tail]}"
        return Meaning(EXCLUDE, note="; ".join(t for t in (note, both) if t),
                       message=f"Two reasons are named ({both}). Keep the one that counts under Reason.")
    reason = code or from_tail
    if reason or stage == "title-abstract" or not reasons:
        return Meaning(EXCLUDE, reason, note)
    if no_full_text(note):
        return Meaning(EXCLUDE, "", note, message=f"“{_short(note)}” means not retrieved, not excluded: leave Decision empty "
                                                  "and put no under Retrieved.")
    offered = ", ".join(label for _, label in reasons)
    several = {match_reason(part, reasons) for part in PARTS.split(note)} - {""}
    if len(several) > 1:
        return Meaning(EXCLUDE, "", note, message=f"More than one reason is named (“{_short(note)}”). "
                                                  "Keep the one that counts under Reason.")
    said = f"“{_short(note)}” is none of the review's reasons" if note else "An exclude at full text needs a reason"
    return Meaning(EXCLUDE, "", note, message=f"{said}. Choose one under Reason: {offered}.")


def _pair(raw: str, folded: str, why: str, stage: str) -> Meaning:
    answer = _PAIRS.get(folded, "")
    if not answer:
        parted = _SEPARATED.match(folded)
        if parted and not _DOUBT.search(parted["tail"]):
            answer = _PAIRS.get(parted["head"], "")
            why = "; ".join(t for t in (why, _remark(parted["tail"], raw)) if t)
    if answer:
        return Meaning(answer, note=why)
    return Meaning("", note=why, readable=False, message=f"“{_short(raw)}” can't be read. {_accepted(stage)}")


def _offered(stage: str) -> tuple[str, ...]:
    return tuple(c.replace(" ", "-") for c in DECISION_CHOICES.get(stage, DECISION_CHOICES["full-text"]))


def _unread(raw: str, folded: str, decision: str, stage: str) -> str:
    """Why a decision was not read, and what to do."""
    if decision:
        return f"“{_short(raw)}” is no decision at this stage. {_accepted(stage)}"
    if folded.startswith(("dup", "重复")):
        return f"“{_short(raw)}”: type the key of the other report under Duplicate of. {_accepted(stage)}"
    return f"“{_short(raw)}” can't be read as a decision. {_accepted(stage)}"


def _accepted(stage: str) -> str:
    """What may be typed, in a sentence."""
    if stage == "duplicates":
        return "Type same, different or unsure."
    words = [c.replace("-", " ") for c in _offered(stage)]
    forms = " (short: i, e, m; y, n, ?; 纳入, 排除, 待定)"
    return f"Type {', '.join(words[:-1])} or {words[-1]}{forms}."


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "..."
