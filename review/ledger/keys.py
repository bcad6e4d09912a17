"""Report keys: `R000123-ab`, a number and two check characters that depend on the review.

The key is text that no spreadsheet turns into a number or a date. The two characters catch every wrong digit and
every pair of neighbouring digits that changed places (the modulus is a prime above 10 to which 10 is no short
cycle), and most keys that belong to another review.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

LETTERS = "abcdefghjkmnpqrstuvwxyz"         # 23 letters; without i, l and o, which look like digits
MODULUS = 521                               # a prime below 23 * 23
KEY = re.compile(r"R(\d{6,})-([a-z]{2})")


def make_key(review_id: str, number: int) -> str:
    """The key of the `number`-th report (counted from 1) of a review."""
    salt = int.from_bytes(hashlib.sha256(review_id.encode()).digest()[:8], "big")
    check = (salt + number * 37) % MODULUS
    return f"R{number:06d}-{LETTERS[check // 23]}{LETTERS[check % 23]}"


def key_number(key: str) -> int:
    """The number in a well-formed key."""
    match = KEY.fullmatch(key)
    if not match:
        raise ValueError(key)
    return int(match[1])


def read_key(text: str, review_id: str) -> str | None:
    """The key that a person or a spreadsheet wrote, in its proper form; None if its check characters are wrong."""
    plain = unicodedata.normalize("NFKC", text).strip().strip("'\"[]() ")
    plain = plain.replace("‐", "-").replace("–", "-").replace("−", "-")
    match = KEY.fullmatch("R" + plain[1:].lower() if plain[:1] in "rR" else plain)
    if not match:
        return None
    key = make_key(review_id, int(match[1]))
    return key if key == match[0] else None
