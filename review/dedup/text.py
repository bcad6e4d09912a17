"""Folding of text: what two databases print differently is made alike, meaning is left alone.

Every function takes and gives plain strings. Folded text is lower case, has Latin letters without
accents, no markup, and single blanks between words; each Han character is a word of its own, in its simplified form.
"""

from __future__ import annotations

import html
import re
import unicodedata

from review.dedup.han import SIMPLIFIED

_LIMIT = 20_000                                         # characters; longer fields are damage, not text

_INLINE_TAG = re.compile(r"</?(?:sub|sup|i|b|em|strong|u|sc|scp|span|font|inf|italic|bold|jats:\w+|mml:\w+)"
                         r"(?:\s[^<>]{0,200})?/?>", re.IGNORECASE)
_TAG = re.compile(r"<[/!?]?[a-zA-Z][^<>]{0,200}>")
_LATEX_ACCENT = re.compile(r"\\[\"'`^~=.uvHck]\s?\{?([A-Za-z])\}?")
_LATEX_FONT = re.compile(r"\\(?:text|math)?(?:it|bf|rm|sc|up|tt|emph|sub|super)(?:script)?\b")
# A letter of UTF-8 in the letters of Windows-1252: a leading byte and one to three that continue it.
_NEXT = "[\u0080-\u00bf" + bytes(b for b in range(0x80, 0xa0) if b not in (0x81, 0x8d, 0x8f, 0x90, 0x9d)).decode("cp1252") + "]"
_MISREAD = re.compile(f"[\u00c2-\u00df]{_NEXT}|[\u00e0-\u00ef]{_NEXT}{{2}}|[\u00f0-\u00f4]{_NEXT}{{3}}")
_CAN_BE_MARKUP = re.compile(r"[<&\\{]")
_LANGUAGE = re.compile(r"\b([cfj])(\+\+|#)")            # C++ and C# are two languages
_WORD = re.compile(r"[^\W_]+")
_KANA = re.compile(r"[\u3041-\u309f\u30a1-\u30fa]")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")

_GREEK = {c: unicodedata.name(c).split()[-1].lower() for c in "αβγδεζηθικλμνξοπρστυφχψω"}
_GREEK["λ"] = "lambda"                                  # Unicode spells it "lamda"
_GREEK |= {"ς": "sigma", "ϕ": "phi", "ϑ": "theta", "ϵ": "epsilon", "ϰ": "kappa", "ϱ": "rho"}
# Letters that compatibility decomposition leaves alone, as catalogues transliterate them.
_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h",
            "ŋ": "n", "ʹ": "", "ʼ": "", "ʾ": "", "ʿ": "", "’": "'", "‘": "'", "´": "'", "`": "'"}
# Cyrillic as catalogues write it in Latin letters (the Library of Congress, without its marks).
_CYRILLIC = dict(zip("абвгдезийклмнопрстуфыэіґ", "abvgdeziiklmnoprstufyeig", strict=True)) | {
    "ё": "e", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "iu", "я": "ia",
    "ї": "i", "є": "e"}
_ONE = str.maketrans(_GREEK | _LETTERS | _CYRILLIC) | SIMPLIFIED
_GREEK_WORDS = frozenset(_GREEK.values())


def _reread(found: re.Match[str]) -> str:
    """Two to four letters that are one letter of UTF-8, read as Windows-1252 ("Ã©" for "é")."""
    try:
        return bytes(ord(c) if ord(c) < 256 else c.encode("cp1252")[0] for c in found.group()).decode("utf-8")
    except UnicodeError:
        return found.group()


def unmarked(text: str) -> str:
    """`text` without HTML, JATS and LaTeX markup; entities resolved (twice: exports escape twice)."""
    text = text[:_LIMIT]
    if not text.isascii():
        text = _MISREAD.sub(_reread, text)
    if _CAN_BE_MARKUP.search(text):
        if "&" in text:
            text = html.unescape(html.unescape(text))
        if "<" in text:
            text = _TAG.sub(" ", _INLINE_TAG.sub("", text))
        if "\\" in text or "{" in text:
            text = _LATEX_ACCENT.sub(r"\1", text)
            text = _LATEX_FONT.sub("", text).replace("{", "").replace("}", "").replace("\\", "").replace("$", "")
    return text


def plain(text: str) -> str:
    """Lower case without markup, accents or compatibility forms; punctuation stays."""
    text = unmarked(text)
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).casefold().translate(_ONE)
    if text.isascii():
        return text
    # Only marks over letters that have a plain form: Thai, Hindi or Arabic vowels must stay.
    return "".join(c for c in unicodedata.normalize("NFKD", text)
                   if not ("\u0300" <= c <= "\u036f") and unicodedata.category(c) != "Cf")


def folded_word(word: str) -> str:
    """One word, free of markup already, in lower case without accents."""
    return word.lower() if word.isascii() else plain(word)


def words(text: str) -> list[str]:
    """The folded words of `text`; a Han character is a word, digits and letters stay together."""
    folded = plain(text).replace("'", "")
    if "+" in folded or "#" in folded:
        folded = _LANGUAGE.sub(lambda m: m.group(1) + ("sharp" if m.group(2) == "#" else "plusplus"), folded)
    found = _WORD.findall(folded)
    if folded.isascii() or not _HAN.search(folded):
        return found
    out: list[str] = []
    for word in found:
        out.extend(_HAN.sub(lambda m: f" {m.group()} ", word).split())
    return out


def has_han(text: str) -> bool:
    """Whether `text` holds a Chinese character (kanji and hanja count)."""
    return not text.isascii() and _HAN.search(text) is not None


def has_kana(text: str) -> bool:
    """Whether `text` is Japanese for sure."""
    return not text.isascii() and _KANA.search(text) is not None


def is_greek_name(word: str) -> bool:
    """Whether the folded word is the name of a Greek letter ("beta")."""
    return word in _GREEK_WORDS
