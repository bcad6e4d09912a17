"""Reviewers who leave, return or join midway; rounds; the pilot; who has how many left. With real workbooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import openpyxl
import pytest

from review.ledger.paths import Workspace
from review.sources.files import ImportRequest
from review.workflow import Review
from tests.reviewer import DEFINITION, books, fill, item, ris, workspace

TA = "title-abstract"


class Team:
    """A review of six reports, and what its people do."""

    def __init__(self, folder: Path, definition: str = DEFINITION) -> None:
        self.folder = workspace(folder, definition=definition)
        self.add(range(6))

    @property
    def review(self) -> Review:
        """The review as the next command would open it."""
        return Review(Workspace(self.folder), "test")

    def add(self, numbers: Iterable[int]) -> None:
        """A search finds more."""
        path = ris(self.folder / "found.ris", [item(i) for i in numbers])
        self.review.import_files(ImportRequest((path,), "scopus"))
        self.review.dedupe()

    def sent(self, **plan: bool) -> dict[str, int]:
        """Send out what waits; reviewer -> reports."""
        out: dict[str, int] = {}
        for sheet in self.review.sheets(TA, **plan):
            out[sheet.reviewer] = out.get(sheet.reviewer, 0) + len(sheet.rows)
        return out

    def decides(self, who: str, word: Callable[[int], str], book: int = 0, kind: str = "") -> None:
        """Somebody fills one of their workbooks and sends it back; "" leaves a cell blank."""
        name = f"{kind}{TA}-{who}-{book + 1}.xlsx"
        path = next(p for p in books(self.folder, who) if p.name == name)
        fill(path, lambda n, _: {"Decision": word(n)} if word(n) else None)
        self.review.collect([path])

    def team(self, *codes: str) -> None:
        """The definition names these reviewers now."""
        path = self.folder / "queries/test.toml"
        lines = path.read_text(encoding="utf-8").splitlines()
        new = "reviewers = [" + ", ".join(f'"{c}"' for c in codes) + "]"
        path.write_text("\n".join(new if line.startswith("reviewers") else line for line in lines) + "\n", encoding="utf-8")

    def left(self) -> dict[str, int]:
        """Reviewer -> how many they have left, as `review status` says."""
        return {f"{r['reviewer']} {r['stage']}".removesuffix(f" {TA}"): r["left"] for r in self.review.status().reviewers}

    def standing(self) -> list[str]:
        """Where each report stands on title and abstract."""
        found = self.review.consensus()
        return [c.decision or c.status for (_, stage), c in sorted(found.items()) if stage == TA]


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path)


def test_what_a_leaver_has_not_decided_goes_to_others(team: Team) -> None:
    """CD decides two of six and leaves; GH takes the four that are left, and nothing else."""
    team.sent()
    team.decides("AB", lambda n: "include")
    team.decides("CD", lambda n: "include" if n < 2 else "")
    team.team("AB", "CD", "GH")
    assert team.sent() == {} and team.left() == {"AB": 0, "CD": 4}     # whoever is new gets what nobody else holds
    team.review.reviewer("CD", left=True)
    assert team.left() == {"AB": 0, "CD": 0}
    assert any("4 reports without a reviewer" in line for line in team.review.status().next)
    assert team.sent() == {"GH": 4}
    team.decides("GH", lambda n: "exclude" if n == 0 else "include")
    assert team.standing() == ["include", "include", "conflict", "include", "include", "include"]


def test_somebody_who_comes_back_is_waited_for_only_where_nobody_took_over(team: Team) -> None:
    """CD leaves and returns: GH has three of CD's reports by then."""
    team.sent()
    team.decides("AB", lambda n: "include")
    team.team("AB", "CD", "GH")
    team.review.reviewer("CD", left=True)
    assert team.sent() == {"GH": 6}
    team.review.reviewer("CD", left=False)
    team.decides("GH", lambda n: "include" if n < 3 else "")
    assert team.standing() == ["include"] * 3 + ["undecided"] * 3
    assert team.left() == {"AB": 0, "CD": 0, "GH": 3} and team.sent() == {}
    team.decides("CD", lambda n: "exclude" if n == 0 else "")          # a late word of CD's counts all the same
    assert team.standing()[0] == "conflict"


def test_leaving_by_mistake_changes_nothing(team: Team) -> None:
    """Gone and back before anything was sent out: CD is waited for as before."""
    team.sent()
    team.review.reviewer("CD", left=True)
    team.review.reviewer("CD", left=False)
    team.decides("AB", lambda n: "include")
    assert team.left() == {"AB": 0, "CD": 6} and team.sent() == {}
    assert set(team.standing()) == {"undecided"}


