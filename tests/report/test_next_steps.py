"""What a review says is to be done next: nobody is sent round in a circle, and nothing is asked for that is settled."""

from __future__ import annotations

from pathlib import Path

import pytest

from review.model import ReviewError
from tests.report.test_telling import said
from tests.reviewer import DEFINITION, books, command, fill, item, ris, workspace
from tests.screening.test_coming_and_going import TA, Team

PILOT = DEFINITION.replace('["AB", "CD"]', '["AB", "CD"]\npilot = 4')


def steps(team: Team) -> str:
    return "\n".join(team.review.status().next)


def test_when_nobody_is_left_it_says_whom_to_name(tmp_path: Path) -> None:
    """Two reviewers, one leaves: no sheet can help; a further code in the definition does."""
    team = Team(tmp_path)
    team.sent()
    team.review.reviewer("CD", left=True)
    assert "6 reports without a reviewer" in steps(team) and "nobody is left to take them" in steps(team)
    assert "`reviewers` under [screening] in queries/test.toml" in steps(team)
    team.team("AB", "CD", "GH")
    assert "`review sheets` sends them to somebody else" in steps(team) and team.sent() == {"GH": 6}


def disagree(team: Team) -> None:
    team.sent()
    team.decides("AB", lambda n: "include")
    team.decides("CD", lambda n: "exclude" if n < 4 else "include")


def test_conflicts_are_not_sent_to_an_adjudicator_who_left(tmp_path: Path) -> None:
    """Before and after they were sent out: they go to whoever is named instead."""
    team = Team(tmp_path)
    disagree(team)
    team.review.reviewer("EF", left=True)
    with pytest.raises(ReviewError, match=r"EF, who settles them, has left.*adjudicator"):
        team.sent(conflicts=True)
    assert "EF, who settles them, has left" in steps(team)
    team.review.reviewer("EF", left=False)
    assert team.sent(conflicts=True) == {"EF": 4}
    team.review.reviewer("EF", left=True)
    path = team.folder / "queries/test.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"EF"', '"GH"'), encoding="utf-8")
    assert team.sent(conflicts=True) == {"GH": 4}


def test_conflicts_that_were_sent_are_told_from_those_that_were_not(tmp_path: Path) -> None:
    team = Team(tmp_path)
    disagree(team)
    assert "4 conflicts (title and abstract) not sent to EF yet: `review sheets --conflicts`" in steps(team)
    team.sent(conflicts=True)
    assert "4 conflicts (title and abstract) with EF" in steps(team) and "not sent" not in steps(team)
    team.decides("CD", lambda n: "exclude" if n < 5 else "include")
    assert "1 conflict (title and abstract) not sent to EF yet" in steps(team)
    assert "4 conflicts (title and abstract) with EF" in steps(team)


def test_after_a_freeze_the_update_comes_next(tmp_path: Path) -> None:
    """A report that was not retrieved is settled for the version before: nobody has it left, then or in the update."""
    folder = workspace(tmp_path)
    command(folder, "import", str(ris(folder / "a.ris", [item(i) for i in range(3)])), "--database", "pubmed")
    command(folder, "dedupe")
    command(folder, "sheets")
    for book in books(folder, TA):
        fill(book, lambda n, _: {"Decision": "include"})
    command(folder, "collect")
    command(folder, "sheets", "--stage", "full-text")
    for book in books(folder, "full-text"):
        fill(book, lambda n, _: {"Retrieved": "no"} if n == 0 else {"Decision": "include"})
    command(folder, "collect")
    command(folder, "link", "--own")
    assert command(folder, "counts")["final"]
    command(folder, "baseline", "--freeze")
    found = command(folder, "status")
    assert [r["left"] for r in found["reviewers"]] == [0, 0, 0, 0]
    assert len(found["next"]) == 1 and "`review search --update`" in found["next"][0]
    command(folder, "import", str(ris(folder / "b.ris", [item(i) for i in range(2, 5)])), "--database", "pubmed")
    command(folder, "dedupe")
    assert not any("full text" in line for line in command(folder, "status")["next"])
    # Withdrawing a search of the version before leaves its numbers as they are, and the answer says so.
    first, second = (row["id"] for row in command(folder, "status")["searches"])
    before = command(folder, "counts")["boxes"]
    assert "no number of box 1 changes" in " ".join(said(folder, "withdraw", first, "--reason", "mistake").split())
    assert command(folder, "counts")["boxes"] == before
    assert before["previous_reports"]["n"] == 2
    assert command(folder, "withdraw", first, "--reason", "mistake")["in_previous_version"] is True
    assert command(folder, "withdraw", second, "--reason", "mistake")["in_previous_version"] is False


