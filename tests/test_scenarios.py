"""The worked scenarios of PRISMA counting, through the public commands; the expected numbers are the specification's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reviewer import books, boxes, command, fill, fill_csv, item, nbib, ris, workspace

INCLUDE, EXCLUDE = {"Decision": "include"}, {"Decision": "exclude"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return workspace(tmp_path)


def test_1_tuning_and_rerun(folder: Path) -> None:
    """A trial does not count, a re-run adds what is new, two strings of one source are one source search."""
    trial, final = nbib(folder / "trial.nbib", range(180)), nbib(folder / "final.nbib", range(247))
    rerun = nbib(folder / "rerun.nbib", range(262))
    # Scholar: 300 and 300, 212 in both: 388 distinct; 100 of them are also in PubMed (162 to 261)
    one = ris(folder / "one.ris", [item(i) for i in range(162, 462)])
    two = ris(folder / "two.ris", [item(i) for i in range(250, 550)])
    command(folder, "import", str(trial), "--database", "pubmed", "--trial")
    first = command(folder, "import", str(final), "--database", "pubmed")["search"]
    command(folder, "import", str(rerun), "--database", "pubmed", "--same-as", first)
    part = command(folder, "import", str(one), "--database", "google scholar")["search"]
    command(folder, "import", str(two), "--database", "google scholar", "--same-as", part)
    command(folder, "dedupe")
    found = boxes(folder)
    assert (found["database_results/PubMed"], found["database_results/Google Scholar"]) == (262, 388)
    assert (found["database_results"], found["duplicates"], found["records_screened"]) == (650, 100, 550)


def test_2_title_and_abstract_with_maybe(folder: Path) -> None:
    """299 both exclude, 272 both maybe, 136 differ."""
    command(folder, "import", str(ris(folder / "a.ris", [item(i) for i in range(707)])), "--database", "scopus")
    command(folder, "dedupe")
    command(folder, "sheets")
    sent = [fill_csv(books(folder, who)[0], lambda n, _, who=who: {
        "Decision": "exclude" if n < 299 or (n >= 571 and who == "AB") else "maybe"}) for who in ("AB", "CD")]
    assert command(folder, "collect", *map(str, sent), status=1)["conflicts"] == 136
    found = boxes(folder)
    assert (found["records_excluded"], found["dbr_sought_reports"], found["conflicts_screening"]) == (299, 272, 136)
    # the definition may say instead that such conflicts advance
    toml = folder / "queries" / "test.toml"
    toml.write_text(toml.read_text().replace("[screening]", '[screening]\ntitle-abstract = "advance"'))
    found = boxes(folder)
    assert (found["records_excluded"], found["dbr_sought_reports"]) == (299, 408)
    assert "conflicts_screening" not in found


def test_3_duplicates_found_late(folder: Path) -> None:
    """552 merged before screening, 22 recognised on the forms, 4 of these at full text."""
    unique = [item(i) for i in range(4535)]
    again = [{**item(i), "JO": item(i)["JO"].replace("Journal of", "J.")} for i in range(552)]
    command(folder, "import", str(ris(folder / "all.ris", [*unique, *again])), "--database", "eric")
    assert command(folder, "dedupe")["merged"] == 552
    command(folder, "sheets")
    keys = command(folder, "counts", "--list", "records_screened")["ids"]
    assert len(keys) == 4535
    sent = [fill_csv(books(folder, who)[0], lambda n, row: {
        "Decision": "include" if n < 40 else "exclude",
        **({"Duplicate of": keys[n - 1]} if 1000 <= n < 1036 and n % 2 and row["Key"] == keys[n] else {})})
        for who in ("AB", "CD")]
    assert command(folder, "collect", *map(str, sent))["other"] == 18
    command(folder, "sheets", "--stage", "full-text")
    sheet = books(folder, "full-text", "AB")[0]
    fill(sheet, lambda n, _: {"Duplicate of": keys[n - 1]} if n in (1, 3, 5, 7) else None)
    command(folder, "collect", str(sheet))
    found = boxes(folder)
    assert found["database_results"] == 5087
    assert (found["duplicates"], found["duplicates/Found while screening"]) == (574, 22)
    assert found["records_screened"] == 4513
    assert not command(folder, "check")["issues"]


def test_4_update(folder: Path) -> None:
    """A previous version of 18 studies in 20 reports; one study of two reports was retracted since."""
    lines = ["title,authors,year,journal,doi,included,study"]
    for i in range(1000):
        it = item(i)
        # 18 studies: S0 has two reports (retracted), S1 has two, S2 to S17 one each
        study = {0: "S0", 1: "S0", 2: "S1", 3: "S1"}.get(i, f"S{i - 2}" if i < 20 else "")
        lines.append(f'"{it["TI"]}","{it["AU"]}",{it["PY"]},"{it["JO"]}",{it["DO"]},{"yes" if study else "no"},{study}')
    (folder / "previous.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    frozen = command(folder, "baseline", "--import", str(folder / "previous.csv"))
    assert (frozen["studies"], frozen["reports"]) == (18, 20)
    command(folder, "baseline", "--reduce", "S0", "--reason", "retracted")
    command(folder, "import", str(ris(folder / "new.ris", [item(i) for i in range(1120)])), "--database", "scopus")
    command(folder, "dedupe")
    command(folder, "sheets")
    for who in ("AB", "CD"):
        fill(books(folder, who)[0], lambda n, _: INCLUDE if n < 10 else EXCLUDE)
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
    found = boxes(folder)
    assert (found["database_results"], found["excluded_other/In the previous version"]) == (1120, 1000)
    assert (found["records_screened"], found["records_excluded"], found["dbr_sought_reports"]) == (120, 110, 10)
    assert (found["dbr_notretrieved_reports"], found["dbr_assessed"], found["dbr_excluded"]) == (1, 9, 5)
    assert (found["previous_studies"], found["previous_reports"]) == (17, 18)
    assert (found["new_studies"], found["new_reports"], found["further_reports"]) == (2, 3, 1)
    assert (found["total_studies"], found["total_reports"]) == (19, 22)
    assert command(folder, "counts")["final"] is True


def test_5_full_text(folder: Path) -> None:
    """40 sought; a thesis holds three studies; awaiting and ongoing are not pending."""
    command(folder, "import", str(ris(folder / "a.ris", [item(i) for i in range(40)])), "--database", "scopus")
    command(folder, "dedupe")
    command(folder, "sheets")
    for who in ("AB", "CD"):
        fill(books(folder, who)[0], lambda n, _: INCLUDE)
    command(folder, "collect")
    command(folder, "sheets")

    def judge(n: int, _: dict[str, object]) -> dict[str, str]:
        if n < 3:
            return {"Retrieved": "no"}
        if n < 18:
            return {"Decision": "exclude", "Reason": "Wrong concept"}
        if n < 35:
            return {"Decision": "include", "Study": "Thesis 1; Thesis 2; Thesis 3" if n == 20 else "own"}
        return {"Decision": "awaiting classification" if n < 38 else "ongoing"}

    for who in ("AB", "CD"):
        fill(books(folder, "full-text", who)[0], judge)
    command(folder, "collect")
    found = boxes(folder)
    assert (found["dbr_sought_reports"], found["dbr_notretrieved_reports"], found["dbr_assessed"]) == (40, 3, 37)
    assert (found["dbr_excluded"], found["awaiting_classification"], found["ongoing"]) == (15, 3, 2)
    assert (found["new_reports"], found["new_studies"]) == (17, 19)
    counts = command(folder, "counts")
    assert counts["final"] is True
    assert len(command(folder, "counts", "--list", "awaiting_classification")["ids"]) == 3
    assert any(c["rule"] == "studies > reports" and not c["ok"] for c in counts["checks"])


def test_6_a_website_report_found_again(folder: Path) -> None:
    """A report that a website gave and that was issued stays in the arm of other methods."""
    page = ris(folder / "website.ris", [item(1), item(2)])
    command(folder, "import", str(page), "--database", "Ministry website", "--method", "website")
    command(folder, "dedupe")
    command(folder, "sheets")
    command(folder, "import", str(nbib(folder / "june.nbib", [1, 7, 8])), "--database", "pubmed")
    command(folder, "dedupe")
    found = boxes(folder)
    assert (found["website_results"], found["database_results"]) == (2, 3)
    assert (found["duplicates"], found["records_screened"]) == (1, 2)
    assert found.get("already_found", 0) == 0
    assert command(folder, "counts")["template"] == "new-other"


def test_6b_an_unissued_website_report_found_again_moves_to_the_databases(folder: Path) -> None:
    """Before it was issued, the report belongs to the database arm, and the website's record was already found."""
    page = ris(folder / "website.ris", [item(1), item(2)])
    command(folder, "import", str(page), "--database", "Ministry website", "--method", "website")
    command(folder, "import", str(nbib(folder / "june.nbib", [1, 7, 8])), "--database", "pubmed")
    command(folder, "dedupe")
    found = boxes(folder)
    assert (found["duplicates"], found["records_screened"], found["already_found"]) == (0, 3, 1)
