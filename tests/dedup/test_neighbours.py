"""A later search is matched against the records that it could meet; the answer is that of matching against all."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import pytest

import review
from review.dedup import neighbours as module
from review.dedup.assigning import deduplicate
from review.dedup.block import candidates, terms
from review.dedup.features import features
from review.dedup.neighbours import Keys, neighbours
from review.ledger import events
from tests.dedup.making import ARTICLE, OTHER, record
from tests.reviewer import TREES, command, item, ris, workspace
from tests.shared_data import shared

ANSWERS = {"assignments": ("record", "report", "op", "rule", "score", "for", "against"),
           "links": ("from", "to", "type", "evidence"), "events": ("type", "subject", "value", "reason")}


def everything(fresh: Collection[Keys], others: Iterable[Keys]) -> Any:
    """The same question, answered with all records."""
    others = list(others)
    return {k.id for k in others}, neighbours(fresh, others)[1]


def answers(folder: Path) -> dict[str, list[list[str]]]:
    """What the matcher wrote into the log, without times."""
    out: dict[str, list[list[str]]] = {}
    for name, columns in ANSWERS.items():
        path = folder / "outputs" / "test" / "log" / f"{name}.csv"
        if path.exists():
            with path.open(encoding="utf-8", newline="") as stream:
                out[name] = [[row[c] for c in columns] for row in csv.DictReader(stream)
                             if name != "events" or row["type"] == events.POSSIBLE]
    return out


def crowded(dice: random.Random, size: int, earlier: list[dict[str, str]]) -> list[dict[str, str]]:
    """Records of a small world: few words, authors, journals and places, so that many keys are shared. Half of them are
    earlier ones told again, with fields gone or a title cut."""
    out = []
    for _ in range(size):
        made = {"TI": " ".join(dice.sample(TREES[:20], dice.randint(5, 8))) + dice.choice(["", " in children", " part 2"]),
                "AU": f"{dice.choice(TREES[:9]).title()}, {dice.choice('ABC')}.", "PY": str(dice.randint(2001, 2006)),
                "JO": f"Journal of {dice.choice(TREES[:5]).title()}", "VL": str(dice.randint(1, 4)),
                "SP": str(dice.randint(1, 25)), "DO": f"10.1234/world.{dice.randint(1, 400)}"}
        if earlier and dice.random() < 0.5:
            made = dict(dice.choice(earlier))
            if dice.random() < 0.3:
                made["TI"] = made["TI"][:len(made["TI"]) * 2 // 3]
        made = {k: v for k, v in made.items() if k == "TI" or dice.random() < 0.85}
        out.append(made)
        earlier.append(made)
    return out


def apart(n: int) -> dict[str, str]:
    """A record that has no key in common with any of another number."""
    word = f"{chr(97 + n // 20)}{chr(97 + n % 20)}"
    return {"TI": f"{word * 3} {word * 4}", "AU": f"{(word * 3).title()}, A.", "PY": str(1800 + n), "DO": f"10.1234/apart.{n}"}


@pytest.mark.parametrize("seed", range(6))
def test_the_same_as_matching_against_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    dice = random.Random(seed)
    earlier: list[dict[str, str]] = []
    files = {database: crowded(dice, size, earlier) for database, size in (("scopus", 90), ("embase", 60), ("eric", 25))}
    seen = []
    for name in ("near", "all"):
        folder = workspace(tmp_path / name)
        if name == "all":
            monkeypatch.setattr(module, "neighbours", everything)
        for database, items in files.items():
            command(folder, "import", str(ris(folder / f"{database}.ris", items)), "--database", database)
            review.open("test", root=folder).dedupe()
        seen.append(answers(folder))
    assert seen[0] == seen[1]
    assert len({row[1] for row in seen[0]["assignments"]}) < 150                 # many were merged


def test_a_set_that_people_labelled_in_two_searches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = list(csv.reader(shared("dedup/cytology_screening/records_pre_merged.csv").open(encoding="utf-8-sig", newline="")))
    random.Random(5).shuffle(rows := lines[1:])
    seen = []
    for name in ("near", "all"):
        folder = workspace(tmp_path / name)
        if name == "all":
            monkeypatch.setattr(module, "neighbours", everything)
        for part, database in ((rows[150:], "scopus"), (rows[:150], "embase")):
            with (folder / f"{database}.csv").open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream).writerows([lines[0], *part])
            command(folder, "import", str(folder / f"{database}.csv"), "--database", database)
            review.open("test", root=folder).dedupe()
        seen.append(answers(folder))
    assert seen[0] == seen[1]


def test_only_what_could_meet_a_new_record_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """200 reports that resemble nothing, then a copy of one of them and two strangers: these three and that one are read."""
    folder = workspace(tmp_path)
    command(folder, "import", str(ris(folder / "a.ris", map(apart, range(200)))), "--database", "scopus")
    read, really = [], module.read_fields
    monkeypatch.setattr(module, "read_fields", lambda records, *more: [read.append(f.id) or f for f in really(records, *more)])
    review.open("test", root=folder).dedupe()
    assert len(read) == 200
    del read[:]
    new = [apart(5), {"TI": "Teacher autonomy and attainment", "PY": "2016"}, {"TI": "教师自主性与学业成绩", "PY": "2016"}]
    command(folder, "import", str(ris(folder / "b.ris", new)), "--database", "embase")
    done, _ = review.open("test", root=folder).dedupe()
    assert (done.new_records, done.new_reports, done.merged) == (3, 2, 1)
    assert len(read) == len(set(read)) == 4


def test_keys_that_are_lost_or_changed_are_made_again(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    path = folder / "outputs" / "test" / ".keys.jsonl"
    for number, database in enumerate(["scopus", "embase", "eric", "cinahl"]):
        command(folder, "import", str(ris(folder / "a.ris", [item(number), item(7)])), "--database", database)
        if number == 1:
            path.unlink()
        elif number == 2:       # a hand that takes the keys of item 7 out
            path.write_text("".join(json.dumps({**json.loads(line), "keys": [[]] * 6, "words": []}) + "\n"
                                    for line in path.read_text(encoding="utf-8").splitlines()), encoding="utf-8")
        elif number == 3:
            (folder / "outputs" / "test" / ".keys.json").write_text("{", encoding="utf-8")
        done, _ = review.open("test", root=folder).dedupe()
        assert (done.new_records, done.merged) == (2, min(number, 1))
    assert len(path.read_text(encoding="utf-8").splitlines()) == 8


@pytest.mark.parametrize(("a", "b", "met"), [
    ({"doi": "10.1234/x"}, {"doi": "10.1234/X"}, True),
    (ARTICLE, {"title": ARTICLE["title"]}, True),
    (ARTICLE, {"title": "Migration parentale", "volume": "79", "pages": "233-240", "journal": "Children Youth Serv Rev"}, True),
    (ARTICLE, OTHER, False),
    (ARTICLE, {"title": "Boys in rural towns"}, False),         # one rare word in common is not two
    (ARTICLE, {"title": "Notes from Anhui on migration"}, True),
    ({"title": "农村留守儿童心理健康"}, {"title": "留守儿童研究"}, True),
])
def test_who_meets_whom(a: dict[str, Any], b: dict[str, Any], met: bool) -> None:
    keys = [Keys.of(features(record(id, **fields))) for id, fields in (("a", a), ("b", b))]
    assert [Keys.from_line(k.line()) for k in keys] == keys
    assert (neighbours(keys[:1], keys[1:])[0] == {"b"}) is met
    assert (neighbours(keys[1:], keys[:1])[0] == {"a"}) is met


def test_the_rest_of_a_report_that_is_met_has_its_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record without a place lies between two articles: with the first it is one report, and so the second, which has
    only its title in common with it and stands elsewhere in that journal's run, is a question for a person."""
    title = "Parental migration and the psychological well-being of children in rural Anhui"
    vernacular = "安徽农村父母外出务工对儿童心理健康的影响研究"
    home = {"JO": "Chinese Journal of Health Psychology", "PY": "2017"}
    first = [{"TI": title, "TT": vernacular, "A1": "Zhou, Yan", **home},
             {"TI": vernacular, "A1": "Zhou, Yan", "VL": "25", "SP": "233", "EP": "240", **home}]
    later = {"TI": title, "A1": "Zhou, Yan", "JO": home["JO"], "VL": "30", "SP": "100", "EP": "110"}
    folder = workspace(tmp_path)
    command(folder, "import", str(ris(folder / "a.ris", first)), "--database", "scopus")
    assert review.open("test", root=folder).dedupe()[0].new_reports == 1
    command(folder, "import", str(ris(folder / "b.ris", [later])), "--database", "embase")
    done, _ = review.open("test", root=folder).dedupe()
    assert (done.new_reports, done.possible) == (1, 1)


