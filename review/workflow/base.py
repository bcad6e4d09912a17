"""A review as it lies on disk: its definition, its state, and the one way to change it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from review.ledger import events
from review.ledger.dates import iso_moment
from review.ledger.disk import sha256
from review.ledger.paths import Folder, Workspace
from review.ledger.replay import State, replay
from review.ledger.transaction import Clock, Transaction, read, transaction, utc_now
from review.model import Issue, Progress, Record, ReviewError
from review.query import load, loads_resolved
from review.query.definition import Definition
from review.words import code_among

if TYPE_CHECKING:
    from review.prisma.box import Counts
    from review.screening.consensus import Consensus


class Opened:
    """A review: its definition, its ledger, and what every other part asks of it."""

    def __init__(self, workspace: Workspace, review_id: str, *, clock: Clock = utc_now,
                 progress: Progress | None = None) -> None:
        self.workspace, self.id, self.clock = workspace, review_id, clock
        self.folder = workspace.folder(review_id)
        self.progress = progress
        self.notes: list[Issue] = []            # what opening the review had to mend
        self._definition: Definition | None = None
        self._by = ""

    @property
    def by(self) -> str:
        """The code of the person who acts; "" where nobody said."""
        return self._by

    @by.setter
    def by(self, code: str) -> None:
        spec = self.definition.screening
        known = tuple(filter(None, (*spec.reviewers, spec.adjudicator)))
        if code and not code_among(code, known):
            raise ReviewError(f"Nobody is called “{code}” here. Codes: {', '.join(known) or 'none yet'}.",
                              code="no-such-reviewer")
        self._by = code_among(code, known)

    def __repr__(self) -> str:
        return f"Review({self.id!r}, root={str(self.workspace.root)!r})"

    @property
    def definition(self) -> Definition:
        """The definition as its file stands now."""
        if self._definition is None:
            self._definition = load(self.workspace.definition(self.id))
        return self._definition

    def state(self, as_of: str = "") -> State:
        """What the ledger tells, now or as of an ISO date or time; ReviewError where that is neither."""
        log, issues = read(self.folder)
        self.notes += issues
        return replay(self.folder, log.as_of(iso_moment(as_of)) if as_of else log)

    def definition_at(self, state: State) -> Definition:
        """The version of the definition that was in use in a past state."""
        shas = [e.subject for e in state.log.events if e.type == events.DEFINITION]
        if not shas:
            return self.definition
        path = self.folder.definitions / f"{shas[-1]}.toml"
        data = path.read_bytes() if path.exists() else b""
        if sha256(data) != shas[-1]:
            raise ReviewError(f"{path} {'was changed' if data else 'is missing'}. Put it back from a backup.",
                              code="definition-missing", status=1, file=str(path))
        return loads_resolved(data.decode("utf-8"), self.id)

    def left_behind(self) -> Issue | None:
        """The review that this definition had under another name, where its file was renamed: it starts from nothing here."""
        if self.folder.log.exists():
            return None
        title = self.definition.title
        found = [name for name in self.workspace.orphans() if _last_title(self.workspace.folder(name)) == title]
        if not found:
            return None
        name = found[0]
        return Issue("renamed", f"outputs/{name} holds a review of this title, and no definition belongs to it: was "
                     f"queries/{name}.toml renamed? A review's id is the name of its file, so {self.id} starts from nothing. "
                     f"Name it queries/{name}.toml again to go on with that review.")

    def _records(self, state: State) -> Mapping[str, Record]:
        from review.report.derived import records

        return records(self.folder, state, self.progress)

    @contextmanager
    def _change(self, command: str) -> Iterator[tuple[Transaction, State]]:
        """One command, one transaction. The version of the definition that it uses is kept and logged."""
        definition = self.definition
        with transaction(self.folder, command, self.clock) as tx:
            self.notes += tx.issues
            tx.by = self.by
            state = replay(self.folder, tx.log)
            shas = [e.subject for e in tx.log.events if e.type == events.DEFINITION]
            yield tx, state
            if not tx.empty and (not shas or shas[-1] != definition.sha):
                tx.keep(self.folder.definitions / f"{definition.sha}.toml", definition.resolved.encode("utf-8"))
                tx.event(events.DEFINITION, definition.sha, shas[-1] if shas else "")

    def consensus(self, state: State | None = None) -> dict[tuple[str, str], Consensus]:
        """(key, stage) -> where each report stands."""
        from review.screening.consensus import Rules, consensus

        return consensus(state or self.state(), Rules.of(self.definition))

    def counts(self, as_of: str = "") -> Counts:
        """PRISMA counts, now or as of a date."""
        from review.prisma.counts import count

        as_of = iso_moment(as_of)
        state = self.state(as_of)
        return count(state, self.definition_at(state) if as_of else self.definition, as_of=as_of)

    def _set(self, words: Sequence[str]) -> list[str]:
        """Keys as given, or the reports in a box that is named."""
        boxes = self.counts().boxes
        out: list[str] = []
        for word in words:
            out += boxes[word].ids if word in boxes else [word]
        return out


def _last_title(folder: Folder) -> str:
    """The title of the definition that a review used last; "" where that can't be told."""
    log, _ = read(folder)
    shas = [e.subject for e in log.events if e.type == events.DEFINITION]
    path = folder.definitions / f"{shas[-1]}.toml" if shas else folder.definitions
    if not path.is_file():
        return ""
    return loads_resolved(path.read_text(encoding="utf-8", errors="replace"), folder.root.name).title
