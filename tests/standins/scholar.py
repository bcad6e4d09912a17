"""A stand-in for Google Scholar: pages of ten results with the mark-up that scholarly reads, and its faults.

In tests:       with scholar.serve(scholar.made(45)) as server: server.url, server.requests, server.fail(...)
By hand:        python -m tests.standins.scholar --results 45 --port 0
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import escape
from typing import Any
from urllib.parse import urlencode

from tests.standins.server import WIRE_FAULTS, Call, Reply, StandIn

BLOCKS = ("429", "403", "503", "sorry", "captcha", "dos-captcha", "consent")
CONTENT_FAULTS = (
    *BLOCKS,
    "no-results",
    "layout",
    "page-twice",
    "short-page",
    "count-drift",
    "missing-year",
    "truncated-authors",
    "chinese-byline",
    "500",
    "200-empty",
)
FAULTS = CONTENT_FAULTS + WIRE_FAULTS
PAGE, MOST = 10, 1000


@dataclass(frozen=True)
class Result:
    """One result as the service shows it."""

    cluster: str
    title: str
    authors: str
    venue: str = ""
    year: str = ""
    host: str = "example.org"
    snippet: str = ""
    cited: int = 0
    address: str = ""
    full_text: str = ""
    kind: str = ""  # [PDF], [BOOK], [CITATION] before the title


def made(n: int) -> list[Result]:
    """`n` made results; among them a citation without a link, a title in Chinese, no year, a cut byline."""
    kinds = ["", "[PDF]", "[BOOK]", "[CITATION]", "", ""]
    results = []
    for i in range(n):
        kind = kinds[i % len(kinds)]
        address = "" if kind == "[CITATION]" else f"https://example.org/articles/{i}"
        results.append(
            Result(
                cluster=f"c{i:04}AAAAAJ",
                title=f"政策与留守儿童研究 {i}" if i % 7 == 3 else f"Made result {i} on children & policy",
                authors="王芳, 李强…" if i % 7 == 3 else f"A Author{i}, B Author{i}" + ("…" if i % 5 == 0 else ""),
                venue="" if i % 11 == 4 else f"Journal of made results, Series {i % 3}",
                year="" if i % 9 == 5 else str(1990 + i % 35),
                snippet=f"… words from the text of result {i}, with children and policy …",
                cited=i * 3 % 40,
                address=address,
                full_text=f"https://example.org/pdf/{i}.pdf" if kind == "[PDF]" else "",
                kind=kind,
            )
        )
    return results


@contextmanager
def serve(results: Sequence[Result], **options: Any) -> Iterator[Scholar]:
    """The stand-in, running while the block runs."""
    server = Scholar(results, **options)
    try:
        yield server
    finally:
        server.close()


class Scholar(StandIn):
    """The server. `results` answer every string, or those of `table` that stand there."""

    path = ""

    def __init__(
        self,
        results: Sequence[Result],
        *,
        table: Mapping[str, Sequence[Result]] | None = None,
        about: int | None = None,
        port: int = 0,
        slow: float = 3.0,
    ) -> None:
        self.results, self.table, self.about = list(results), dict(table or {}), about
        super().__init__(port, slow)

    def answer(self, call: Call, fault: str | None) -> Reply:
        """The reply to a call."""
        if fault in BLOCKING:
            return BLOCKING[fault]()
        if call.endpoint != "scholar":
            return page("<p>404. That is an error.</p>", 404)
        start = int(call.params.get("start") or 0)
        found = self._found(call.params)
        if fault == "page-twice":
            start = max(start - PAGE, 0)
        shown = [] if fault == "no-results" else found[start : start + PAGE]
        if fault == "short-page":
            shown = shown[: PAGE * 6 // 10]
        shown = [altered(result, fault) for result in shown]
        total = len(found) if self.about is None else self.about
        if fault == "count-drift":
            total += 13
        at = int(call.params.get("start") or 0)
        more = start + PAGE < min(len(found), MOST) and fault != "no-results"
        following = "/scholar?" + urlencode({**call.params, "start": at + PAGE}) if more else ""
        body = results_page(shown, at, total, following, call.params.get("q", ""))
        if fault == "layout":
            body = body.replace("gs_r gs_or gs_scl", "gs_x1 gs_x2").replace("gs_ri", "gs_xi")
        return page(body)

    def _found(self, params: Mapping[str, str]) -> list[Result]:
        results = self.table.get(params.get("q", ""), self.results)
        low, high = params.get("as_ylo"), params.get("as_yhi")
        if low or high:
            results = [r for r in results if r.year and (low or "0") <= r.year <= (high or "9999")]
        return list(results)


def altered(result: Result, fault: str | None) -> Result:
    """The result with the bibliographic oddity that a fault asks for."""
    if fault == "missing-year":
        return replace(result, year="")
    if fault == "truncated-authors":
        return replace(result, authors=result.authors.rstrip("…") + "…", title=result.title + " …")
    if fault == "chinese-byline":
        return replace(result, authors="张伟, 王芳, 李娜", venue="中国公共卫生", host="cnki.example.org")
    return result


def row(result: Result, rank: int) -> str:
    """One result's mark-up; `rank` counts from 0."""
    title = f'<a id="{result.cluster}" href="{escape(result.address)}">{escape(result.title)}</a>'
    if not result.address:
        title = f"<span>{escape(result.title)}</span>"
    if result.kind == "[CITATION]":
        marks = '<span class="gs_ct1">[CITATION]</span><span class="gs_ct2">[C]</span>'
        title = f'<span class="gs_ctu">{marks}</span> {title}'
    elif result.kind:
        title = f'<span class="gs_ctc"><span class="gs_ct1">{result.kind}</span></span> {title}'
    middle = ", ".join(filter(None, (escape(result.venue), result.year)))
    byline = "\xa0- ".join(filter(None, (escape(result.authors), middle, escape(result.host))))
    side = ""
    if result.full_text:
        side = (
            f'<div class="gs_ggs gs_fl"><div class="gs_ggsd"><div class="gs_or_ggsm"><a href="{result.full_text}">'
            f'<span class="gs_ctg2">[PDF]</span> {escape(result.host)}</a></div></div></div>'
        )
    cited = ""
    if result.cited:
        cited = f'<a href="/scholar?cites={rank}9876543210&amp;as_sdt=2005&amp;hl=en">Cited by {result.cited}</a> '
    return (
        f'<div class="gs_r gs_or gs_scl" data-cid="{result.cluster}" data-did="{result.cluster}" data-lid="" '
        f'data-aid="{result.cluster}" data-rp="{rank}">{side}<div class="gs_ri"><h3 class="gs_rt" ontouchstart="">'
        f'{title}</h3><div class="gs_a">{byline}</div><div class="gs_rs">{escape(result.snippet)}</div>'
        f'<div class="gs_fl gs_flb"><a href="javascript:void(0)" class="gs_or_sav">Save</a> {cited}'
        f'<a href="/scholar?q=related:{result.cluster}:scholar.google.com/&amp;hl=en">Related articles</a></div>'
        f"</div></div>"
    )


