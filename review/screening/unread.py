"""Cells that hold an answer which was collected and not taken: the reviewer thinks it is decided, the log does not."""

from __future__ import annotations

from collections.abc import Mapping

from review.ledger import events
from review.ledger.keys import read_key
from review.ledger.paths import Folder
from review.ledger.replay import State
from review.screening.consensus import Consensus
from review.screening.reading import read_file


def unread(state: State, folder: Folder, review_id: str,
           consensus: Mapping[tuple[str, str], Consensus]) -> dict[tuple[str, str], list[str]]:
    """(reviewer, stage) -> the cells, with their file, of reports that still wait for them though something stands there.

    From the last version of each file that was kept; a file from which nothing at all was taken is not kept, so its cells
    can't be told here.
    """
    last = {(e.value, e.reason): e for e in state.log.events if e.type == events.COLLECTED and e.value in state.sheets}
    out: dict[tuple[str, str], list[str]] = {}
    for event in last.values():
        sheet = state.sheets[event.value]
        waits = {k for k in map(state.resolve, sheet.keys) if (c := consensus.get((k, sheet.stage))) and c.round == sheet.round
                 and sheet.reviewer in c.waiting and all(d.reviewer != sheet.reviewer for d in c.decisions)}
        path = next(folder.received.glob(f"{event.subject}.*"), None)
        if sheet.kind != "screening" or not waits or path is None:
            continue
        cells = [a.decision_cell for a in read_file(path).answers
                 if a.decision.strip() and state.resolve(read_key(a.key, review_id) or "") in waits]
        if cells:
            out.setdefault((sheet.reviewer, sheet.stage), []).extend(f"{event.reason} {cell}" for cell in cells)
    return out
