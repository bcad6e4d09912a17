"""The logs, and the files they name, can't be changed unseen: a dropped, doubled or swapped row, a changed byte."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

import review
from review.model import ReviewError
from tests.reviewer import books, command, fill, item, ris, workspace

LOGS = ("assignments.csv", "decisions.csv", "links.csv", "events.csv")


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small review with rows in all four logs."""
    folder = workspace(tmp_path_factory.mktemp("mutations"))
    again = [{**item(i), "JO": "J. " + item(i)["JO"][11:]} for i in range(5)]
    command(folder, "import", str(ris(folder / "a.ris", [*(item(i) for i in range(30)), *again])), "--database", "eric")
    command(folder, "dedupe")
    command(folder, "sheets")
    for who in ("AB", "CD"):
        fill(books(folder, who)[0], lambda n, _: {"Decision": "include" if n < 8 else "exclude"})
    command(folder, "collect")
    command(folder, "sheets")
    for who in ("AB", "CD"):
        fill(books(folder, "full-text", who)[0], lambda n, _: {
            "Decision": "include" if n < 4 else "exclude", "Reason": "Wrong concept" if n >= 4 else "",
            "Study": "own" if n < 4 else ""})
    command(folder, "collect")
    assert command(folder, "counts")["final"]
    return folder


def mutate(data: bytes, how: str, dice: random.Random) -> bytes:
    """One random change."""
    lines = data.splitlines(keepends=True)
    if how == "byte":
        place = dice.randrange(len(data))
        return data[:place] + bytes([(data[place] + dice.randrange(1, 256)) % 256]) + data[place + 1:]
    at = dice.randrange(len(lines))
    if how == "drop":
        del lines[at]
    elif how == "double":
        lines.insert(at, lines[at])
    else:
        other = dice.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at]
    return b"".join(lines)


# What the numbers rest on beside the logs: the records of each search, its facts, and who was sent what.
BESIDE = ("searches/*/index.csv", "searches/*/search.json", "screening/issued/*.csv")


def undetected(folder: Path, files: list[Path], count: int, seed: int) -> list[str]:
    """Which of `count` random mutations of the files were read without a word."""
    dice = random.Random(seed)
    expected = review.open("test", folder).counts().as_dict()
    silent = []
    done = 0
    while done < count:
        path, how = dice.choice(files), dice.choice(("drop", "double", "swap", "byte"))
        original = path.read_bytes()
        changed = mutate(original, how, dice)
        if changed == original:
            continue
        done += 1
        path.write_bytes(changed)
        opened = review.open("test", folder)
        try:
            counts = opened.counts().as_dict()
            # a doubled last row looks like what a crash leaves: it is put aside, told, and counts for nothing
            if [n.code for n in opened.notes] != ["torn-log"] or counts != expected:
                silent.append(f"{how} in {path.name}")
        except ReviewError as error:
            assert error.code in ("damaged-log", "forked-log", "search-damaged", "issued-damaged"), error
            assert error.status == 1
        path.write_bytes(original)
    return silent


def logs(folder: Path) -> list[Path]:
    return [folder / "outputs" / "test" / "log" / name for name in LOGS]


def beside(folder: Path) -> list[Path]:
    found = [path for pattern in BESIDE for path in sorted((folder / "outputs" / "test").glob(pattern))]
    assert len(found) >= 6                              # one search with two files, two sheets at two stages
    return found


def test_no_mutation_is_silent(worked: Path) -> None:
    """A bounded number on every run; `make proof` does 1,300."""
    assert undetected(worked, logs(worked), 90, seed=1) == []
    assert undetected(worked, beside(worked), 30, seed=1) == []


@pytest.mark.proof
def test_a_thousand_mutations(worked: Path) -> None:
    """The issue's full number."""
    assert undetected(worked, logs(worked), 1000, seed=2) == []
    assert undetected(worked, beside(worked), 300, seed=3) == []


def test_a_damaged_log_is_told_and_left_alone(worked: Path, tmp_path: Path) -> None:
    """The command says which log, after which transaction, and what to do; the files stay as they are."""
    copy = tmp_path / "copy"
    shutil.copytree(worked, copy)
    path = copy / "outputs" / "test" / "log" / "decisions.csv"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3] + lines[4:]))
    told = command(copy, "check", status=1)
    assert "log/decisions.csv" in told["error"] and "backup" in told["error"]
    assert "transaction" in told["error"]
    for words in (("counts",), ("collect",), ("status",), ("run",), ("import", "x.ris", "--database", "eric")):
        assert command(copy, *words, status=None)["status_code"] in (1, 2)
    assert path.read_bytes() == b"".join(lines[:3] + lines[4:])


def test_torn_bytes_are_put_aside_and_reported(worked: Path, tmp_path: Path) -> None:
    """What an interrupted command left behind the last commit is not read, and not lost either."""
    copy = tmp_path / "copy"
    shutil.copytree(worked, copy, ignore=shutil.ignore_patterns("torn"))
    before = command(copy, "counts")["boxes"]
    for name in ("decisions.csv", "events.csv"):
        with open(copy / "outputs" / "test" / "log" / name, "ab") as stream:
            stream.write(b"999,99,2026-01-01T00:00:00Z,half a ro")
    told = command(copy, "counts")
    assert told["boxes"] == before
    assert [i["code"] for i in told["issues"]] == ["torn-log", "torn-log"]
    kept = list((copy / "outputs" / "test" / "log" / "torn").iterdir())
    assert sorted(p.read_bytes() for p in kept) == [b"999,99,2026-01-01T00:00:00Z,half a ro"] * 2
    assert command(copy, "check")["ok"]


def test_two_copies_brought_together(worked: Path, tmp_path: Path) -> None:
    """Copies that were worked on apart: a merged log is refused with the cure, and so are foreign sheets."""
    one, two = tmp_path / "one", tmp_path / "two"
    shutil.copytree(worked, one)
    shutil.copytree(worked, two)
    for copy, numbers in ((one, range(100, 110)), (two, range(200, 210))):
        command(copy, "import", str(ris(copy / "more.ris", [item(i) for i in numbers])), "--database", "scopus")
        command(copy, "dedupe")
        command(copy, "sheets", "--stage", "title-abstract")
    both = [c / "outputs" / "test" / "log" for c in (one, two)]
    sheet = next(p for p in books(two, "title-abstract", "AB") if not (one / "x" / p.name).exists() and "-2" in p.name)

    # a workbook of the other copy: its keys were given to other reports here
    told = command(one, "collect", str(fill(sheet, lambda n, _: {"Decision": "include"})), status=1)
    assert told["new"] == 0 and told["issues"][0]["code"] == "unknown-sheet"
    assert "other copy" in told["issues"][0]["message"]

    # a search folder of the other copy
    for folder in (two / "outputs" / "test" / "searches").iterdir():
        target = one / "outputs" / "test" / "searches" / (folder.name + "0")
        if "scopus" in folder.name:
            shutil.copytree(folder, target)
    told = command(one, "check", status=1)
    assert [i["code"] for i in told["issues"]] == ["search-unknown"]

    # the logs merged line by line, as a version control system would
    for name in LOGS:
        mine, theirs = ((log / name).read_bytes().splitlines(keepends=True) for log in both)
        common = next((i for i, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), len(mine))
        (both[0] / name).write_bytes(b"".join(mine + theirs[common:]))
    told = command(one, "counts", status=1)
    assert told["issues"][0]["code"] == "forked-log"
    assert "Keep one copy" in told["error"] and "review collect" in told["error"]