def test_new_reports_are_shared_among_all_who_are_there(team: Team) -> None:
    """Three reviewers, six new reports, two each: four a head; what is out stays where it is."""
    team.sent()
    team.team("AB", "CD", "GH")
    team.add(range(6, 12))
    assert team.sent() == {"AB": 4, "CD": 4, "GH": 4}


def test_nobody_left_says_who_is_missing(team: Team) -> None:
    """With one of two gone and nobody named, the reports wait, and the status says that somebody is missing."""
    team.sent()
    team.decides("AB", lambda n: "include")
    team.review.reviewer("CD", left=True)
    assert team.sent() == {} and set(team.standing()) == {"undecided"}
    assert any("6 reports without a reviewer" in line for line in team.review.status().next)


def test_criteria_amended_a_new_round(team: Team) -> None:
    """What was excluded is opened again: decided anew with the old decision as a hint, agreement told a round."""
    team.sent()
    team.decides("AB", lambda n: "exclude" if n < 4 else "include")
    team.decides("CD", lambda n: "exclude" if n < 3 else "include")
    keys = team.review.reopen(["records_excluded"], TA, "criteria amended")
    assert len(keys) == 3 and team.standing() == ["unissued"] * 3 + ["conflict"] + ["include"] * 2
    assert team.sent() == {"AB": 3, "CD": 3}
    sheets = list(team.review.state().sheets.values())[-2:]
    assert {s.round for s in sheets} == {2}
    book = openpyxl.load_workbook(team.folder / "outputs/test/screening" / sheets[0].file)
    text = " ".join(str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value)
    assert "Earlier decision" in text and "exclude" in text
    for who in ("AB", "CD"):
        team.decides(who, lambda n: "include", book=1)
    assert team.standing() == ["include"] * 3 + ["conflict"] + ["include"] * 2
    assert [(a.round, a.n) for a in team.review.agreement()] == [(1, 6), (2, 3)]
    old = team.folder / "outputs/test/screening" / f"{TA}-AB-1.xlsx"    # the first workbook once more: of the old round
    fill(old, lambda n, _: {"Decision": "maybe"} if n < 3 else None)
    found = team.review.collect([old])
    assert [i.code for i in found.issues] == ["old-round"] * 3 and team.standing()[:3] == ["include"] * 3


def test_the_pilot_says_who_is_left_and_how_they_agreed(tmp_path: Path) -> None:
    """Four reports for the whole team; the status counts them, then tells the agreement that JBI asks for."""
    team = Team(tmp_path, DEFINITION.replace('["AB", "CD"]', '["AB", "CD"]\npilot = 4'))
    assert team.sent(pilot=True) == {"AB": 4, "CD": 4}
    team.decides("AB", lambda n: "include", kind="pilot-")
    assert team.left() == {f"AB {TA}, pilot": 0, f"CD {TA}, pilot": 4}
    assert "pilot: still to decide: CD 4; then `review collect`" in team.review.status().next
    team.decides("CD", lambda n: "exclude" if n == 0 else "include", kind="pilot-")
    assert any("AB and CD 75% alike" in line for line in team.review.status().next)
    assert team.sent() == {"AB": 6, "CD": 6}                # the pilot's decisions do not count unless the definition says so


def test_the_pilot_of_three_is_told_in_one_line_and_not_again_in_an_update(tmp_path: Path) -> None:
    """AB and GH say the same of four reports, CD another thing of one; all three: the mean of 75, 100 and 75%."""
    team = Team(tmp_path, DEFINITION.replace('["AB", "CD"]', '["AB", "CD", "GH"]\npilot = 4\npilot-counts = true'))
    team.sent(pilot=True)
    for who in ("AB", "GH"):
        team.decides(who, lambda n: "exclude", kind="pilot-")
    team.decides("CD", lambda n: "include" if n == 0 else "exclude", kind="pilot-")
    assert [said for said in team.review.status().next if "pilot is done" in said] == [
        "the pilot is done: AB and CD 75%; AB and GH 100%; CD and GH 75%; AB, CD and GH 83% alike (JBI: start at 75%, or "
        "talk and repeat)"]
    team.decides("CD", lambda n: "exclude", kind="pilot-")
    sent = team.sent()
    for who in sent:
        team.decides(who, lambda n: "exclude")
    team.review.baseline_freeze()
    team.add(range(6, 9))
    steps = team.review.status().next
    assert any("3 reports to be sent out" in said for said in steps) and not any("pilot" in said for said in steps)

