"""`review search` as a reviewer runs it, over real HTTP against the stand-ins: trials, re-runs, parts, what is said."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from review.cli.progress import Bar
from review.ledger.paths import Workspace
from review.workflow import Review
from tests.reviewer import DEFINITION, books, boxes, command, fill, item, workspace
from tests.sources.conftest import EMAIL, KEY, written
from tests.standins import eutils, scholar
from tests.standins.corpus import Corpus, Synthetic
from tests.standins.scholar import Result

# Together with another term these make a string for Google Scholar of more than 256 characters.
LONG = [f"{tree} guardianship arrangements of migrant households" for tree in ("alder", "birch", "cedar", "elm", "fir")]


def corpus(numbers: Iterable[int]) -> Corpus:
    """PubMed with these made records; the first 180 are about early years."""
    return Corpus.from_citations({**item(i), "AN": str(1000000 + i), "AB": "early years" if i < 180 else "later years"}
                                 for i in numbers)


def results(numbers: Iterable[int]) -> list[Result]:
    """The same records as Google Scholar shows them."""
    out = []
    for i in numbers:
        family, _, given = item(i)["AU"].partition(", ")
        out.append(Result(f"s{i:05}AAAAJ", item(i)["TI"], f"{given[0]} {family}", item(i)["JO"], item(i)["PY"],
                          snippet="… cohort …", address=f"https://example.org/{i}"))
    return out


def definition(term: str, more: Iterable[str] = (), limits: str = "") -> str:
    """The definition of the tests with one term, and perhaps more."""
    listed = ", ".join(f'"{t}"' for t in (term, *more))
    return DEFINITION.replace('terms = ["children"]', f"terms = [{listed}]") + limits


def at(pubmed: eutils.EUtils | None = None, google: scholar.Scholar | None = None) -> dict[str, str]:
    """The environment that leads to the stand-ins."""
    env = {"NCBI_EMAIL": "", "NCBI_API_KEY": "", "REVIEW_EUTILS_RATE": "200"}
    env["REVIEW_EUTILS_URL"] = pubmed.url if pubmed else "http://127.0.0.1:9"
    env["REVIEW_SCHOLAR_URL"] = google.url if google else "http://127.0.0.1:9"
    return env


def searches(found: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """(database, status, records) of each search that ran."""
    return [(s["database"], s["status"], s["records"]) for s in found["searches"]]


@pytest.mark.proof
def test_scenario_1_tuning_and_rerun_through_searches(tmp_path: Path) -> None:
    """Trial 180, final 247, re-run 262; Scholar in two strings of 300, 212 in both; 100 in both sources."""
    folder = workspace(tmp_path, definition=definition("early", LONG))
    with eutils.serve(corpus(range(247))) as pubmed:
        tuned = command(folder, "search", "--database", "pubmed", "--trial", env=at(pubmed))
        assert searches(tuned) == [("PubMed", "complete", 180)]
        workspace(tmp_path, definition=definition("children", LONG))
        assert any("definition has changed" in w for w in command(folder, "status")["warnings"])
        final = command(folder, "search", "--database", "pubmed", env=at(pubmed))
        assert searches(final) == [("PubMed", "complete", 247)]
    with eutils.serve(corpus(range(262))) as pubmed:
        again = command(folder, "search", "--database", "pubmed", env=at(pubmed))
        assert searches(again) == [("PubMed", "skipped", 247)] and not pubmed.calls("efetch")
        rerun = command(folder, "search", "--database", "pubmed", "--update", env=at(pubmed))
        assert searches(rerun) == [("PubMed", "complete", 262)]
    assert rerun["searches"][0]["source_search"] == final["searches"][0]["id"] != rerun["searches"][0]["id"]
    with scholar.serve([], about=17_300) as google:
        env = at(google=google)
        strings = command(folder, "search", "--database", "google scholar", "--split", "--dry-run", env=env)
        one, two = strings["searches"][0]["strings"]
        assert max(len(one), len(two)) <= 256
        beyond = results(range(1000, 1020))  # what lies after the limit is not looked at
        google.table = {one: results(range(162, 462)) + beyond, two: results(range(250, 550)) + beyond}
        found = command(folder, "search", "--database", "google scholar", "--split", env=env)
    assert searches(found) == [("Google Scholar", "limited", 300)] * 2
    assert [s["part"] for s in found["searches"]] == ["1 of 2", "2 of 2"]
    assert len({s["source_search"] for s in found["searches"]}) == 1
    command(folder, "dedupe")
    n = boxes(folder)
    assert (n["database_results/PubMed"], n["database_results/Google Scholar"]) == (262, 388)
    assert (n["database_results"], n["duplicates"], n["records_screened"]) == (650, 100, 550)
    assert not command(folder, "check")["issues"]
    command(folder, "report")
    appendix = next((folder / "outputs" / "test").rglob("search-appendix.md")).read_text(encoding="utf-8")
    assert "600 of about 34,600" in appendix


@pytest.mark.proof
def test_scenario_4_update_through_a_search(tmp_path: Path) -> None:
    """18 studies in 20 reports before, one of them (2 reports) retracted; 1,120 hits, 1,000 of them known."""
    folder = workspace(tmp_path)
    lines = ["title,authors,year,journal,doi,included,study"]
    for i in range(1000):
        it = item(i)
        study = {0: "S0", 1: "S0", 2: "S1", 3: "S1"}.get(i, f"S{i - 2}" if i < 20 else "")
        lines.append(f'"{it["TI"]}","{it["AU"]}",{it["PY"]},"{it["JO"]}",{it["DO"]},{"yes" if study else "no"},{study}')
    (folder / "previous.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    command(folder, "baseline", "--import", str(folder / "previous.csv"))
    command(folder, "baseline", "--reduce", "S0", "--reason", "retracted")
    with eutils.serve(corpus(range(1120))) as pubmed:
        found = command(folder, "search", "--database", "pubmed", env=at(pubmed))
    assert searches(found) == [("PubMed", "complete", 1120)]
    command(folder, "dedupe")
    command(folder, "sheets")
    for who in ("AB", "CD"):
        fill(books(folder, who)[0], lambda n, _: {"Decision": "include" if n < 10 else "exclude"})
    command(folder, "collect")
    command(folder, "sheets")

    def judge(n: int, _: dict[str, object]) -> dict[str, str]:
        if n == 9:
            return {"Retrieved": "no", "Not retrieved why": "no reply from the library"}
        if n < 4:
            return {"Decision": "include", "Study": ("N1", "N1", "N2", "S5")[n]}
        return {"Decision": "exclude", "Reason": "Wrong population"}

    for who in ("AB", "CD"):
        fill(books(folder, "full-text", who)[0], judge)
    command(folder, "collect")
    n = boxes(folder)
    assert (n["database_results"], n["excluded_other/In the previous version"], n["records_screened"]) == (1120, 1000, 120)
    assert (n["new_studies"], n["new_reports"], n["further_reports"]) == (2, 3, 1)
    assert (n["total_studies"], n["total_reports"]) == (19, 22)


def test_a_block_in_the_first_part_leaves_the_second_for_later(tmp_path: Path) -> None:
    folder = workspace(tmp_path, definition=definition("children", LONG))
    with scholar.serve(results(range(25))) as google:
        env = at(google=google)
        google.fail("scholar", 2, "captcha")
        stopped = command(folder, "search", "--database", "google scholar", "--split", env=env, status=3)
        assert len(google.requests) == 2
        first, second = stopped["searches"]
        assert (first["status"], first["records"], second["status"], second["records"]) == ("open", 10, "open", 0)
        assert "rank 11" in first["resume"] and "Publish or Perish" in first["resume"] and "not begun" in second["resume"]
        command(folder, "dedupe")
        assert boxes(folder)["database_results"] == 0 and not command(folder, "counts")["final"]
        whole = command(folder, "search", "--database", "google scholar", env=env)  # divided as the last one was
    assert searches(whole) == [("Google Scholar", "complete", 25)] * 2
    assert [s["id"] for s in whole["searches"]] == [first["id"], second["id"]]
    command(folder, "dedupe")
    assert boxes(folder)["database_results"] == 25


def test_slices_of_years_cover_the_limits(tmp_path: Path) -> None:
    made = [r for r in scholar.made(60) if r.year]
    folder = workspace(tmp_path, definition=definition("children", limits="\n[limits]\nyears = [2000, 2024]\n"))
    with scholar.serve(made) as google:
        found = command(folder, "search", "--database", "google scholar", "--slice-years", "10", env=at(google=google))
        asked = {(c.params["as_ylo"], c.params["as_yhi"]) for c in google.requests}
    assert asked == {("2000", "2009"), ("2010", "2019"), ("2020", "2024")}
    assert sum(n for _, _, n in searches(found)) == sum(2000 <= int(r.year) <= 2024 for r in made)
    assert len({s["source_search"] for s in found["searches"]}) == 1
    kept = [json.loads(p.read_text(encoding="utf-8")) for p in (folder / "outputs").rglob("search.json")]
    assert [s["params"]["slice_years"] for s in kept] == [10, 10, 10] and {s["limit"] for s in kept} == {300}
    workspace(tmp_path, definition=definition("children"))
    told = command(folder, "search", "--database", "google scholar", env=at(), status=2)
    assert "[limits] years" in told["error"]


def test_a_dry_run_tells_a_line_a_concept_and_the_combination(tmp_path: Path) -> None:
    two = definition("children", limits="").replace('combine = "topic"', 'combine = "topic AND place"').replace(
        "[eligibility]", '[concepts.place]\nterms = ["early"]\n\n[eligibility]').replace(', "google-scholar"', ', "scopus"')
    folder = workspace(tmp_path, definition=two)
    with eutils.serve(corpus(range(200))) as pubmed:
        done = subprocess.run([sys.executable, "-m", "review", "search", "--dry-run"], cwd=folder, text=True,
                              capture_output=True, env={**os.environ, **at(pubmed)}, check=True)  # fmt: skip
        assert not pubmed.calls("efetch")
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[:4] == ["PubMed", "200 topic", "180 place", "180 in all: topic AND place"]
    assert lines[4].startswith("Scopus: no interface")
    with eutils.serve(corpus(range(200))) as pubmed:
        one, other = command(folder, "search", "--dry-run", env=at(pubmed))["searches"]
    assert (one["string"], one["hits"], one["string_hits"]) == (one["strings"][0], 180, [180])
    assert [(c["concept"], c["hits"]) for c in one["concepts"]] == [("topic", 200), ("place", 180)]
    assert (other["hits"], other["records"]) == (None, 0)
    assert not (folder / "outputs" / "test" / "searches").exists()


def test_the_missing_address_is_told_before_the_first_request(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    env = {**os.environ, **at(), "REVIEW_HTTP_TIMEOUT": "1"}
    words = [sys.executable, "-m", "review", "search", "--database", "pubmed"]
    done = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 3
    hint, failed = done.stderr.index("export NCBI_EMAIL="), done.stderr.index("not a search with 0 hits")
    assert hint < failed
    done = subprocess.run(words, cwd=folder, env={**env, "NCBI_EMAIL": EMAIL}, capture_output=True, text=True)
    assert "NCBI_EMAIL" not in done.stderr


def test_a_service_that_fails_leaves_the_other_databases_their_turn(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    with scholar.serve(results(range(12))) as google:
        found = command(folder, "search", env=at(google=google) | {"REVIEW_HTTP_TIMEOUT": "1"}, status=3)
    assert searches(found) == [("PubMed", "open", 0), ("Google Scholar", "complete", 12)]
    assert "not a search with 0 hits" in found["searches"][0]["resume"]
    assert [i["severity"] for i in found["issues"]] == ["error"]


def test_nothing_found_is_a_result_and_counts(tmp_path: Path) -> None:
    folder = workspace(tmp_path, definition=definition("qwertzuiop"))
    with eutils.serve(corpus(range(5))) as pubmed:
        found = command(folder, "search", "--database", "pubmed", env=at(pubmed))
    assert searches(found) == [("PubMed", "complete", 0)] and found["searches"][0]["hits"] == 0
    counts = command(folder, "counts")["boxes"]["database_results"]
    assert (counts["n"], counts["parts"]) == (0, {"PubMed": 0}) or counts["n"] == 0
    assert command(folder, "status")["searches"][0]["state"] == "sealed"
    assert any("qwertzuiop" in w for w in command(folder, "status")["warnings"])


def test_a_broader_set_is_warned_of_until_it_is_acknowledged(tmp_path: Path) -> None:
    folder = workspace(tmp_path, definition=definition("children", ["qwertzuiop"]))
    with eutils.serve(corpus(range(5))) as pubmed:
        found = command(folder, "search", "--database", "pubmed", env=at(pubmed))["searches"][0]
    assert found["warnings"][0]["code"] == "pubmed-phrase-not-found" and found["translation"]
    for _ in range(2):
        assert any("broader" in w and "qwertzuiop" in w for w in command(folder, "status")["warnings"])
    command(folder, "acknowledge", found["id"], "pubmed-phrase-not-found", "--reason", "a spelling that is not used")
    assert not any("qwertzuiop" in w for w in command(folder, "status")["warnings"])


def test_a_rerun_that_waits_for_dedupe_can_be_counted(tmp_path: Path) -> None:
    """20 records, then 25, of which 15 came before: 30 distinct ones, of which 10 have no report yet."""
    folder = workspace(tmp_path)
    with eutils.serve(corpus(range(20))) as pubmed:
        command(folder, "search", "--database", "pubmed", env=at(pubmed))
    command(folder, "dedupe")
    with eutils.serve(corpus(range(5, 30))) as pubmed:
        command(folder, "search", "--database", "pubmed", "--update", env=at(pubmed))
    n = boxes(folder)
    assert (n["database_results"], n["awaiting_dedup"], n["records_screened"]) == (30, 10, 20)
    command(folder, "dedupe")
    n = boxes(folder)
    assert (n["database_results"], n["records_screened"], n.get("awaiting_dedup", 0)) == (30, 30, 0)


def batches_kept(outputs: Path) -> int:
    """How many batches a running search has kept. os.walk passes over a staging folder that goes away meanwhile."""
    return sum(name.startswith("efetch-") and name.endswith(".xml") for _, _, names in os.walk(outputs) for name in names)


def test_a_search_that_is_interrupted_says_what_it_kept(tmp_path: Path) -> None:
    """Ctrl-C half-way: an open search with its reason in the usual shape; the other databases are not begun."""
    folder = workspace(tmp_path)
    with eutils.serve(corpus(range(900)), slow=3.0) as pubmed:
        pubmed.fail("efetch", 3, "slow-headers", times=500)
        env = {**os.environ, **at(pubmed), "REVIEW_HTTP_TIMEOUT": "2"}
        run = subprocess.Popen([sys.executable, "-m", "review", "search", "--json"], cwd=folder, env=env,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
        while batches_kept(folder / "outputs") < 2 and run.poll() is None:
            time.sleep(0.02)
        run.send_signal(signal.SIGINT)
        pubmed.heal()
        out, err = run.communicate(timeout=120)
        found = json.loads(out)
        assert run.returncode == 3 and "Traceback" not in err
        assert [(s["database"], s["status"]) for s in found["searches"]] == [("PubMed", "open"), ("Google Scholar", "open")]
        kept = found["searches"][0]["records"]
        assert kept >= 400 and f"{kept:,} of 900 records are kept" in found["searches"][0]["resume"]
        assert "not begun" in found["searches"][1]["resume"]
        assert [i["code"] for i in found["issues"]] == ["search-open", "search-open"]
        assert any("was interrupted" in line for line in command(folder, "status")["next"])
        again = command(folder, "search", "--database", "pubmed", env=at(pubmed))
    assert searches(again) == [("PubMed", "complete", 900)]


def test_the_reason_of_an_open_search_is_among_the_issues(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    with scholar.serve(results(range(25))) as google:
        google.fail("scholar", 2, "captcha")
        found = command(folder, "search", "--database", "google scholar", env=at(google=google), status=3)
    assert [i["code"] for i in found["issues"]] == ["search-open"]
    assert "CAPTCHA" in found["issues"][0]["message"] and found["searches"][0]["id"] in found["issues"][0]["message"]
    assert any("CAPTCHA" in line for line in command(folder, "status")["next"])


def test_a_limit_within_a_page_holds(tmp_path: Path) -> None:
    """Google Scholar gives ten results a page; whole pages are kept, and 25 of the 30 results are the search's."""
    folder = workspace(tmp_path)
    with scholar.serve(scholar.made(40)) as google:
        found = command(folder, "search", "--database", "google scholar", "--limit", "25", env=at(google=google))
        assert len(google.requests) == 3
    assert searches(found) == [("Google Scholar", "limited", 25)]
    command(folder, "dedupe")
    assert boxes(folder)["database_results/Google Scholar"] == 25
    assert not command(folder, "check")["issues"]