def test_words_are_as_rare_as_they_are_in_all_titles() -> None:
    """Two titles share two words that hundreds have, and have four rarer ones each."""
    pair = [features(record("a", "alder birch cedar ebony health children")),
            features(record("b", "maple hazel larch beech health children"))]
    often = Counter({w: 2 for f in pair for w in terms(f)} | {"health": 300, "children": 300})
    assert list(candidates(pair)[0]) == [(0, 1)]
    assert list(candidates(pair, frequency=often)[0]) == []
    keys = [Keys.of(f) for f in pair]
    crowd = [Keys("x", ([],) * 6, list(often))] * 2
    assert neighbours(keys[:1], [*crowd, keys[1]])[0] == {"x"}
    assert neighbours(keys[:1], keys[1:])[0] == {"b"}


@pytest.mark.parametrize("damage", ["[" * 200_000, "{}", '{"from": [], "sha256": 1}', "nul"])
def test_a_stamp_that_makes_no_sense_is_written_anew(tmp_path: Path, damage: str) -> None:
    folder = workspace(tmp_path)
    for number, database in enumerate(["scopus", "embase"]):
        command(folder, "import", str(ris(folder / "a.ris", [item(number), item(7)])), "--database", database)
        assert review.open("test", root=folder).dedupe()[0].merged == number
        for name in (".keys.json", ".records.json"):
            (folder / "outputs" / "test" / name).write_text(damage, encoding="utf-8")
    command(folder, "import", str(ris(folder / "a.ris", [item(7)])), "--database", "eric")
    assert review.open("test", root=folder).dedupe()[0].merged == 1
    assert json.loads((folder / "outputs" / "test" / ".keys.json").read_text(encoding="utf-8"))["from"]


def test_another_command_may_come_between_the_answers_and_the_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`dedupe` lets go of the review before it sends out possible duplicates; what came meanwhile is among them."""
    folder = workspace(tmp_path)
    command(folder, "import", str(ris(folder / "a.ris", [item(1)])), "--database", "scopus")
    mine = review.open("test", root=folder)
    twins = [{**item(2), "VL": volume, "SP": page, "DO": ""} for volume, page in (("4", "11"), ("9", "77"))]
    send = type(mine)._issue_pairs

    def others_first(self: Any, found: Any) -> Any:
        monkeypatch.setattr(type(mine), "_issue_pairs", send)
        command(folder, "import", str(ris(folder / "b.ris", twins)), "--database", "embase")
        other = review.open("test", root=folder)
        with other._change("dedupe") as (tx, state):
            assert deduplicate(tx, other.folder, state, other._records(state), other.id).possible == 1
        return send(self, found)

    monkeypatch.setattr(type(mine), "_issue_pairs", others_first)
    done, sheet = mine.dedupe()
    assert done.new_records == 1
    assert sheet is not None and len(sheet.rows) == 1
