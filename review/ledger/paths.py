"""Where things lie: the workspace (a folder with `queries/`) and the folder of one review."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from review.model import ReviewError

ID = re.compile(r"[^\W_][\w.-]*")       # a file name everywhere: letters, digits, - _ . ; no blank, no slash
LOGS = ("assignments.csv", "decisions.csv", "links.csv", "events.csv")


def valid_id(review_id: str) -> str:
    """`review_id` if it can name a file and nothing outside the workspace; else ReviewError."""
    if not ID.fullmatch(review_id) or ".." in review_id or len(review_id) > 100:
        raise ReviewError(f"“{review_id}” can't be the id of a review: it names a file, so use letters, digits, "
                          "hyphens, underscores and single dots, and begin with a letter or digit.", code="bad-id")
    return review_id


@dataclass(frozen=True)
class Workspace:
    """A folder with `queries/` (the definitions) and `outputs/` (one folder a review)."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Workspace:
        """The nearest folder from `start` upwards that has `queries/`."""
        here = (start or Path.cwd()).resolve()
        for folder in (here, *here.parents):
            if (folder / "queries").is_dir():
                return cls(folder)
        raise ReviewError(f"{here} is not a workspace: neither it nor a folder above it has a folder queries/. "
                          "Make one with `review new ID`, or look at an example with `review demo`.",
                          code="no-workspace")

    @property
    def queries(self) -> Path:
        """The folder of the definitions."""
        return self.root / "queries"

    def reviews(self) -> list[str]:
        """The ids of the saved definitions, sorted."""
        return sorted(p.stem for p in self.queries.glob("*.toml"))

    def orphans(self) -> list[str]:
        """Reviews in outputs/ that no definition belongs to any more: its file was renamed, moved or deleted."""
        known = self.reviews()
        return sorted(p.parent.name for p in (self.root / "outputs").glob("*/log") if p.parent.name not in known)

    def definition(self, review_id: str) -> Path:
        """The definition's file; it may not exist."""
        return self.queries / f"{valid_id(review_id)}.toml"

    def folder(self, review_id: str) -> Folder:
        """The review's own folder; it may not exist yet."""
        return Folder(self.root / "outputs" / valid_id(review_id))

    def choose(self, review_id: str | None) -> str:
        """The id that is meant: the given one, or the only one there is."""
        known = self.reviews()
        if review_id is None:
            if len(known) == 1:
                return known[0]
            some = ", ".join(known) or "none yet; make one with `review new ID`"
            raise ReviewError(f"Say which review is meant. The definitions in {self.queries} are: {some}.",
                              code="which-review")
        if review_id not in known:
            some = ", ".join(known) or "none"
            own = f" Its review lies in outputs/{review_id}: name the definition {review_id}.toml again to go on with it." if (
                review_id in self.orphans()) else ""
            raise ReviewError(f"There is no definition {self.queries / (review_id + '.toml')}. Known: {some}.{own}",
                              code="no-such-review")
        return review_id


@dataclass(frozen=True)
class Folder:
    """The folder of one review, `outputs/<review>/` (DESIGN, "On disk")."""

    root: Path

    @property
    def searches(self) -> Path:
        """One folder a search."""
        return self.root / "searches"

    @property
    def log(self) -> Path:
        """The append-only logs."""
        return self.root / "log"

    @property
    def definitions(self) -> Path:
        """The versions of the definition that were used, by hash."""
        return self.log / "definitions"

    @property
    def baselines(self) -> Path:
        """The frozen previous versions, by hash."""
        return self.log / "baselines"

    @property
    def torn(self) -> Path:
        """What an interrupted command left behind its last commit."""
        return self.log / "torn"

    @property
    def screening(self) -> Path:
        """The workbooks that people edit."""
        return self.root / "screening"

    @property
    def issued(self) -> Path:
        """What was sent out, as CSV."""
        return self.screening / "issued"

    @property
    def received(self) -> Path:
        """What came back, by hash."""
        return self.screening / "received"

    @property
    def prisma(self) -> Path:
        """Counts and flow diagram; derived."""
        return self.root / "prisma"

    @property
    def exports(self) -> Path:
        """Exports of boxes; derived."""
        return self.root / "exports"

    @property
    def staging(self) -> Path:
        """Files on their way into place; finished or thrown away when the review is next opened."""
        return self.root / ".staging"

    @property
    def lock(self) -> Path:
        """The lock file: one writer a review."""
        return self.root / ".lock"

    @property
    def records(self) -> Path:
        """All records, a line each; derived."""
        return self.root / "records.jsonl"

    @property
    def keys(self) -> Path:
        """What deduplication compares records by, a line each; derived."""
        return self.root / ".keys.jsonl"

    @property
    def reports(self) -> Path:
        """All reports, a line each; derived."""
        return self.root / "reports.jsonl"
