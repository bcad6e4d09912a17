"""A damaged or hostile old workbook is told in words: it fills no memory and prints no trace of the reading library."""

from __future__ import annotations

import resource
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from review.guards import OLD_WORKBOOK, runs_in_a_circle
from tests.reviewer import workspace

END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(links: list[int], directory: int = 1, more: int = END) -> bytes:
    """A compound file: its header, its table of links in sector 0, a directory of one root in sector 1."""
    header = bytearray(512)
    header[:8] = OLD_WORKBOOK
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", header, 44, 1, directory, 0, 4096, END, 0, more, 0, 0)
    struct.pack_into("<109I", header, 76, *[FREE] * 109)
    struct.pack_into("<I", header, 76, 0)
    table = struct.pack("<128I", *(links + [FREE] * 128)[:128])
    root = bytearray(512)
    root[:20] = "Root Entry".encode("utf-16-le")
    struct.pack_into("<HB", root, 64, 22, 5)
    struct.pack_into("<II", root, 116, END, 0)
    return bytes(header) + table + bytes(root) + bytes(1024)


CIRCLES = {"the directory": compound([TABLE, 1]), "two sectors": compound([TABLE, 2, 1]),
           "the list of tables": compound([TABLE, END], more=1)[:1024] + struct.pack("<128I", *[FREE] * 127, 1) + bytes(1024)}


@pytest.mark.parametrize("where", CIRCLES)
def test_a_chain_that_runs_in_a_circle_is_refused(where: str, tmp_path: Path) -> None:
    """The reading library would follow it until the memory is full."""
    assert runs_in_a_circle(CIRCLES[where])
    here = workspace(tmp_path)
    (here / "old.xls").write_bytes(CIRCLES[where])
    for words in (["import", "old.xls", "--database", "proquest"], ["collect", "old.xls"]):
        done = subprocess.run([sys.executable, "-m", "review", *words], cwd=here, capture_output=True, text=True, timeout=60,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30)))
        assert done.returncode in (1, 2), (words, done.stderr)
        assert "circle" in done.stderr and "Traceback" not in done.stderr, (words, done.stderr)


def test_a_sound_chain_is_none() -> None:
    assert not runs_in_a_circle(compound([TABLE, END]))
    assert not runs_in_a_circle(b"Title\tYear\n" * 200)


def test_a_damaged_old_workbook_prints_no_trace(tmp_path: Path) -> None:
    """A table of links that is cut off makes the library panic."""
    here = workspace(tmp_path)
    (here / "old.xls").write_bytes(compound([TABLE, END])[:1022])
    done = subprocess.run([sys.executable, "-m", "review", "import", "old.xls", "--database", "proquest"], cwd=here,
                          capture_output=True, text=True, timeout=60)
    assert done.returncode in (1, 2)
    assert "open it in Excel and save it again" in done.stderr
    assert "panicked" not in done.stderr and "Traceback" not in done.stderr
