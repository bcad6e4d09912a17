"""A stand-in for the E-utilities of NCBI, with PubMed's limits and every fault that its users have met.

In tests:       with eutils.serve(Corpus.from_xml(path)) as server: server.url, server.requests, server.fail(...)
By hand:        python -m tests.standins.eutils --file X.xml --port 0
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from tests.standins.corpus import HEAD, TAIL, Corpus
from tests.standins.eutils_replies import ERRORS, busy, esearch_error, esearch_json, esearch_xml, spoil, xml
from tests.standins.evaluation import SearchFailed, between
from tests.standins.server import WIRE_FAULTS, Call, Reply, StandIn

CAP = 9_999
CONTENT_FAULTS = (
    "429",
    "429-retry-after",
    "500",
    "502",
    "503",
    "400",
    "200-html",
    "200-json",
    "200-empty",
    "200-error",
    "records-missing",
    "truncated-medline",
    "page-twice",
    "other-query",
    "count-drift",
    "new-dtd",
    "unknown-tag",
    "bad-utf8",
)
FAULTS = CONTENT_FAULTS + WIRE_FAULTS


@contextmanager
def serve(records: Corpus, **options: Any) -> Iterator[EUtils]:
    """The stand-in, running while the block runs."""
    server = EUtils(records, **options)
    try:
        yield server
    finally:
        server.close()


class EUtils(StandIn):
    """The server. `rate` requests a second are allowed (None: any number); `key` is the only valid key."""

    path = "/entrez/eutils"

    def __init__(
        self,
        records: Corpus,
        *,
        port: int = 0,
        rate: float | None = None,
        key: str | None = None,
        slow: float = 3.0,
        latency: float = 0.0,
        honour_dates: bool = True,
        retry_after: str = "1",
    ) -> None:
        self.records, self.rate, self.key, self.latency = records, rate, key, latency
        self.retry_after = retry_after
        self.honour_dates = honour_dates  # False: a gateway that drops the date parameters
        self.history: dict[str, dict[str, list[str]]] = {}
        self._cache: dict[str, tuple[frozenset[str], str, list[tuple[str, str]]]] = {}
        self._environments = itertools.count(1)
        super().__init__(port, slow)

    def answer(self, call: Call, fault: str | None) -> Reply:
        """The reply to a call."""
        time.sleep(self.latency)
        if fault == "429-retry-after":
            return busy(call, self.retry_after)
        if fault in ERRORS:
            return ERRORS[fault](call)
        if self.rate and sum(call.time - 1 < c.time <= call.time for c in self.requests) > self.rate:
            return ERRORS["429"](call)
        if self.key and call.params.get("api_key", self.key) != self.key:
            body = {
                "error": "API key invalid",
                "api-key": call.params["api_key"],
                "type": "eutils",
                "status": "unknown",
            }
            return Reply(json.dumps(body).encode(), 400, "application/json")
        method = getattr(self, call.endpoint, None) if call.endpoint in ENDPOINTS else None
        if method is None or not call.path.startswith(self.path):
            return Reply(b"<html><body>404 Not Found</body></html>", 404, "text/html")
        return method(call.params, fault)

    # --- esearch ----------------------------------------------------------------------------------------

    def esearch(self, params: Mapping[str, str], fault: str | None = None) -> Reply:
        """Counts and PMIDs, at most 9,999 of them."""
        term, as_json = params.get("term", ""), params.get("retmode") == "json"
        try:
            found, translation, said = self._found(term)
        except SearchFailed:
            return esearch_error("Search Backend failed: the query could not be parsed", as_json)
        if self.honour_dates and params.get("datetype", "").lower() == "edat" and params.get("mindate"):
            found = between(self.records, found, params["mindate"], params.get("maxdate", "2100"))
        if fault == "other-query":
            found = self.records.all() - found or frozenset(list(found)[: len(found) // 2])
        ids = self.records.order(found)
        start, most = int(params.get("retstart") or 0), int(params.get("retmax") or 20)
        messages = [text for tag, text in said if tag == "OutputMessage"]
        if start > CAP - 1:
            return esearch_error(
                "Search Backend failed: Exception:\n'retstart' cannot be larger than 9998. For "
                "PubMed, ESearch can only retrieve the first 9,999 records matching the query.",
                as_json,
            )
        if start + most > CAP and len(ids) > CAP:
            most = min(most, CAP - start)
            messages.append(f"Restrictions achieved. start and count adjusted to {start}, {most}")
        page = ids[start : start + most]
        if not ids:
            messages.append("No items found.")
        count = len(ids) + (7 if fault == "count-drift" else 0)
        if fault == "records-missing":
            page = page[:-2]
        elif fault == "page-twice":
            page = page[: len(page) // 2] * 2
        environment = self._remember(ids) if params.get("usehistory") == "y" else ""
        body = (
            esearch_json(count, start, page, translation)
            if as_json
            else esearch_xml(count, start, page, translation, said, messages, environment)
        )
        return Reply(spoil(body, fault), content_type="application/json" if as_json else "text/xml; charset=UTF-8")

    def _found(self, term: str) -> tuple[frozenset[str], str, list[tuple[str, str]]]:
        if term not in self._cache or not self.records.still:
            self._cache[term] = self.records.search(term)
        return self._cache[term]

    def _remember(self, ids: list[str]) -> str:
        environment = f"MCID_{next(self._environments):08x}"
        self.history[environment] = {"1": ids}
        return environment

    # --- records ----------------------------------------------------------------------------------------

    def efetch(self, params: Mapping[str, str], fault: str | None = None) -> Reply:
        """Records by id or by history; XML, MEDLINE text or a list of PMIDs."""
        ids = self._asked(params)
        if isinstance(ids, Reply):
            return ids
        if fault == "records-missing":
            ids = ids[:-2]
        elif fault == "page-twice":
            ids = ids[: len(ids) // 2] * 2
        elif fault == "other-query":
            ids = sorted(self.records.all() - set(ids))[: len(ids)] or ids[:1] * 2
        elif fault == "count-drift":
            ids = ids + sorted(self.records.all() - set(ids))[:1]
        if params.get("rettype") == "uilist":
            return Reply("".join(f"{i}\n" for i in ids).encode(), content_type="text/plain")
        if params.get("rettype") == "medline":
            text = "\n".join(f"\nPMID- {i}\nTI  - Record {i}\nSO  - Source" for i in ids if self.records.xml(i)) + "\n"
            return Reply(
                text[: len(text) * 2 // 3].encode() if fault == "truncated-medline" else text.encode(),
                content_type="text/plain; charset=UTF-8",
            )
        body = HEAD + b"\n".join(record for i in ids if (record := self.records.xml(i))) + TAIL
        return Reply(spoil(body, fault))

    def _asked(self, params: Mapping[str, str]) -> list[str] | Reply:
        if "WebEnv" not in params:
            ids = [i.strip() for i in params.get("id", "").split(",") if i.strip()]
            return list(dict.fromkeys(ids)) or Reply(
                b'<?xml version="1.0" encoding="UTF-8"?>\n<eFetchResult>\n\t<ERROR>Empty id list - nothing todo'
                b"</ERROR>\n</eFetchResult>\n",
                400,
            )
        held = self.history.get(params["WebEnv"], {}).get(params.get("query_key", "1"))
        if held is None:
            return Reply(
                b'<?xml version="1.0" encoding="UTF-8"?>\n<eFetchResult>\n\t<ERROR>Unable to obtain query #1'
                b"</ERROR>\n</eFetchResult>\n"
            )
        start, most = int(params.get("retstart") or 0), int(params.get("retmax") or 20)
        if start >= min(len(held), CAP):
            return Reply(
                b'<?xml version="1.0" encoding="UTF-8"?>\n<eFetchResult>\n\t<ERROR>Cannot retrieve history data: '
                b"OUT OF RANGE</ERROR>\n</eFetchResult>\n",
                400,
            )
        return held[start : min(start + most, CAP)]

    def esummary(self, params: Mapping[str, str], fault: str | None = None) -> Reply:
        """A short summary of each record."""
        ids = self._asked(params)
        if isinstance(ids, Reply):
            return ids
        rows = "".join(
            f'<DocSum><Id>{i}</Id><Item Name="EPubDate" Type="Date"></Item><Item Name="Title" Type="String">'
            f"Record {i}</Item></DocSum>\n"
            for i in ids
        )
        return xml("eSummaryResult", "20041029/esummary-v1.dtd", "-//NLM//DTD esummary v1 20041029//EN", rows)

    # --- the other utilities -----------------------------------------------------------------------------

    def epost(self, params: Mapping[str, str], fault: str | None = None) -> Reply:
        """PMIDs into a history."""
        ids = [i for i in params.get("id", "").split(",") if i]
        inner = (
            "<ERROR>Empty ID list; Nothing to store</ERROR>"
            if not ids
            else (f"<QueryKey>1</QueryKey><WebEnv>{self._remember(ids)}</WebEnv>")
        )
        return xml("ePostResult", "20090526/epost.dtd", "-//NLM//DTD epost 20090526//EN", inner)

    def einfo(self, params: Mapping[str, str], fault: str | None = None) -> Reply:
        """What the database is."""
        inner = (
            (
                "<DbInfo><DbName>pubmed</DbName><MenuName>PubMed</MenuName><DbBuild>Build-stand-in</DbBuild>"
                f"<Count>{len(self.records.all())}</Count></DbInfo>"
            )
            if params.get("db")
            else ("<DbList><DbName>pubmed</DbName></DbList>")
        )
        return xml("eInfoResult", "20190110/einfo.dtd", "-//NLM//DTD einfo 20190110//EN", inner)

    def elink(self, params: Mapping[str, str], fault: str | None = None) -> Reply:
        """Links: each record to itself."""
        links = "".join(f"<Link><Id>{i}</Id></Link>" for i in params.get("id", "").split(",") if i)
        inner = (
            f"<LinkSet><DbFrom>pubmed</DbFrom><LinkSetDb><DbTo>pubmed</DbTo><LinkName>pubmed_pubmed</LinkName>{links}"
            "</LinkSetDb></LinkSet>"
        )
        return xml("eLinkResult", "20101123/elink.dtd", "-//NLM//DTD elink 20101123//EN", inner)

    def espell(self, params: Mapping[str, str], fault: str | None = None) -> Reply:
        """No suggestion."""
        inner = (
            f"<Database>pubmed</Database><Query>{escape(params.get('term', ''))}</Query><CorrectedQuery/>"
            "<SpelledQuery/><ERROR/>"
        )
        return xml("eSpellResult", "eSpell.dtd", "-//NLM//DTD eSpellResult, 23 November 2004//EN", inner)

    def ecitmatch(self, params: Mapping[str, str], fault: str | None = None) -> Reply:
        """Nothing is found for any citation."""
        lines = [f"{line}NOT_FOUND" for line in re.split(r"[\r\n]+", params.get("bdata", "")) if line]
        return Reply("\n".join(lines).encode(), content_type="text/plain")


ENDPOINTS = ("esearch", "efetch", "esummary", "epost", "einfo", "elink", "espell", "ecitmatch")


def main() -> None:
    """Serve PubMed XML files until interrupted; the first line printed is the address."""
    parser = argparse.ArgumentParser(description=serve.__doc__)
    parser.add_argument("--file", type=Path, action="append", required=True, help="PubMed XML, gzipped or not")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--rate", type=float, help="requests a second that are allowed")
    options = parser.parse_args()
    with serve(Corpus.from_xml(*options.file), port=options.port, rate=options.rate) as server:
        print(server.url, flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
