"""Damaged, cut, mixed and hostile files: readers tell what is wrong and never raise, hang or swell.

`make proof` reads mutated files for a minute. `REVIEW_FUZZ=1000000 pytest -m proof tests/formats/test_damage.py -s`
reads as many as it says, and prints how many there were, the longest time one took, and the peak memory.
"""

from __future__ import annotations

import gzip
import io
import os
import random
import resource
import time
import zipfile
from pathlib import Path

import pytest

from review import formats
from review.model import Entry, Issue

HERE = Path(__file__).parent / "fixtures"
SEEDS = sorted(p for p in HERE.glob("*/*") if not p.name.endswith(".expected.json"))
PIECES = [b"\r", b"\n", b"\r\n", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b'"', b"'", b"{", b"}", b"[", b"]", b"<",
          b">", b"&", b"%", b"\\", b"ER  - ", b"TY  - ", b"PMID- ", b"@article{", b"%0 ", b"RT ", b"<record>", b"</record>",
          b"<PubmedArticle>", b"]]>", b"<![CDATA[", b"<!--", b"{Title}: ", b"\xa3\xba", b"\x81", b"\xe5", b",", b";", b"\t",
          b"  ", b"PK\x03\x04", b"\x1f\x8b", b"- - ", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"=1", b"10.1000/"]


def mutated(rng: random.Random, seeds: list[bytes]) -> bytes:
    """A seed with some bytes changed, cut, doubled, or joined with another."""
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(data) + 1)
        end = min(len(data), at + rng.choice((1, 1, 2, 8, 64, 500)))
        act = rng.randrange(7)
        if act == 0:
            data[at:at] = rng.choice(PIECES)
        elif act == 1:
            del data[at:end]
        elif act == 2:
            data[at:at] = data[at:end] * rng.choice((1, 3, 40))
        elif act == 3 and at < len(data):
            data[at] = rng.randrange(256)
        elif act == 4:
            del data[at:]
        elif act == 5:
            other = rng.choice(seeds)
            data += other[rng.randrange(len(other) + 1):]
        else:
            data[at:end] = bytes(rng.randrange(256) for _ in range(end - at))
    return bytes(data)


def packed(seeds: list[bytes]) -> list[bytes]:
    """Archives of the smallest seeds: each compressed, and zips of three at a time."""
    small = sorted(seeds, key=len)[:30]
    out = [gzip.compress(data, mtime=0) for data in small]
    for start in range(0, len(small), 3):
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
            for n, data in enumerate(small[start:start + 3]):
                archive.writestr(zipfile.ZipInfo(f"part-{n}.txt"), data)
        out.append(whole.getvalue())
    return out


def survives(data: bytes, name: str = "x", other: str = "") -> None:
    """Sniff, describe, read, count and look up, under the format found and, where given, one that is not the file's."""
    format, encoding = formats.describe(data, name)
    for chosen in filter(None, (format, other)):
        for found in formats.read(io.BytesIO(data), name=name, format=chosen):
            assert isinstance(found, Entry | Issue)
            if isinstance(found, Entry):
                # Of an archive, places count in its contents.
                assert found.offset >= 0 and (found.offset <= len(data) + 1 or data[:2] in (b"PK", b"\x1f\x8b"))
                assert found.length >= 0
        formats.count(io.BytesIO(data), format=chosen)
        formats.tags_at(data[:2000], chosen, encoding or None)


@pytest.mark.parametrize("start", range(4))
def test_mutated_files_never_raise(start: int) -> None:
    seeds = [p.read_bytes() for p in SEEDS]
    rng = random.Random(start)
    for _ in range(60):
        survives(mutated(rng, seeds))


@pytest.mark.proof
def test_many_mutated_files() -> None:
    """As many as `REVIEW_FUZZ` says, at most an hour; without it as many as a minute allows."""
    wanted = int(os.environ.get("REVIEW_FUZZ", "0"))
    seeds = [p.read_bytes() for p in SEEDS]
    seeds += packed(seeds)
    others = sorted(formats.names())
    rng = random.Random(20261121)
    begin = time.monotonic()
    end = begin + (60 * 60 if wanted else 60)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    n, longest = 0, 0.0
    while time.monotonic() < end and (not wanted or n < wanted):
        data = mutated(rng, seeds)
        start = time.process_time()
        try:
            survives(data, other=others[n % len(others)])
        except Exception:
            Path("fuzz-failure.bin").write_bytes(data)
            raise
        took = time.process_time() - start
        longest, n = max(longest, took), n + 1
        assert took < 20, f"input {n} of {len(data)} bytes took {took:.0f} s"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"\n{n:,} mutated files in {time.monotonic() - begin:.0f} s, the slowest {longest:.2f} s; peak memory"
          f" {peak / 1024:.0f} MB, {before / 1024:.0f} MB of them before")
    assert peak - before < 400 * 1024           # KiB


@pytest.mark.parametrize("format", sorted(formats.names()))
def test_every_reader_takes_every_other_formats_files(format: str) -> None:
    for path in SEEDS:
        data = path.read_bytes()
        for found in formats.read(io.BytesIO(data), name=path.name, format=format):
            assert isinstance(found, Entry | Issue)
        formats.count(io.BytesIO(data), format=format)


@pytest.mark.parametrize("format", sorted(formats.names()))
@pytest.mark.parametrize("data", [b"", b"\n", b"\x00" * 3000, b"\xff" * 3000, b"a" * 3000, b"\r" * 3000, b'"' * 3001,
                                  b"{" * 3001, b"[" * 3001, b"<a>" * 3000, b"@a{" * 3000, b"TY  - " * 3000,
                                  bytes(range(256)) * 20, b"PK\x03\x04xl/" + b"\0" * 200, b"\x1f\x8b\x08junk"],
                         ids=range(15))
def test_degenerate_files(format: str, data: bytes) -> None:
    for found in formats.read(io.BytesIO(data), name="x", format=format):
        assert isinstance(found, Entry | Issue)
    formats.count(io.BytesIO(data), format=format)
    formats.tags_at(data, format)


@pytest.mark.parametrize("suffix", [".xlsx", ".ods"])
def test_a_container_of_a_later_version_is_told(suffix: str) -> None:
    """Found by mutation: the version that a part needs, in the zip's directory, is one that nothing can read."""
    book = (HERE / "xlsx" / f"by-hand{'' if suffix == '.xlsx' else '-ods'}{suffix}").read_bytes()
    at = book.index(b"PK\x01\x02") + 6
    found = list(formats.read(io.BytesIO(book[:at] + b"\x94" + book[at + 1:]), name="x" + suffix))
    assert [i.code for i in found if isinstance(i, Issue)] == ["workbook-refused"]
