"""PubMed: every record of a string, each exactly once, kept as the service sent it.

First the PMIDs are found (`pubmed_search`) and kept as a plan; then their records are fetched in batches
(`pubmed_fetch`). Each file is written as it arrives, so a run that was stopped goes on where it was:

    esearch-01-0001.xml     replies to the first look (a look that was broken off is followed by another)
    pmids-01.txt            the PMIDs, a line each, in the service's order
    plan.json               what was asked and found; once it is there, the set is fixed
    efetch-00001-00.xml     records of PMIDs 1 to 200; part 01 holds what came later of the same batch
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from review.model import Issue, Progress, ReviewError
from review.sources import transport
from review.sources.pubmed_fetch import SIZE, Batch, fetch, pmids_in
from review.sources.pubmed_search import Changed, Found, Search, told
from review.sources.pubmed_service import OFFICIAL, Failed, Service, nothing_came, trouble
from review.sources.request import Outcome, Request, Store, keep_plan, kept_plan

NAME = "pubmed"
DATABASES = ("pubmed",)
RECORD_FILES = "efetch-*.xml"
INTERRUPTED = "stopped"  # the kind of failure that a person's Ctrl-C is
IN_FLIGHT_SECONDS = 3  # so many seconds' worth of requests may be under way at a time


def run(request: Request, store: Store, *, progress: Progress) -> Outcome:
    """Retrieve the records of a string, or go on retrieving them.

    Raises ReviewError with status 3 where nothing came at all, 2 where the folder holds another search.
    """
    service = Service.from_environment()
    with service.entrez():
        plan = _planned(request, store) or _find(request, store, service, progress)
        if isinstance(plan, Outcome):
            return plan
        try:
            failure, got = _fetch_all(plan, store, service, progress)
        finally:
            service.stop.set()
    return _outcome(plan, got, failure, service)


def count(request: Request) -> tuple[int, tuple[Issue, ...]]:
    """The hits of a string now, and what the service says of it, without fetching records."""
    service = Service.from_environment()
    search = Search(service, request.string, request.params, request.since, lambda body: None)
    with service.entrez():
        try:
            answer = search.count()
        except Failed as failure:
            raise nothing_came(service, failure) from failure
    return answer.count, told(answer.said, answer.count)


def before_search() -> tuple[Issue, ...]:
    """What a person should know before the first request."""
    if os.environ.get("NCBI_EMAIL", "").strip():
        return ()
    return (
        Issue(
            "ncbi-email",
            "NCBI_EMAIL is not set: NCBI asks for an address to write to before it blocks a program that asks too "
            "much. Set it before the search: export NCBI_EMAIL=you@your.institution (a key in NCBI_API_KEY allows ten "
            "requests a second instead of three). Neither is ever written to a file.",
            severity="info",
        ),
    )


# --- the plan -------------------------------------------------------------------------------------------


def _planned(request: Request, store: Store) -> dict[str, Any] | None:
    """The plan of an earlier run in this folder, with its PMIDs under `ids`."""
    plan = kept_plan(request, store)
    return plan and plan | {"ids": store.read(plan["pmids"]).decode("ascii").split()}


def _find(request: Request, store: Store, service: Service, progress: Progress) -> dict[str, Any] | Outcome:
    """Search, and keep the plan; an open outcome where PubMed answers but can't be held to one set."""
    looks = [int(m[1]) for name in store.names() if (m := re.match(r"esearch-(\d+)-", name))]
    look = max(looks, default=0) + 1
    replies = 0

    def keep(body: bytes) -> None:
        nonlocal replies
        replies += 1
        store.write(f"esearch-{look:02}-{replies:04}.xml", body, "reply")
        progress(0, None, "searching PubMed")

    progress(0, None, "searching PubMed")
    try:
        found = Search(service, request.string, request.params, request.since, keep).find(request.limit)
    except Failed as failure:
        raise nothing_came(service, failure) from failure
    except Changed as reason:
        return Outcome(
            "open",
            None,
            0,
            params=_service_params(service),
            versions=_versions(),
            resume=(
                f"PubMed could not be held to one set. {reason}. No record was fetched. "
                "Run the search again; if it stays so, divide the string (by years, say)."
            ),
        )
    return _keep_plan(request, store, found, look, service)


def _keep_plan(request: Request, store: Store, found: Found, look: int, service: Service) -> dict[str, Any]:
    pmids = f"pmids-{look:02}.txt"
    store.write(pmids, "".join(f"{pmid}\n" for pmid in found.ids).encode("ascii"), "reply")
    plan = keep_plan(
        request,
        store,
        {
            "pmids": pmids,
            "hits": found.hits,
            "translation": found.translation,
            "warnings": [issue.as_dict() for issue in found.warnings],
            "params": _service_params(service) | {"leaves": [leaf.as_dict() for leaf in found.leaves]},
        },
    )
    return plan | {"ids": list(found.ids)}


