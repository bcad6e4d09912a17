"""Text as a search sees it: words without case and accents; Chinese character by character."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Han (with its rare blocks), kana: scripts that are written without blanks between words.
_BY_CHARACTER = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\U00020000-\U0003ffff"
_WORD = re.compile(f"[{_BY_CHARACTER}]|[^\\W_{_BY_CHARACTER}]+")
_PATTERN = re.compile(f"[{_BY_CHARACTER}]|(?:[^\\W_{_BY_CHARACTER}]|[*?#])+")
_CJK = re.compile(f"[{_BY_CHARACTER}]")
# Every ASCII byte as a search sees it: letters small, digits, anything else a blank.
_PLAIN = bytes(ord(chr(b).lower()) if chr(b).isalnum() else 0x20 for b in range(128)) + b" " * 128


def fold(text: str) -> str:
    """Without case, accents and widths: "Café ＡＢ" -> "cafe ab"."""
    if text.isascii():
        return text.casefold()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


def words(text: str) -> list[str]:
    """The words of a text, folded; a hyphen or any other sign separates; each Chinese character is a word.

    >>> words("Left-behind children (留守儿童)")
    ['left', 'behind', 'children', '留', '守', '儿', '童']
    """
    return spaced(text).split()


def spaced(text: str) -> str:
    """The words of a text with blanks between."""
    if text.isascii():              # most texts; ten times as fast
        return text.encode("ascii").translate(_PLAIN).decode("ascii")
    return " ".join(_WORD.findall(fold(text)))


@lru_cache(maxsize=4096)
def patterns(text: str) -> tuple[str, ...]:
    """The words of a term, folded, with their wildcards (`*` any, `?` one or none, `#` exactly one).

    A wildcard right after a Chinese character says nothing (every character is a word) and goes.
    """
    out: list[str] = []
    for word in _PATTERN.findall(fold(text)):
        bare = word.strip("*?#")
        if bare or not (out and _CJK.fullmatch(out[-1])):
            out.append(word)
    while out and not out[-1].strip("*?#"):
        out.pop()
    while out and not out[0].strip("*?#"):
        out.pop(0)
    return tuple(out)


@lru_cache(maxsize=4096)
def matcher(pattern: str) -> re.Pattern[str] | None:
    """A regular expression for one word with wildcards; None for a plain word."""
    if not any(c in "*?#" for c in pattern):
        return None
    signs = {"*": ".*", "?": ".?", "#": "."}
    return re.compile("".join(signs.get(c) or re.escape(c) for c in pattern), re.DOTALL)


def covers(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
    """Whether every text with the words `narrow` holds the words `wide` too ("child*" covers "left child")."""
    if len(wide) > len(narrow) or not wide:
        return False
    return any(all(_word_covers(w, n) for w, n in zip(wide, narrow[at:], strict=False))
               for at in range(len(narrow) - len(wide) + 1))


def _word_covers(wide: str, narrow: str) -> bool:
    if wide == narrow:
        return True
    test = matcher(wide)
    if test is None:
        return False
    if wide.rstrip("*").isalnum() and wide.endswith("*"):
        return narrow.rstrip("*?#").startswith(wide[:-1])
    return matcher(narrow) is None and test.fullmatch(narrow) is not None
