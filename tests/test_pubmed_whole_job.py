"""The whole job against a PubMed stand-in with 247 real records, through the public commands over real HTTP."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from tests.reviewer import DEFINITION, books, boxes, command, fill, workspace
from tests.shared_data import shared
from tests.standins import eutils
from tests.standins.corpus import Corpus

SECRET, MAIL = "0123456789abcdef-not-a-real-key", "somebody@example.org"


def hashes(folder: Path) -> dict[str, str]:
    """Every file under a folder -> its hash."""
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(folder.rglob("*")) if p.is_file() and p.name != ".lock"}


def test_from_search_to_flow(tmp_path: Path) -> None:
    """Identified equals the server's count, the boxes add up, and derived files come back byte for byte."""
    corpus = Corpus.from_xml(shared("pubmed/china_child_mental.xml"))
    definition = DEFINITION.replace('terms = ["children"]', 'terms = ["the", "of", "in"]').replace(
        'databases = ["pubmed", "google-scholar"]', 'databases = ["pubmed"]\n[fields]\npubmed = "all"')
    folder = workspace(tmp_path, definition=definition)
    with eutils.serve(corpus) as server:
        env = {"REVIEW_EUTILS_URL": server.url, "REVIEW_EUTILS_RATE": "50", "NCBI_EMAIL": MAIL, "NCBI_API_KEY": SECRET}
        found = command(folder, "search", env=env)["searches"][0]
        assert (found["status"], found["hits"], found["records"], found["missing"]) == ("complete", 247, 247, [])
        again = command(folder, "search", env=env)["searches"][0]
        assert again["status"] == "skipped"
    command(folder, "dedupe")
    command(folder, "sheets")
    for who in ("AB", "CD"):
        fill(books(folder, who)[0], lambda n, _, who=who: {
            "Decision": "include" if n < 30 else "maybe" if n == 30 else "exclude" if n > 31 or who == "AB" else "include"})
    assert command(folder, "collect", status=1)["conflicts"] == 1
    command(folder, "sheets", "--conflicts")
    fill(books(folder, "conflicts")[0], lambda n, _: {"Decision": "exclude", "Reason": "Wrong population"})
    command(folder, "collect")
    command(folder, "sheets")
    for who in ("AB", "CD"):
        fill(books(folder, "full-text", who)[0], lambda n, _: {"Decision": "include", "Study": "own"} if n < 11 else {
            "Decision": "exclude", "Reason": "Wrong concept"})
    command(folder, "collect")
    n = boxes(folder)
    assert n["database_results"] == 247
    assert n["records_screened"] == n["database_results"] - n["duplicates"]
    assert n["dbr_sought_reports"] == 31 == n["dbr_assessed"]
    assert n["records_excluded"] == n["records_screened"] - 31
    assert (n["new_reports"], n["dbr_excluded"]) == (11, 20)
    assert command(folder, "counts")["final"] is True
    assert command(folder, "check")["ok"] is True

    outputs = folder / "outputs" / "test"
    command(folder, "run")
    before = hashes(outputs)
    for name in ("records.jsonl", "reports.jsonl", ".records.json", "README.txt"):
        (outputs / name).unlink()
    shutil.rmtree(outputs / "prisma")
    command(folder, "run")
    assert hashes(outputs) == before

    written = b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())
    assert SECRET.encode() not in written and MAIL.encode() not in written


def test_no_network_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    """A service that can't be reached is never zero hits."""
    folder = workspace(tmp_path)
    env = {"REVIEW_EUTILS_URL": "http://127.0.0.1:9/", "REVIEW_EUTILS_RATE": "50", "REVIEW_HTTP_TIMEOUT": "1"}
    found = command(folder, "search", "--database", "pubmed", env=env, status=3)
    assert "issues" in found and found["issues"]
    assert command(folder, "counts")["boxes"]["database_results"]["n"] == 0
    assert not command(folder, "counts")["final"]
    assert any("search" in line for line in command(folder, "status")["next"])
    assert (folder / "outputs" / "test" / "log" / "events.csv").exists()
