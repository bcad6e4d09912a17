"""Whatever people do, in whatever order: the boxes hold distinct ids, the sums hold, every number opens with as many."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from review.ledger import acts
from review.model import ReviewError
from review.prisma.box import Counts
from review.sources.files import ImportRequest
from review.workflow import Review, open_review
from tests.reviewer import item, ris, workspace

METHODS = {"scopus": "database", "embase": "database", "ClinicalTrials.gov": "register", "a website": "website",
           "a seed": "citation-searching"}
PENDING = ("awaiting_dedup", "undecided_screening", "conflicts_screening", "pending_retrieval", "pending_full_text",
           "conflicts_full_text", "oth_awaiting_dedup", "oth_undecided", "oth_conflicts", "oth_pending_retrieval",
           "oth_pending_full_text", "oth_conflicts_full_text")


class People:
    """What people may do next to a review, by the dice; what the program refuses, they leave."""

    def __init__(self, folder: Path, dice: random.Random) -> None:
        self.folder, self.dice, self.files = folder, dice, 0

    @property
    def review(self) -> Review:
        return open_review("test", self.folder)

    def act(self) -> None:
        """One act; those that bring the review forward come more often."""
        acts_: list[Callable[[], object]] = [
            self.import_, self.dedupe, self.dedupe, self.decide, self.decide, self.decide, self.decide, self.retrieve,
            self.remove, self.same, self.split, self.undo, self.withdraw, self.study, self.reopen, self.issue]
        with contextlib.suppress(ReviewError):
            self.dice.choice(acts_)()

    def keys(self, n: int = 1) -> list[str]:
        """Some keys that were ever given, also those that were joined since."""
        known = sorted(self.review.state().reports)
        return self.dice.sample(known, min(n, len(known)))

    def import_(self) -> None:
        self.files += 1
        database = self.dice.choice(sorted(METHODS))
        numbers = self.dice.sample(range(30), self.dice.randrange(1, 12))
        rows = [item(i) if self.dice.random() < 0.7 else {**item(i), "JO": "J. " + item(i)["JO"][11:]} for i in numbers]
        earlier = [s.id for s in self.review.state().searches.values() if s.database == database]
        self.review.import_files(ImportRequest(
            (ris(self.folder / f"{self.files}.ris", rows),), database, method=METHODS[database],
            date=f"2026-11-{self.files % 28 + 1:02d}", trial=self.dice.random() < 0.1,
            same_as=self.dice.choice(earlier) if earlier and self.dice.random() < 0.5 else ""))

    def dedupe(self) -> None:
        self.review.dedupe()

    def decide(self) -> None:
        stage = self.dice.choice(("title-abstract", "full-text"))
        said = ["include", "include", "exclude", "maybe"] + ["awaiting-classification", "ongoing"] * (stage == "full-text")
        review = self.review
        with review._change("test") as (tx, state):
            for key in self.keys(8):
                word = self.dice.choice(said)
                for who in self.dice.sample(("AB", "CD"), self.dice.choice((1, 2))):
                    word = self.dice.choice(said) if self.dice.random() < 0.1 else word
                    tx.decide(report=key, stage=stage, round=state.round(state.groups()[state.resolve(key)], stage),
                              reviewer=who, kind="imported", decision=word,
                              reason="wrong-concept" if word == "exclude" and stage == "full-text" else "")

    def retrieve(self) -> None:
        with self.review._change("test") as (tx, state):
            for key in self.keys(2):
                acts.retrieved(tx, state, key, self.dice.choice(("retrieved", "not-retrieved", "pending")), "", "AB")

    def remove(self) -> None:
        self.review.remove(self.keys(2), self.dice.choice(("automation", "other")), "why", restore=self.dice.random() < 0.4)

    def same(self) -> None:
        one, two = self.keys(2)
        self.review.link(one, same=two)

    def split(self) -> None:
        state = self.review.state()
        several = [r for r in state.current() if len(r.records) > 1]
        if several:
            self.review.split([self.dice.choice(self.dice.choice(several).records[1:])], "not the same")

    def undo(self) -> None:
        self.review.undo(self.keys()[0], "a mistake")

    def withdraw(self) -> None:
        if self.dice.random() < 0.4:
            self.review.withdraw(self.dice.choice(sorted(self.review.state().searches)), "a mistake")

    def study(self) -> None:
        self.review.link(self.keys()[0], studies=self.dice.sample(("S1", "S2", "S3"), 2))
        self.review.link_own()

    def reopen(self) -> None:
        self.review.reopen(self.keys(), self.dice.choice(("title-abstract", "full-text")), "amended")

    def issue(self) -> None:
        if self.dice.random() < 0.3:
            self.review.sheets()


def assert_sound(counts: Counts, history: str) -> None:
    """The rules of PRISMA 2020, from the boxes' ids alone."""
    n = counts.n
    for box in counts.boxes.values():
        assert box.n == len(box.ids) == len(set(box.ids)), (history, box.key)
        if box.parts:
            assert sorted(i for ids in box.parts.values() for i in ids) == sorted(box.ids), (history, box.key)
    assert (n("database_results") + n("register_results") - n("duplicates") - n("excluded_automatic") - n("excluded_other")
            - n("awaiting_dedup") == n("records_screened")), history
    assert (n("records_screened") - n("records_excluded") - n("undecided_screening") - n("conflicts_screening")
            == n("dbr_sought_reports")), history
    assert (n("website_results") + n("citations_results") - n("already_found") - n("dropped_before_retrieval")
            - n("oth_undecided") - n("oth_conflicts") - n("oth_awaiting_dedup") == n("other_sought_reports")), history
    for arm, prefix in (("dbr", ""), ("other", "oth_")):
        assert (n(f"{arm}_sought_reports") - n(f"{arm}_notretrieved_reports") - n(f"{prefix}pending_retrieval")
                - n(f"{prefix}pending_full_text") - n(f"{prefix}conflicts_full_text") == n(f"{arm}_assessed")), history
        included = {*counts.boxes["new_reports"].ids} & {*counts.boxes[f"{arm}_assessed"].ids}
        assert (n(f"{arm}_assessed") - n(f"{arm}_excluded") - n(f"{prefix}awaiting_classification")
                - n(f"{prefix}ongoing") == len(included)), history
    if counts.final:
        assert not any(n(key) for key in PENDING), history


@pytest.mark.parametrize("seed", range(4))
def test_the_sums_hold_after_every_act(seed: int, tmp_path: Path) -> None:
    play(tmp_path, seed, 25)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(100, 140))
def test_the_sums_hold_after_every_act_of_many(seed: int, tmp_path: Path) -> None:
    play(tmp_path, seed, 60)


def play(folder: Path, seed: int, n: int) -> None:
    """A review that starts with a search in each arm; then n acts of chance."""
    dice = random.Random(seed)
    people = People(workspace(folder), dice)
    people.import_()
    people.import_()
    people.dedupe()
    for number in range(n):
        people.act()
        assert_sound(people.review.counts(), f"seed {seed}, act {number}")