def test_a_search_that_was_killed_is_not_accepted_without_what_it_received(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    with eutils.serve(corpus(range(900))) as pubmed:
        pubmed.fail("efetch", 2, "500", times=500)
        found = command(folder, "search", "--database", "pubmed", env=at(pubmed), status=3)["searches"][0]
        about = next((folder / "outputs").rglob("search.json"))
        said = json.loads(about.read_text(encoding="utf-8"))
        about.write_text(json.dumps({**said, "files": []}), encoding="utf-8")  # as it is while a run goes on
        told = command(folder, "accept", found["id"], "--reason", "enough", status=2)
        assert "cut off" in told["error"] and "review search once more" in told["error"]
        again = command(folder, "search", "--database", "pubmed", env=at(pubmed), status=3)["searches"][0]
    assert again["records"] > 0
    assert command(folder, "accept", found["id"], "--reason", "enough")["records"] == again["records"]


def test_another_string_beside_one_that_counts_is_told(tmp_path: Path) -> None:
    folder = workspace(tmp_path, definition=definition("early"))
    with eutils.serve(corpus(range(190))) as pubmed:
        old = command(folder, "search", "--database", "pubmed", env=at(pubmed))["searches"][0]["id"]
        workspace(tmp_path, definition=definition("children"))
        new = command(folder, "search", "--database", "pubmed", env=at(pubmed))["searches"][0]
        said = [w["message"] for w in new["warnings"] if w["code"] == "other-string"]
        assert len(said) == 1 and f"review withdraw {old} --superseded-by {new['id']}" in said[0]
        command(folder, "withdraw", old, "--superseded-by", new["id"], "--reason", "the final string")
        assert command(folder, "search", "--database", "pubmed", env=at(pubmed))["searches"][0]["warnings"] == []
    command(folder, "dedupe")
    assert boxes(folder)["database_results"] == 190


def test_a_string_that_the_server_can_not_parse_is_said(tmp_path: Path) -> None:
    folder = workspace(tmp_path, definition=definition("children") + '\n[override.pubmed]\nstring = "(children OR (youth"\n')
    with eutils.serve(corpus(range(5))) as pubmed:
        found = command(folder, "search", "--database", "pubmed", env=at(pubmed), status=3)
    assert "could not be parsed" in found["searches"][0]["resume"]
    assert "Check the search string" in found["searches"][0]["resume"]


def test_a_key_that_is_refused_is_said_and_stands_nowhere(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    said = ""
    with eutils.serve(corpus(range(5)), key="another") as pubmed:
        env = {**os.environ, **at(pubmed), "NCBI_EMAIL": EMAIL, "NCBI_API_KEY": KEY}
        for more in ([], ["--json"], ["--dry-run"]):
            done = subprocess.run([sys.executable, "-X", "dev", "-m", "review", "search", "--database", "pubmed", *more],
                                  cwd=folder, env=env, capture_output=True, text=True)  # fmt: skip
            assert done.returncode == 3 and "Check NCBI_API_KEY" in done.stdout + done.stderr
            said += done.stdout + done.stderr
        assert len(pubmed.requests) == 3  # a key that is refused is not tried again
    assert KEY not in said and EMAIL not in said
    assert KEY.encode() not in written(tmp_path) and EMAIL.encode() not in written(tmp_path)


FULL = "import resource, sys\nresource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n"


@pytest.mark.parametrize("how", ["a limit on files", "a full file system"])
def test_a_disk_that_fills_up_keeps_what_came(how: str, tmp_path: Path) -> None:
    """A real refusal to write, in the middle of a search; with room again the next run completes it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = how == "a full file system"
    if mounted and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=420k", "tmpfs", str(folder)],
                                  capture_output=True).returncode:  # fmt: skip
        pytest.skip("this user may not mount a small file system")
    try:
        workspace(folder, definition=DEFINITION.replace(', "google-scholar"', ""))
        made = Synthetic(1000, small=True)
        with eutils.serve(made) as pubmed:
            program = ("" if mounted else FULL) + "import sys; from review.cli import main; sys.exit(main(['search', '--json']))"
            done = subprocess.run([sys.executable, "-c", program], cwd=folder, env={**os.environ, **at(pubmed)},
                                  capture_output=True, text=True)  # fmt: skip
            assert "Traceback" not in done.stderr and done.returncode == 2, done.stderr
            told = json.loads(done.stdout)["error"]
            assert ("No space left" if mounted else "File too large") in told and "the same command again" in told
            before = {p.name for p in (folder / "outputs").rglob("efetch-*.xml")}
            if mounted:
                assert before  # some batches fitted
                subprocess.run(["mount", "-o", "remount,size=8m", str(folder)], check=True)
            mark = len(pubmed.calls("efetch"))
            again = command(folder, "search", env=at(pubmed))
            assert len(pubmed.calls("efetch")) - mark == 5 - len(before)  # none is fetched twice
        assert searches(again) == [("PubMed", "complete", 1000)]
        assert not command(folder, "check")["issues"]
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)


def test_a_clock_that_jumps_back_changes_nothing_but_the_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = workspace(tmp_path, definition=definition("early").replace(', "google-scholar"', ""))
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    times: list[str] = []

    def clock() -> str:
        times.append((now - timedelta(days=3 * len(times))).strftime("%Y-%m-%dT%H:%M:%SZ"))  # three days back each time
        return times[-1]

    with eutils.serve(corpus(range(190))) as pubmed:
        for name, value in at(pubmed).items():
            monkeypatch.setenv(name, value)
        first = Review(Workspace.find(folder), "test", clock=clock).search(["pubmed"])
        workspace(tmp_path, definition=definition("children").replace(', "google-scholar"', ""))
        second = Review(Workspace.find(folder), "test", clock=clock).search(["pubmed"])
    review = Review(Workspace.find(folder), "test", clock=clock)
    review.withdraw(first[0].id, "the final string", second[0].id)
    state = review.state()
    assert [s.use for s in state.searches.values()] == ["superseded", "counted"] and len(times) > 3
    seqs = [e.seq for e in state.log.events]
    assert seqs == sorted(seqs) and [e.time for e in state.log.events] != sorted(e.time for e in state.log.events)
    assert boxes(folder)["database_results"] == 190
    assert {i["code"] for i in command(folder, "check")["issues"]} == {"clock-back"}


def test_an_export_of_publish_or_perish_stands_in_for_the_search(tmp_path: Path) -> None:
    shown = [r for r in scholar.made(30) if r.address and r.venue and "…" not in r.authors]
    folder = workspace(tmp_path)
    with scholar.serve(shown) as google:
        command(folder, "search", "--database", "google scholar", env=at(google=google))
    with open(folder / "PoPCites.csv", "w", encoding="utf-8-sig", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["Cites", "Authors", "Title", "Year", "Source", "Publisher", "ArticleURL", "CitesURL", "GSRank",
                       "QueryDate", "Type", "DOI", "ISSN", "Abstract", "FullTextURL", "RelatedURL"])
        for rank, r in enumerate(shown, 1):
            rows.writerow([r.cited, r.authors, r.title, r.year, r.venue, r.host, r.address, "", rank, "2026-11-21", "", "", "",
                           r.snippet, r.full_text, f"https://scholar.google.com/scholar?q=related:{r.cluster}:scholar.google.com/"])
    found = command(folder, "import", "PoPCites.csv", "--database", "google scholar", "--trial")
    assert (found["in_file"], found["read"]) == (len(shown), len(shown))
    command(folder, "dedupe")
    review = Review(Workspace.find(folder), "test")
    kept: dict[str, list[tuple[Any, ...]]] = {}
    from review.sources.sealing import load_records

    for r in load_records(review.folder, review.state()):
        kept.setdefault(r.search, []).append((r.native_id, r.title, r.authors, r.year, r.journal, r.snippet, r.abstract, r.url))
    live, imported = kept.values()
    assert live == imported and len(live) == len(shown)


def test_another_limit_for_a_search_that_was_begun_is_refused(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    with scholar.serve(results(range(40))) as google:
        google.fail("scholar", 2, "captcha")
        words = ("search", "--database", "google scholar", "--limit")
        begun = command(folder, *words, "30", env=at(google=google), status=3)["searches"][0]
        told = command(folder, *words, "40", env=at(google=google), status=2)["error"]
        assert begun["id"] in told and "30" in told and "withdraw" in told
        assert searches(command(folder, *words, "30", env=at(google=google))) == [("Google Scholar", "limited", 30)]


def test_the_time_left_counts_from_where_a_run_went_on(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    now = [100.0]
    monkeypatch.setattr("review.cli.progress.time.monotonic", lambda: now[0])
    bar = Bar(stream := Terminal())
    for seconds, done in ((0, 20_000), (10, 20_500), (10, 21_000)):  # 50 a second; 4,000 are left
        now[0] += seconds
        bar(done, 25_000, "fetching records")
    assert "21,000 of 25,000, 80 s left" in stream.getvalue().split("\r")[-1]
    now[0] += 20
    bar(21_100, 25_000, "fetching records")  # 1,100 in 40 seconds
    assert "2 min left" in stream.getvalue().split("\r")[-1]