def results_page(shown: Sequence[Result], start: int, total: int, following: str, query: str) -> str:
    """The inside of a page of results."""
    rows = "".join(row(result, start + i) for i, result in enumerate(shown))
    if not shown and not following:
        total = 0
        rows = f'<div class="gs_med"><p>Your search - <b>{escape(query)}</b> - did not match any articles.</p></div>'
    said = f"About {total:,} results" if total > 10 else f"{total} results"
    if start:
        said = f"Page {start // PAGE + 1} of {said[0].lower()}{said[1:]}"
    count = f'<div class="gs_ab_mdw">{said} (<b>0.05</b> sec)</div>' if shown else ""
    more = ""
    if following:
        more = (
            f'<div id="gs_n"><table><tr><td><a href="{escape(following)}"><span class="gs_ico gs_ico_nav_next">'
            "</span><b>Next</b></a></td></tr></table></div>"
        )
    return (
        '<div id="gs_ab_md"><div class="gs_ab_mdw">Articles</div>' + count + "</div>"
        '<div id="gs_res_glb" data-sva="/citations?hl=en&amp;continue=x&amp;info={id}&amp;ei=x"></div>'
        f'<div id="gs_res_ccl"><div id="gs_res_ccl_mid">{rows}</div>{more}</div>'
    )


def page(inside: str, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    """A whole page."""
    html = (
        '<!doctype html><html><head><meta http-equiv="Content-Type" content="text/html;charset=UTF-8">'
        f'<title>Google Scholar</title></head><body><div id="gs_top">{inside}</div></body></html>'
    )
    return Reply(html.encode(), status, "text/html; charset=UTF-8", headers or {})


ROBOT = "<p>Please show you're not a robot. Your address: 192.0.2.7</p>"
BLOCKING = {
    "429": lambda: page("<p>We're sorry... unusual traffic.</p>", 429),
    "403": lambda: page("<p>403. That is an error.</p>", 403),
    "503": lambda: page("<p>Service unavailable</p>", 503),
    "500": lambda: page("<p>500. That is an error.</p>", 500),
    "200-empty": lambda: Reply(b"", 200, "text/html; charset=UTF-8"),
    "sorry": lambda: page("", 302, {"Location": "https://www.google.com/sorry/index?continue=x&q=y"}),
    "captcha": lambda: page(f'<form id="gs_captcha_f"><div id="gs_captcha_ccl">{ROBOT}</div></form>'),
    "dos-captcha": lambda: page(f'<div class="rc-doscaptcha-body">{ROBOT}</div>'),
    "consent": lambda: page(
        '<form action="https://consent.google.com/save" method="POST"><h1>Before you continue to Google</h1></form>'
    ),
}


def main() -> None:
    """Serve made results until interrupted; the first line printed is the address."""
    parser = argparse.ArgumentParser(description=serve.__doc__)
    parser.add_argument("--results", type=int, default=45)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    with serve(made(options.results), port=options.port) as server:
        print(server.url, flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
