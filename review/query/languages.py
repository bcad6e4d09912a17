"""Languages: how databases call them."""

from __future__ import annotations

# ISO 639-1 -> the English name that most databases use. Others are written as they stand.
LANGUAGES = {
    "ar": "arabic", "cs": "czech", "da": "danish", "de": "german", "en": "english", "es": "spanish",
    "fa": "persian", "fi": "finnish", "fr": "french", "he": "hebrew", "hu": "hungarian", "it": "italian",
    "ja": "japanese", "ko": "korean", "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish", "th": "thai", "tr": "turkish", "uk": "ukrainian",
    "vi": "vietnamese", "zh": "chinese",
}
# Three letters, as MEDLINE has them (MARC), where they are not the first three of the name.
_LETTERS = {"chi": "zh", "cze": "cs", "dut": "nl", "fre": "fr", "ger": "de", "jpn": "ja", "per": "fa", "rum": "ro",
            "spa": "es", "zho": "zh", "ces": "cs", "nld": "nl", "fra": "fr", "deu": "de", "fas": "fa", "ron": "ro"}
_CODES = {**{code: code for code in LANGUAGES}, **{name: code for code, name in LANGUAGES.items()},
          **{name[:3]: code for code, name in LANGUAGES.items()}, **_LETTERS}


def code_of(name: str) -> str:
    """The code of a language by its English name or a code; one that is not known stays as it is, in small letters."""
    folded = name.strip().casefold()
    return _CODES.get(folded, folded)
