"""Bodies of the E-utilities' replies, sound and spoiled, as public replies show them."""

from __future__ import annotations

import json
import re
from xml.sax.saxutils import escape

from tests.standins.server import Call, Reply

DTD = "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/"


def xml(root: str, dtd: str, public: str, inner: str) -> Reply:
    return Reply(
        f'<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE {root} PUBLIC "{public}" "{DTD}{dtd}">\n'
        f"<{root}>{inner}</{root}>\n".encode()
    )


def esearch_xml(
    count: int,
    start: int,
    page: list[str],
    translation: str,
    said: list[tuple[str, str]],
    messages: list[str],
    environment: str,
) -> bytes:
    def listed(name: str, rows: list[tuple[str, str]]) -> str:
        return f"<{name}>{''.join(f'<{t}>{escape(x)}</{t}>' for t, x in rows)}</{name}>" if rows else ""

    history = f"<QueryKey>1</QueryKey><WebEnv>{environment}</WebEnv>" if environment else ""
    ids = "".join(f"<Id>{i}</Id>\n" for i in page)
    errors = [(t, x) for t, x in said if t in ("PhraseNotFound", "FieldNotFound")]
    warnings = [(t, x) for t, x in said if t in ("PhraseIgnored", "QuotedPhraseNotFound")]
    warnings += [("OutputMessage", text) for text in messages]
    return xml(
        "eSearchResult",
        "20060628/esearch.dtd",
        "-//NLM//DTD esearch 20060628//EN",
        (
            f"<Count>{count}</Count><RetMax>{len(page)}</RetMax><RetStart>{start}</RetStart>{history}<IdList>\n{ids}</IdList>"
            f"<TranslationSet/><QueryTranslation>{escape(translation)}</QueryTranslation>"
            f"{listed('ErrorList', errors)}{listed('WarningList', warnings)}"
        ),
    ).body


def esearch_json(count: int, start: int, page: list[str], translation: str) -> bytes:
    return json.dumps(
        {
            "header": {"type": "esearch", "version": "0.3"},
            "esearchresult": {
                "count": str(count),
                "retmax": str(len(page)),
                "retstart": str(start),
                "idlist": page,
                "translationset": [],
                "querytranslation": translation,
            },
        }
    ).encode()


def esearch_error(text: str, as_json: bool) -> Reply:
    if as_json:  # the text's line break goes out raw, as the service does it
        return Reply(
            f'{{"header":{{"type":"esearch","version":"0.3"}},"esearchresult":{{"ERROR":"{text}"}}}}'.encode(),
            content_type="application/json",
        )
    return xml(
        "eSearchResult",
        "20060628/esearch.dtd",
        "-//NLM//DTD esearch 20060628//EN",
        f"<ERROR>{escape(text)}</ERROR>",
    )


def spoil(body: bytes, fault: str | None) -> bytes:
    if fault == "new-dtd":
        return body.replace(b"pubmed_250101", b"pubmed_990101").replace(b"20060628", b"20990101")
    if fault == "unknown-tag":
        return re.sub(rb"(<PMID[^>]*>\d+</PMID>|<Count>\d+</Count>)", rb"\1<NewTag>new</NewTag>", body)
    if fault == "bad-utf8":
        place = max(body.rfind(b"</ArticleTitle>"), body.rfind(b"</QueryTranslation>"))
        return body[:place] + b"\xff\xfe" + body[place:]
    return body


def busy(call: Call, wait: str | None = None) -> Reply:
    body = {
        "error": "API rate limit exceeded",
        "api-key": call.params.get("api_key", "127.0.0.1"),
        "count": "4",
        "limit": "3",
    }
    return Reply(json.dumps(body).encode(), 429, "application/json", {"Retry-After": wait} if wait else {})


def _html(status: int, title: str) -> Reply:
    return Reply(
        f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>".encode(),
        status,
        "text/html; charset=UTF-8",
    )


ERRORS = {
    "429": busy,
    "500": lambda call: _html(500, "Internal Server Error"),
    "502": lambda call: _html(502, "Bad Gateway"),
    "503": lambda call: _html(503, "Service Unavailable"),
    "400": lambda call: Reply(
        b'<?xml version="1.0" encoding="UTF-8"?>\n<eFetchResult>\n\t<ERROR>Cannot process ID list'
        b"</ERROR>\n</eFetchResult>\n",
        400,
    ),
    "200-html": lambda call: _html(200, "NCBI - WWW Error Blocked Diagnostic"),
    "200-json": lambda call: Reply(b'{"error":"error forwarding request","status":"unknown"}', 200, "application/json"),
    "200-empty": lambda call: Reply(b""),
    "200-error": lambda call: Reply(
        b'<?xml version="1.0" encoding="UTF-8"?>\n<eFetchResult>\n\t<ERROR>Unable to obtain '
        b"query #1</ERROR>\n</eFetchResult>\n"
        if call.endpoint == "efetch"
        else esearch_error("Search Backend failed: read timeout", False).body
    ),
}
