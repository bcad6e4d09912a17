"""What the counts hand to the diagram, the checks and the interchange file: frozen dataclasses, no logic.

Keys of boxes are those of the PRISMA2020 R package's PRISMA.csv, plus a few of our own that contain none of
the official ones as a substring (its reader matches keys by regular expression on substrings).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from review.model import Issue, ReviewError

OF_AN_UPDATE = frozenset({"previous_studies", "previous_reports", "further_reports", "total_studies", "total_reports"})
Unit = Literal["records", "reports", "studies"]
Level = Literal["error", "warning", "info"]
Template = Literal["new", "new-other", "updated", "updated-other"]


@dataclass(frozen=True)
class Box:
    """One box, or one line of a box, of the flow.

    `ids` are the records, reports or studies that it counts; `parts` divides them by a label, in the order
    in which they are shown (the number beside a label is the length of its ids).
    """

    key: str
    n: int
    unit: Unit = "records"
    ids: tuple[str, ...] = ()
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """One rule of the flow: both sides of a sum, and the ids that make the difference."""

    rule: str
    level: Level
    ok: bool
    left: int
    right: int
    ids: tuple[str, ...] = ()
    message: str = ""


@dataclass(frozen=True)
class Cause:
    """Why a flow is not final, for whatever language it is told in: a word of the wording, a number, a name."""

    word: str
    n: int = 0
    name: str = ""


@dataclass(frozen=True, repr=False)
class Counts:
    """All boxes of one review at one time, with what was checked.

    `updated`: a previous version of the review exists; `other`: other methods were used besides databases
    and registers (together they choose one of the four templates of PRISMA 2020); `reasons` says why the
    flow is not final, `causes` the same for the wording of the figure. `hits` are the services' own figures
    by source label: shown beside the diagram, never as counts. `notes` are further footnotes: a key of the
    wording and its number.
    """

    review: str
    title: str = ""
    final: bool = False
    updated: bool = False
    other: bool = False
    as_of: str = ""
    boxes: Mapping[str, Box] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    reasons: tuple[str, ...] = ()
    hits: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)
    causes: tuple[Cause, ...] = ()

    @property
    def template(self) -> Template:
        """Which of the four templates of PRISMA 2020 fits."""
        if self.updated:
            return "updated-other" if self.other else "updated"
        return "new-other" if self.other else "new"

    def box(self, key: str) -> Box:
        """A box by its key; an empty one where this flow has no need of it. ReviewError where no flow has it."""
        from review.prisma.keys import OFFICIAL, OWN

        if key not in self.boxes and key not in (*OFFICIAL, *OWN):
            raise self.no_box(key)
        return self.boxes.get(key) or Box(key, 0)

    def no_box(self, key: str) -> ReviewError:
        """What to say where this flow has no box of that name: what the box needs, or which boxes there are."""
        from review.prisma.words import BOX_WORDS

        boxes = f"Boxes: {', '.join(self.boxes)}."
        if key not in BOX_WORDS:
            return ReviewError(f"There is no box “{key}”. {boxes}", code="no-such-box")
        needs = ("this review has no previous version (`review baseline` freezes or imports one)"
                 if key in OF_AN_UPDATE and not self.updated else
                 "nothing in this review belongs there")
        return ReviewError(f"The box “{key}” is not in this flow: {needs}. {boxes}", code="no-such-box")

    def n(self, key: str) -> int:
        """The number in a box, 0 where this flow has no need of it. ReviewError where no flow has it."""
        return self.box(key).n

    def __repr__(self) -> str:
        """What `review counts` prints."""
        from review.prisma.words import lines

        return "\n".join(lines(self))

    def as_dict(self) -> dict[str, Any]:
        """The object that `review counts --json` prints."""
        return {
            "review": self.review, "title": self.title, "final": self.final, "template": self.template,
            "as_of": self.as_of, "reasons": list(self.reasons),
            "boxes": {key: {"n": b.n, "unit": b.unit,
                            "parts": {label: len(ids) for label, ids in b.parts.items()}}
                      for key, b in self.boxes.items()},
            "checks": [{"rule": c.rule, "level": c.level, "ok": c.ok, "left": c.left, "right": c.right,
                        "ids": list(c.ids), "message": c.message} for c in self.checks],
        }


@dataclass(frozen=True)
class FlowBox:
    """A box of a flow from outside: numbers only. `n` is None where the flow does not give it."""

    n: int | None
    parts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Flow:
    """A flow from anywhere, as far as its file tells: no records stand behind it.

    `texts` are the words of the boxes where the file gives its own; `issues` is what could not be read.
    """

    name: str
    boxes: Mapping[str, FlowBox] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()

    def n(self, key: str) -> int | None:
        """The number in a box, or the sum of its parts where only these are given; None where neither is."""
        box = self.boxes.get(key)
        if box is None:
            return None
        return box.n if box.n is not None or not box.parts else sum(box.parts.values())
