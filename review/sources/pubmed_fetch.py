"""efetch: the records of explicit PMIDs, 200 a request, each reply judged by the PMIDs in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from review.sources.pubmed_service import TRIES, Failed, Service

SIZE = 200  # PMIDs a request (E-utilities: above some 200, by POST)


@dataclass(frozen=True)
class Batch:
    """A reply as received, and the PMIDs of the records in it."""

    body: bytes
    pmids: tuple[str, ...]


class Incomplete(Failed):
    """A sound reply in which records are missing."""

    def __init__(self, body: bytes, pmids: tuple[str, ...], due: int) -> None:
        super().__init__("missing", f"efetch gave {len(pmids)} of {due} records", tries=3)
        self.batch = Batch(body, pmids)


def fetch(service: Service, pmids: Sequence[str]) -> list[Batch]:
    """The records of these PMIDs: usually one reply, fewer records where the service has no more of them.

    A request that fails as a whole may hold one record that the service stumbles over. It is halved, and
    halved again, as long as one of the halves succeeds. Raises Failed where the service as such fails.
    """
    try:
        return _ask(service, pmids)
    except Failed as failure:
        if failure.kind not in ("unusable", "refused", "server") or len(pmids) == 1:
            raise
        return _around(service, pmids, failure)


def _around(service: Service, pmids: Sequence[str], failure: Failed) -> list[Batch]:
    """The records of a request that is known to fail as a whole, without the one that makes it fail."""
    if len(pmids) == 1:
        return []
    batches: list[Batch] = []
    broken = []
    for part in (pmids[: len(pmids) // 2], pmids[len(pmids) // 2 :]):
        try:
            batches += _ask(service, part, most_tries=2)
        except Failed as again:
            if again.kind == "stopped":
                raise
            broken.append(part)
    if len(broken) == 2:
        raise failure
    return batches + [batch for part in broken for batch in _around(service, part, failure)]


def _ask(service: Service, pmids: Sequence[str], most_tries: int = TRIES) -> list[Batch]:
    """One request. An answer in which records are missing is asked for again, then taken as it is."""

    def check(body: bytes) -> tuple[str, ...]:
        got = pmids_in(body)
        strangers = set(got) - set(pmids)
        if strangers:
            raise Failed("unusable", f"efetch gave {len(strangers)} records that were not asked for")
        if len(set(got)) < len(got):
            raise Failed("unusable", f"efetch gave {len(got) - len(set(got))} records twice")
        if len(got) < len(pmids):
            raise Incomplete(body, got, len(pmids))
        return got

    try:
        return [Batch(*service.ask("efetch", check, most_tries, id=",".join(pmids), retmode="xml"))]
    except Incomplete as failure:
        return [failure.batch] if failure.batch.pmids else []


def pmids_in(body: bytes) -> tuple[str, ...]:
    """The PMIDs of the articles and books in a PubmedArticleSet, in its order.

    Raises Failed where the body is an error, is damaged, or is something else. No DTD, entity or network
    is used, so a new DTD name or an unknown element does no harm.
    """
    import io

    from lxml import etree

    paths = {"PubmedArticle": "MedlineCitation/PMID", "PubmedBookArticle": "BookDocument/PMID"}
    found, depth, root = [], 0, None
    events = etree.iterparse(
        io.BytesIO(body),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        for event, element in events:
            depth += 1 if event == "start" else -1
            if root is None:
                root = element
            if event == "end" and depth == 1:
                if element.tag == "ERROR":
                    raise Failed("refused", f"efetch says: {(element.text or '').strip()[:300]}", tries=3)
                if element.tag in paths:
                    found.append((element.findtext(paths[element.tag]) or "").strip())
                element.clear()
                while element.getprevious() is not None:
                    del root[0]
    except etree.XMLSyntaxError as error:
        raise Failed("unusable", f"efetch's reply is damaged ({error.msg})") from error
    if root is None or root.tag not in ("PubmedArticleSet", "PubmedBookArticleSet"):
        said = "" if root is None else " ".join("".join(root.itertext()).split())[:200]
        raise Failed("unusable", f"the reply is no set of PubMed records: {said}")
    if not all(pmid.isdigit() for pmid in found):
        raise Failed("unusable", "efetch gave a record without a PMID")
    return tuple(found)
