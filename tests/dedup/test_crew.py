"""Work shared by several processes: the same answers in the same order, also when a worker dies."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from review.dedup import match
from review.dedup.crew import Crew, chunked
from review.dedup.file import dedupe_file
from tests.dedup.making import ARTICLE, OTHER, record

HERE = os.getpid()
TITLES = ("Irrigation and yield in {} villages of the upper valley", "Night work and sleep among nurses of {} wards",
          "Ward rounds with {} learners: an ethnography", "{} cases of snake bite in a district hospital")


def squares(numbers: list[int]) -> list[int]:
    return [n * n for n in numbers]


def dies_elsewhere(numbers: list[int]) -> list[int]:
    if os.getpid() != HERE and 70 in numbers:
        os._exit(9)
    return numbers


def fails(numbers: list[int]) -> list[int]:
    raise ValueError("no such number")


def process(numbers: list[int]) -> int:
    return os.getpid()


@pytest.mark.parametrize("size", [1, 2, 3])
def test_answers_come_in_the_order_of_the_chunks(size: int) -> None:
    with Crew(size) as crew:
        found = [n for part in crew.map(squares, chunked(range(100), 3)) for n in part]
    assert found == [n * n for n in range(100)]


def test_much_work_is_shared_and_little_is_not() -> None:
    with Crew(2) as crew:
        assert set(crew.map(process, chunked(range(6), 3))) == {HERE}
        assert set(crew.map(process, chunked(range(300), 3))) - {HERE}


def test_a_worker_that_dies_loses_nothing() -> None:
    with Crew(2) as crew:
        assert [n for part in crew.map(dies_elsewhere, chunked(range(120), 3)) for n in part] == list(range(120))


SLEEPERS = """
import os, time
from review.dedup.crew import Crew
def work(n):
    os.write(1, b"%d\\n" % os.getpid())     # one write: lines of two processes must not mix
    time.sleep(60 if n > 4 else 0)
with Crew(2) as crew:
    list(crew.map(work, range(20)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="no workers elsewhere")
def test_no_worker_outlives_a_program_that_was_killed() -> None:
    """It would hold the review's lock for ever."""
    parent = subprocess.Popen([sys.executable, "-c", SLEEPERS], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    seen = {int(parent.stdout.readline()) for _ in range(7)}
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    workers = seen - {parent.pid}
    assert len(workers) == 2
    for _ in range(300):
        if not any(alive(w) for w in workers):
            return
        time.sleep(0.1)
    raise AssertionError("workers are still there")


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_an_error_reaches_the_caller() -> None:
    with Crew(2) as crew, pytest.raises(ValueError, match="no such number"):
        list(crew.map(fails, chunked(range(100), 3)))


def test_chunks_are_taken_as_they_are_needed() -> None:
    """A file is read while workers work, not before."""
    taken: list[int] = []

    def numbers() -> object:
        for n in range(1000):
            taken.append(n)
            yield [n]

    with Crew(2) as crew:
        answers = crew.map(squares, numbers())  # type: ignore[arg-type]
        for _ in range(20):
            next(answers)
        assert len(taken) < 40


def many_records(n: int) -> list[str]:
    """RIS of n records, every third told twice, in a little other words."""
    out = []
    for i in range(n):
        k = i - 1 if i % 3 == 1 else i
        title = TITLES[k % 4].format(k + 3)
        out.append(f"TY  - JOUR\nTI  - {title.upper() if k != i else title}\nAU  - Author{k % 97}, B.\nPY  - {1990 + k % 30}\n"
                   f"JO  - Journal {k % 11}\nVL  - {k % 40}\nSP  - {k}\nEP  - {k + 5}\nER  - \n")
    return out


@pytest.mark.parametrize("suffix", ["ris", "csv", "json"])
def test_any_number_of_processes_writes_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    """Formats that can be joined from parts, and one that cannot."""
    from review import formats
    from review.model import Entry

    (tmp_path / "in.ris").write_text("\n".join(many_records(1500)), encoding="utf-8")
    source = tmp_path / f"in.{suffix}"
    if suffix != "ris":
        with (tmp_path / "in.ris").open("rb") as stream, source.open("wb") as made:
            found = [e.record for e in formats.read(stream, name="in.ris") if isinstance(e, Entry)]
            formats.write(found, made, format="csv" if suffix == "csv" else "csl-json")
    for workers in (1, 2, 3):
        assert dedupe_file([source], tmp_path / str(workers), workers=workers).reports == 1000
    names = sorted(p.name for p in (tmp_path / "1").iterdir())
    assert f"unique.{suffix}" in names
    for name in names:
        assert len({(tmp_path / str(n) / name).read_bytes() for n in (1, 2, 3)}) == 1


def test_matching_is_the_same_with_a_crew() -> None:
    records = [record(f"r{n:04d}", **(ARTICLE if n % 2 else OTHER)) for n in range(1400)]
    with Crew(2) as crew:
        assert match(records, crew=crew) == match(reversed(records))
