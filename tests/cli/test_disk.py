"""What is said where the disk, the terminal or the person stops a command: one line, the right status, nothing lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli import inside
from tests.reviewer import command, item, ris, workspace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "w").mkdir()
    return workspace(tmp_path / "w")


def screened(folder: Path) -> None:
    command(folder, "import", str(ris(folder / "a.ris", [item(i) for i in range(6)])), "--database", "scopus")
    command(folder, "dedupe")


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A small file system at `folder`; the test is skipped where this user may mount none."""
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True).returncode:
        pytest.skip("this user may not mount a file system")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("words", [["counts"], ["counts", "--json"], ["--help"], ["import", "--help"], ["nosuch", "--json"]])
def test_an_answer_that_nobody_can_take(folder: Path, words: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-m", "review", *words], cwd=folder, stdout=full, stderr=subprocess.PIPE,
                              text=True)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1 and "No space left" in done.stderr, done.stderr


def test_a_reader_that_has_seen_enough_is_no_fault(folder: Path) -> None:
    done = subprocess.run(f"{sys.executable} -m review counts --help | head -1; exit ${{PIPESTATUS[0]}}", shell=True,
                          cwd=folder, executable="/bin/bash", capture_output=True, text=True)
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", 1)


AT = """
import os, signal, sys
class Pressed:
    def find_spec(self, name, path=None, target=None):
        if name == {moment!r}:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Pressed())
sys.argv = ["review", *{words!r}]
from review.cli import main
raise SystemExit(main())
"""


@pytest.mark.parametrize("moment", ["review.cli.running", "argparse", "review.cli.parser", "review.cli.commands",
                                    "review.model", "review.workflow", "review.query", "review.prisma.counts"])
@pytest.mark.parametrize("words", [["counts"], ["counts", "--json"]])
def test_ctrl_c_at_any_moment(folder: Path, moment: str, words: list[str]) -> None:
    """While the program loads just as well as while it works; with --json an object."""
    done = subprocess.run([sys.executable, "-c", AT.format(moment=moment, words=words)], cwd=folder, capture_output=True,
                          text=True)
    assert done.returncode == 3, (done.stdout, done.stderr)
    said = done.stdout if "--json" in words else done.stderr
    assert "Interrupted" in said and "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == ("--json" not in words)


def test_ctrl_c_by_the_clock(folder: Path) -> None:
    """A signal from outside, early and late; what Python itself says before it has begun on the program is not ours."""
    screened(folder)
    for moment in (0.02, 0.05, 0.1, 0.2, 0.3, 0.5):
        process = subprocess.Popen([sys.executable, "-m", "review", "status"], cwd=folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
        _, said = process.communicate()
        assert "Traceback" not in said or f"review{os.sep}cli{os.sep}" not in said, said
    assert command(folder, "check")["ok"]


COMMANDS = [("dedupe",), ("import", "b.ris", "--database", "eric"), ("sheets",), ("flow",), ("report",), ("new", "other"),
            ("export", "--format", "ris"), ("query", "--out", "strings"), ("dedupe-file", "a.ris", "--out", "d")]


def test_a_read_only_disk_is_told_alike_by_all(folder: Path) -> None:
    """Status 2, the place, the cure; no word of a temporary file; reading goes on."""
    with mounted(folder, "size=8m"):
        workspace(folder)
        screened(folder)
        ris(folder / "b.ris", [item(i) for i in range(20, 26)])
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        for words in COMMANDS:
            told = inside.command(folder, *words, status=2)
            assert "could not be written: Read-only file system" in told["error"], told
            assert "Make that disk writable" in told["error"] and ".part" not in told["error"], told
            assert told["issues"][0]["code"] == "disk" and "b.ris" not in told["error"], told
        assert command(folder, "counts")["boxes"]["records_screened"]["n"] == 6


def test_a_full_disk_names_what_could_not_be_written(folder: Path) -> None:
    """Not the file that is read; and with room again all goes on."""
    with mounted(folder, "size=400k"):
        workspace(folder)
        screened(folder)
        source = ris(folder.parent / "large.ris", [item(i) for i in range(3000)])
        for words in (("import", str(source), "--database", "eric"), ("dedupe-file", str(source), "--out", "d")):
            told = inside.command(folder, *words, status=2)
            assert "No space left" in told["error"] and "Free some space" in told["error"], told
            assert str(source) not in told["error"] and not told["issues"][0]["file"].endswith(str(source)), told
        subprocess.run(["mount", "-o", "remount,size=32m", str(folder)], check=True)
        command(folder, "import", str(source), "--database", "eric")
        assert command(folder, "check")["ok"]


READING = [("import", "{}", "--database", "eric"), ("import", "a.ris", "--database", "eric", "--string", "{}"),
           ("import", "a.ris", "--database", "eric", "--mapping", "{}"), ("try", "children", "--on", "{}"),
           ("diff", "test", "test", "--on", "{}"), ("new", "other", "--from-string", "{}"), ("check-flow", "{}"),
           ("collect", "{}"), ("collect", "{}", "--from", "rayyan", "--stage", "full-text"), ("baseline", "--import", "{}"),
           ("dedupe-file", "{}", "--out", "d"), ("search", "--library", "PubMed={}"),
           ("collect", "a.ris", "--from", "sheet", "--stage", "full-text", "--mapping", "{}")]


@pytest.mark.parametrize("words", READING, ids=lambda w: " ".join(w))
def test_a_file_that_is_not_there_in_one_voice(folder: Path, words: tuple[str, ...]) -> None:
    """A missing file, a file below a file, and a folder, whatever the command."""
    ris(folder / "a.ris", [item(0)])
    for name in ("gone.ris", "a.ris/gone"):
        assert inside.command(folder, *(w.format(name) for w in words), status=2)["error"] == f"There is no file {name}."
    told = inside.command(folder, *(w.format("queries") for w in words), status=2)
    assert told["error"] == "queries is a folder. Name a file in it."
    assert not (folder / "outputs" / "test" / "log").exists()
