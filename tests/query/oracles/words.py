"""Languages by their English names, and years, as databases write them."""

from __future__ import annotations

from review.query.tree import Language, Range

CODES = {"english": "en", "chinese": "zh", "french": "fr", "german": "de", "spanish": "es", "portuguese": "pt",
         "japanese": "ja", "korean": "ko", "russian": "ru", "italian": "it", "arabic": "ar", "dutch": "nl",
         "polish": "pl", "turkish": "tr", "persian": "fa", "swedish": "sv", "danish": "da", "finnish": "fi",
         "norwegian": "no", "czech": "cs", "hungarian": "hu", "hebrew": "he", "thai": "th", "romanian": "ro",
         "ukrainian": "uk", "vietnamese": "vi"}


def language(*names: str) -> Language:
    """Languages by their English names."""
    return Language(tuple(CODES[n.strip().casefold()] for n in names))


def years(low: str, high: str) -> Range:
    """A range of years; 1000 and 3000 stand for an open end."""
    return Range("" if low == "1000" else low, "" if high == "3000" else high)