def _service_params(service: Service) -> dict[str, Any]:
    if service.address == OFFICIAL:
        return {}
    return {"service": transport.public_address(service.address)}


# --- the records ----------------------------------------------------------------------------------------


def _fetch_all(
    plan: Mapping[str, Any], store: Store, service: Service, progress: Progress
) -> tuple[Failed | None, set[str]]:
    """Fetch what is not there yet; the first failure, if one ended it, and the PMIDs that are there."""
    ids: Sequence[str] = plan["ids"]
    batches = [ids[i : i + SIZE] for i in range(0, len(ids), SIZE)]
    got, parts = _kept(store, batches)
    todo = (
        (number, [pmid for pmid in batch if pmid not in got])
        for number, batch in enumerate(batches, 1)
        if not got.issuperset(batch)
    )
    progress(len(got), len(ids), "fetching records")
    failure: Failed | None = None
    try:
        for number, outcome in _in_flight(service, todo):
            if isinstance(outcome, Failed):
                failure = failure or outcome
                continue
            for batch in outcome:
                store.write(f"efetch-{number:05}-{parts.get(number, 0):02}.xml", batch.body, "records")
                parts[number] = parts.get(number, 0) + 1
                got.update(batch.pmids)
            progress(len(got), len(ids), "fetching records")
    except KeyboardInterrupt:
        return Failed(INTERRUPTED, "the search was interrupted"), _kept(store, batches)[0]
    return failure, got


def _in_flight(service: Service, todo: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[Batch] | Failed]]:
    """Run the requests side by side, so that the pace and not the latency is the limit.

    Replies come in the order of their arrival. After a failure no further request is begun, but those
    under way are waited for, so that nothing the service sent is thrown away.
    """
    failed = False
    most = max(2, min(24, round(service.rate * IN_FLIGHT_SECONDS)))
    running: dict[Future[list[Batch]], int] = {}
    with ThreadPoolExecutor(most) as pool:
        try:
            while True:
                while len(running) < most and not failed and (job := next(todo, None)):
                    running[pool.submit(fetch, service, job[1])] = job[0]
                if not running:
                    return
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    number = running.pop(future)
                    try:
                        yield number, future.result()
                    except Failed as failure:
                        failed = True
                        yield number, failure
        finally:
            service.stop.set()


def _kept(store: Store, batches: Sequence[Sequence[str]]) -> tuple[set[str], dict[int, int]]:
    """The PMIDs that earlier runs fetched, and how many files each batch has."""
    got: set[str] = set()
    parts: dict[int, int] = {}
    for name in store.names():
        if match := re.fullmatch(r"efetch-(\d+)-(\d+)\.xml", name):
            number = int(match[1])
            try:
                pmids = set(pmids_in(store.read(name)))
            except Failed as failure:
                raise ReviewError(
                    f"{name} is damaged: {failure.reason}. Restore it from a copy, or withdraw the "
                    "search and run it anew.",
                    code="damaged-file",
                    status=2,
                    file=name,
                ) from failure
            if number > len(batches) or not pmids <= set(batches[number - 1]) or pmids & got:
                raise ReviewError(
                    f"{name} holds records that don't belong to this search; the folder was changed "
                    "by hand. Withdraw the search and run it anew.",
                    code="foreign-file",
                    status=2,
                    file=name,
                )
            got |= pmids
            parts[number] = max(parts.get(number, 0), int(match[2]) + 1)
    return got, parts


# --- the outcome ----------------------------------------------------------------------------------------


def _outcome(plan: Mapping[str, Any], got: set[str], failure: Failed | None, service: Service) -> Outcome:
    ids: Sequence[str] = plan["ids"]
    missing = tuple(pmid for pmid in ids if pmid not in got)
    if failure:
        resume = (
            f"{trouble(service, failure)} {len(got):,} of {len(ids):,} records are kept and will not be fetched again."
        )
    elif missing:
        some = ", ".join(missing[:10]) + (", ..." if len(missing) > 10 else "")
        resume = (
            f"PubMed listed {len(ids):,} records and gave {len(got):,}; it did not give {some}. Run the "
            "search again to ask for these, or accept it as it is with a reason."
        )
    else:
        resume = ""
    if missing:
        status: Any = "open"
    else:
        status = "limited" if len(ids) < plan["hits"] else "complete"
    return Outcome(
        status,
        plan["hits"],
        len(got),
        missing,
        tuple(Issue(**w) for w in plan["warnings"]),
        resume,
        plan["translation"],
        plan["params"],
        _versions(),
        failure is not None and failure.kind == INTERRUPTED,
    )


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    return {"biopython": version("biopython"), "lxml": version("lxml")}
