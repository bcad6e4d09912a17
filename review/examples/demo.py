"""`review demo`: the whole job on the bundled example, offline, in a workspace of its own.

It lies beside the example's data and uses only what any user has: the `Review` object and the workbooks.
"""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from review.examples.reviewers import Reviewers, load_decisions
from review.ledger.disk import disk_error
from review.ledger.paths import Workspace
from review.model import STAGES, Progress, ReviewError, no_progress
from review.prisma.box import Counts
from review.screening.agreement import Agreement
from review.sources.files import ImportRequest
from review.words import and_list, many
from review.workflow import Review

HERE = Path(__file__).parent
ID = "left-behind-children-demo"
MARKER = "THIS-IS-A-DEMO.txt"
FIRST_LINE = "Made by `review demo`, which replaces it when it is run here again.\n"
LIBRARIES = {"Practice library A": "practice-library-a.ris", "Practice library B": "practice-library-b.jsonl"}
OTHER_METHODS = (("Websites", "website", "websites.csv"), ("Organisations", "organisation", "organisations.csv"))
COMPILED = "2026-11-21"             # the day on which the pages were read
PRACTICE = ("The two practice libraries were compiled by hand from open web pages. They are not retrievals from PubMed "
            "or Google Scholar, and the decisions are demonstration decisions.")

# What is shown of the flow: (key, words, indent).
SHOWN = (
    ("database_results", "records identified in the practice libraries", 0),
    ("duplicates", "duplicates removed", 1),
    ("records_screened", "records screened", 0),
    ("records_excluded", "records excluded", 1),
    ("dbr_sought_reports", "reports sought", 0),
    ("dbr_notretrieved_reports", "reports not retrieved", 1),
    ("dbr_assessed", "reports assessed", 0),
    ("dbr_excluded", "reports excluded", 1),
    ("website_results", "records found on websites", 0),
    ("organisation_results", "records found at organisations", 0),
    ("already_found", "found before", 1),
    ("dropped_before_retrieval", "records excluded by title", 1),
    ("other_assessed", "reports sought and assessed", 0),
    ("other_excluded", "reports excluded", 1),
    ("awaiting_classification", "reports awaiting classification", 0),
    ("new_studies", "studies included", 0),
    ("new_reports", "reports of them", 0),
)


