"""What is in doubt about a search, each doubt by the name by which `review acknowledge` settles it."""

from __future__ import annotations

from collections.abc import Iterator

from review.ledger import events
from review.ledger.replay import State
from review.model import Search
from review.prisma.box import Check
from review.query import databases
from review.words import many

ALL = "all"                     # the name in the log where a person acknowledged whatever there is


def warnings(search: Search) -> Iterator[tuple[str, Check]]:
    """(name, check) of each doubt: what nobody confirmed, another number of hits, what the service warned of."""
    if search.not_confirmed:
        yield "not-confirmed", Check(
            "search confirmed", "warning", False, len(search.not_confirmed), 0, (search.id,),
            f"nobody confirmed the {', '.join(search.not_confirmed)} of the search {search.id} in "
            f"{databases.title(search.database)}")
    if search.source == "files" and search.hits is not None and search.hits != search.n:
        yield "hits-differ", Check(
            "hits = records", "warning", False, search.hits, search.n, (search.id,),
            f"{search.id}: the database reported {many(search.hits, 'hit')}, and {many(search.n, 'record')} came")
    for said in search.warnings:
        yield said.split(":", 1)[0], Check("server warning", "warning", False, 1, 0, (search.id,), f"{search.id}: {said}")


def not_acknowledged(state: State) -> list[tuple[str, str, Check]]:
    """(search, name, check) of the doubts about searches that count which nobody has acknowledged."""
    seen = {(e.subject, e.value) for e in state.log.events if e.type == events.ACKNOWLEDGED}
    return [(search.id, name, check) for search in state.counted_searches() for name, check in warnings(search)
            if not {(search.id, name), (search.id, ALL)} & seen]