def test_a_database_without_a_search_is_one_warning_everywhere(tmp_path: Path) -> None:
    """The definition names PubMed and Google Scholar. A withdrawn search waits for nothing, and counts for nothing."""
    folder = workspace(tmp_path)
    command(folder, "import", str(ris(folder / "a.ris", [item(1)])), "--database", "pubmed")
    command(folder, "dedupe")
    warned = [c for c in command(folder, "counts")["checks"] if c["rule"] == "databases searched"]
    assert [(c["level"], c["ok"], c["ids"]) for c in warned] == [("warning", False, ["Google Scholar"])]
    assert any(line.startswith("not searched yet: Google Scholar") for line in command(folder, "status")["next"])
    cut = ris(folder / "b.ris", [item(2), item(3)])
    cut.write_bytes(cut.read_bytes() + b"\r\nTY  - JOUR\r\nER  - \r\n")
    opened = command(folder, "import", str(cut), "--database", "google-scholar", status=None)
    if opened["state"] == "open":
        assert any("is not complete" in line for line in command(folder, "status")["next"])
    command(folder, "withdraw", opened["search"], "--reason", "cut off")
    told = command(folder, "status")["next"]
    assert not any("not complete" in line for line in told) and told[0].startswith("not searched yet: Google Scholar")
    command(folder, "import", str(ris(folder / "c.ris", [item(4)])), "--database", "Google Scholar")
    assert not [c for c in command(folder, "counts")["checks"] if c["rule"] == "databases searched"]


def test_a_pilot_comes_first_and_never_sends_what_was_sent(tmp_path: Path) -> None:
    team = Team(tmp_path, PILOT)
    first, then = steps(team).splitlines()[1:]
    assert first == "a pilot of 4 reports comes first: `review sheets --pilot`" and then.startswith("after the pilot, 6 reports")
    review = team.review
    assert len(review.sheets(TA)) == 2 and [i.code for i in review.notes] == ["pilot-skipped"]
    assert "pilot" not in steps(team) and team.sent(pilot=True) == {}
    team.add(range(6, 9))                   # what nobody was sent may still be piloted
    assert team.sent(pilot=True) == {"AB": 3, "CD": 3} and team.sent(pilot=True) == {}


def test_a_pilot_is_repeated_with_other_reports(tmp_path: Path) -> None:
    """JBI: where people agree too little they talk, and pilot again."""
    team = Team(tmp_path, PILOT)
    first = team.review.sheets(TA, pilot=True)
    assert team.sent(pilot=True) == {}
    for who in ("AB", "CD"):
        team.decides(who, lambda n: "include", kind="pilot-")
    second = team.review.sheets(TA, pilot=True)
    assert [len(s.rows) for s in second] == [2, 2] and not first[0].keys & second[0].keys


def test_a_renamed_definition_is_told(tmp_path: Path) -> None:
    """Its review stays under the old name; the new name starts from nothing, and says so."""
    team = Team(tmp_path)
    (team.folder / "queries/test.toml").rename(team.folder / "queries/other.toml")
    assert "outputs/test" in command(team.folder, "status")["warnings"][0]
    assert [i["code"] for i in command(team.folder, "check")["issues"]] == ["renamed"]
    assert command(team.folder, "queries")["without_definition"] == ["test"]
    assert "outputs/test" in command(team.folder, "counts", "test", status=2)["error"]
    (team.folder / "queries/other.toml").rename(team.folder / "queries/test.toml")
    assert command(team.folder, "queries")["without_definition"] == [] and not command(team.folder, "check")["issues"]


def test_cells_whose_answer_was_not_taken_stay_named(tmp_path: Path) -> None:
    """AB types "hm" twice and leaves one blank: three are left, and the two that AB believes to be decided are named."""
    team = Team(tmp_path)
    team.sent()
    team.decides("AB", lambda n: "hm, see later" if n in (1, 3) else "" if n == 5 else "include")
    path = next(p for p in books(team.folder, "AB"))
    cells = sorted(i["cell"] for i in command(team.folder, "collect", "--dry-run", str(path), status=1)["issues"])
    line = next(s for s in team.review.status().next if "not taken" in s)
    assert line.startswith("2 cells of AB") and len(cells) == 2 and all(f"{path.name} {c}" in line for c in cells)
    assert "still to decide: AB 3, CD 6" in steps(team)
    team.decides("AB", lambda n: "exclude" if n in (1, 3) else "")
    assert "not taken" not in steps(team) and "still to decide: AB 1" in steps(team)