@dataclass(frozen=True)
class DemoResult:
    """What the demonstration did, and what to look at."""

    folder: Path
    counts: Counts
    agreement: tuple[Agreement, ...]
    conflicts: tuple[tuple[str, int], ...]      # stage -> conflicts that the adjudicator settled
    files: tuple[tuple[str, Path], ...]         # what it is, where it lies

    def as_dict(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {"review": ID, "folder": str(self.folder), "practice": PRACTICE, "counts": self.counts.as_dict(),
                "agreement": [a.as_dict() for a in self.agreement], "conflicts": dict(self.conflicts),
                "files": [{"what": what, "path": str(path)} for what, path in self.files], "issues": []}

    def lines(self) -> list[str]:
        """As people read it."""
        out = [f"{self.counts.title}: {'final' if self.counts.final else 'draft'}", PRACTICE, ""]
        for key, words, indent in SHOWN:
            if key in self.counts.boxes:
                out.append(f"{self.counts.n(key):>6,}  {'  ' * indent}{words}")
        out.append("")
        for found in self.agreement:
            said = f"{found.stage}, {and_list(found.reviewers)}: {found.summary()}"
            out += textwrap.wrap(said, 110, subsequent_indent="    ", break_long_words=False)
        out += [f"{stage}: {many(n, 'conflict')}, settled by the adjudicator" for stage, n in self.conflicts]
        width = max(len(what) for what, _ in self.files)
        out += ["", "Open:", *(f"  {what:<{width}}  {path}" for what, path in self.files)]
        return [*out, "", f"Next: cd {self.folder}, then `review status`, `review counts`, `review report` (the appendices too)."]


def run_demo(folder: Path, progress: Progress = no_progress) -> DemoResult:
    """Make a fresh workspace in `folder` and run the whole job on the bundled example.

    An earlier demo there is replaced. ReviewError, and nothing touched, where the folder holds anything else.
    """
    practice = _fresh(folder)
    review = Review(Workspace(folder.resolve()), ID, progress=progress)
    steps = _Steps(review, practice, progress)
    steps.find()
    conflicts = [(stage, steps.screen(stage)) for stage in STAGES]
    review.link_own("EF")
    written = review.report(appendices=False)
    return DemoResult(folder, review.counts(), tuple(review.agreement()), tuple(conflicts),
                      _to_open(folder, review, written))


class _Steps:
    """The job's steps, told as they are taken."""

    ALL = 8

    def __init__(self, review: Review, practice: Path, progress: Progress) -> None:
        self.review, self.practice, self.progress = review, practice, progress
        self.decisions = load_decisions(practice / "demo-decisions.csv")
        self.labels = {r.code: r.label for r in review.definition.reasons}
        self.done = 0

    def tell(self, words: str) -> None:
        """One step more."""
        self.done += 1
        self.progress(self.done, self.ALL, f"demo: {words}")

    def find(self) -> None:
        """Search, import what came by other methods, deduplicate, settle the possible duplicates."""
        self.tell("searching two practice libraries")
        self.review.search(libraries={name: self.practice / file for name, file in LIBRARIES.items()})
        self.tell("importing what websites and organisations gave")
        for name, method, file in OTHER_METHODS:
            self.review.import_files(ImportRequest((self.practice / file,), name, method=method, date=COMPILED))
        self.tell("removing duplicates")
        _, pairs = self.review.dedupe()
        if pairs is not None:
            self.people().compare(self.book(pairs.file))
            self.review.collect([self.book(pairs.file)])

    def screen(self, stage: str) -> int:
        """Two reviewers fill their workbooks, a third settles the conflicts; returns how many those were."""
        self.tell(f"screening, {stage}")
        sheets = self.review.sheets(stage)
        people = self.people()
        for sheet in sheets:
            people.screen(self.book(sheet.file), sheet.reviewer, stage)
        self.collect([sheet.file for sheet in sheets])
        self.tell(f"settling conflicts, {stage}")
        conflicts = self.review.sheets(stage, conflicts=True)
        for sheet in conflicts:
            people.adjudicate(self.book(sheet.file), sheet.reviewer, stage)
        self.collect([sheet.file for sheet in conflicts])
        return sum(len(sheet.rows) for sheet in conflicts)

    def collect(self, files: Sequence[str]) -> None:
        """Read filled workbooks back. Nothing that was typed here may be doubtful."""
        if files:
            found = self.review.collect([self.book(f) for f in files])
            doubts = tuple(i for i in found.issues if i.severity != "info")
            if doubts:
                raise ReviewError(f"The demonstration's own workbooks were not read as filled: {doubts[0].message}",
                                  code="demo-collect", status=1, issues=doubts)

    def book(self, name: str) -> Path:
        """A workbook that was sent out."""
        return self.review.folder.screening / name

    def people(self) -> Reviewers:
        """The reviewers, with the reports as they stand now."""
        return Reviewers(self.decisions, self.labels, self.review.state())


def _fresh(folder: Path) -> Path:
    """Make the workspace; returns the folder of the practice files. Only what an earlier demo made is removed."""
    if folder.exists() and not folder.is_dir():
        raise ReviewError(f"{folder} is a file. Name a folder for the demo: review demo DIR.", code="demo-folder")
    try:
        if folder.exists() and any(folder.iterdir()) and not _is_demo(folder):
            raise ReviewError(f"{folder} is no demo and not empty; nothing in it was touched. Name a new folder: "
                              "review demo DIR.", code="demo-folder")
        return _make(folder)
    except OSError as error:
        raise disk_error(error, folder) from error


def _is_demo(folder: Path) -> bool:
    marker = folder / MARKER
    return marker.is_file() and marker.read_text(encoding="utf-8", errors="replace").startswith(FIRST_LINE)


def _make(folder: Path) -> Path:
    practice = folder / "practice"
    for old in (folder / "outputs" / ID, practice):
        if old.is_symlink():
            old.unlink()
        elif old.exists():
            shutil.rmtree(old)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text(f"{FIRST_LINE}\n{PRACTICE}\n", encoding="utf-8")
    (folder / "queries").mkdir(exist_ok=True)
    shutil.copyfile(HERE / f"{ID}.toml", folder / "queries" / f"{ID}.toml")
    practice.mkdir()
    for name in ("README.md", "demo-decisions.csv", *LIBRARIES.values(), *(file for _, _, file in OTHER_METHODS)):
        shutil.copyfile(HERE / name, practice / name)
    return practice


def _to_open(folder: Path, review: Review, written: Sequence[Path]) -> tuple[tuple[str, Path], ...]:
    """What is worth opening, by what it is, with paths as the user would type them."""
    def here(path: Path) -> Path:
        return folder / path.relative_to(folder.resolve())

    out = [("the definition", folder / "queries" / f"{ID}.toml")]
    names = {"flow.svg": "the flow diagram", "report.html": "the report", "PRISMA.csv": "the numbers, to exchange",
             "checks.txt": "the checks of the sums"}
    out += [(names[p.name], here(p)) for p in written if p.name in names]
    books = sorted(review.folder.screening.glob("*.xlsx"))
    out += [(f"workbook {p.stem}", here(p)) for p in books]
    return tuple(out)
