"""One result page of Google Scholar, as it came: what it holds, or why it is none.

The library that walks the pages takes a changed layout, a consent form or a CAPTCHA for "no results".
So every page is judged here before it is handed on, by the mark-up that the library reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

FULL = 10  # results a page
CAPTCHAS = (b"gs_captcha_ccl", b"rc-doscaptcha-body", b"captcha-form", b'id="recaptcha"', b"g-recaptcha")
# On pages without results only: a snippet may hold the words.
REFUSALS = ("unusual traffic", "automated queries")
CONSENTS = ("consent.google", "Before you continue")


class Blocked(Exception):
    """The page is no page of results; `kind` is short and stable, the text says what it is."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind, self.reason = kind, reason


@dataclass(frozen=True)
class Page:
    """A sound page: the clusters of its rows in order, the total it names, and where it leads."""

    rows: tuple[str, ...]
    total: int | None  # "About 1,230 results"; None where it does not say
    exact: bool  # whether the total is said without "about"
    following: str  # the address of the next page, "" on the last one


def read_page(body: bytes) -> Page:
    """Raises Blocked for a CAPTCHA, a consent form, or mark-up that is not as known."""
    from lxml import html

    if any(mark in body for mark in CAPTCHAS):
        raise Blocked("captcha", "asks for a CAPTCHA")
    text = body.decode("utf-8", "replace")
    if not text.strip():
        raise Blocked("layout", "sent an empty page")
    if "gs_ri" not in text:
        if any(words in text for words in CONSENTS):
            raise Blocked("consent", "asks for consent to its terms first")
        if any(words in text for words in REFUSALS):
            raise Blocked("captcha", "takes the requests for automated ones, and does not answer")
    tree = html.document_fromstring(text)
    rows = tree.xpath(f"//div[{_has('gs_r')} and {_has('gs_or')} and {_has('gs_scl')}]")
    if len(tree.xpath("//div[@data-cid]")) > len(rows):
        raise Blocked("layout", "sent a page with results that are not marked as known; its layout may have changed")
    total, exact = _total(tree)
    clusters = tuple(_cluster(row) for row in rows)
    if len(set(clusters)) < len(clusters):
        raise Blocked("layout", "sent a page that holds a result twice")
    following = tree.xpath(f"//*[{_has('gs_ico_nav_next')}]/parent::*/@href")
    if not rows and (total or following or not _says_nothing_found(tree, total)):
        raise Blocked("layout", "sent a page without results that does not say that nothing was found; "
                      "its layout may have changed")  # fmt: skip
    return Page(clusters, total, exact, str(following[0]) if following else "")


def start_of(address: str) -> int:
    """The parameter `start` of a result page's address; 0 on the first page."""
    value = parse_qs(urlsplit(address).query).get("start", ["0"])[0]
    return int(value) if value.isdigit() else 0


def _has(name: str) -> str:
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"


def _cluster(row: Any) -> str:
    """The row's cluster id. Raises Blocked where the row lacks what a row has."""
    cluster = row.get("data-cid") or ""
    needed = ("gs_ri", "gs_rt", "gs_a", "gs_fl")
    lacking = [name for name in needed if not row.xpath(f".//*[{_has(name)}]")]
    if not cluster or not (row.get("data-rp") or "").isdigit() or lacking:
        raise Blocked("layout", "sent a page whose results are not marked as known "
                      f"(without {', '.join(lacking) or 'their numbers'}); its layout may have changed")  # fmt: skip
    return str(cluster)


def _total(tree: Any) -> tuple[int | None, bool]:
    for part in tree.xpath(f"//div[{_has('gs_ab_mdw')}]"):
        text = " ".join("".join(part.itertext()).split())
        if match := re.search(r"(\babout\s+)?(\d[\d.,'\u2019\s]*)\s+results?\b", text, re.IGNORECASE):
            return int(re.sub(r"\D", "", match[2])), match[1] is None
    return None, False


def _says_nothing_found(tree: Any, total: int | None) -> bool:
    text = " ".join(" ".join(tree.itertext()).split()).casefold()
    return total == 0 or "did not match any" in text or "no results" in text
