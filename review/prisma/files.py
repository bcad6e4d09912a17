"""What `review flow` writes into prisma/: counts.json, PRISMA.csv, checks.txt, the diagram in four formats."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from review.ledger.disk import write_derived
from review.ledger.paths import Folder
from review.prisma.box import Counts
from review.prisma.cells import USUAL, Appearance
from review.prisma.diagram import draw_svg
from review.prisma.prisma_csv import write_csv


def write_flow(folder: Folder, counts: Counts, appearance: Appearance = USUAL) -> list[Path]:
    """Write the files of the flow; returns their paths."""
    from review.documents.figure import svg_to_pdf, svg_to_png
    from review.prisma.flow_docx import flow_docx

    svg = draw_svg(counts, appearance)
    with ThreadPoolExecutor(2) as pool:         # the typesetter works on its own while Word's file is made
        pdf, png = pool.submit(svg_to_pdf, svg), pool.submit(svg_to_png, svg)
        files = {
            "counts.json": (json.dumps({**counts.as_dict(), "ids": {k: list(b.ids) for k, b in counts.boxes.items()}},
                                       ensure_ascii=False, indent=1) + "\n").encode(),
            "PRISMA.csv": write_csv(counts),
            "flow.svg": svg.encode("utf-8"),
            "flow.docx": flow_docx(counts, appearance),
            "checks.txt": checks_text(counts).encode("utf-8"),
            "flow.pdf": pdf.result()[0],
            "flow.png": png.result(),
        }
    for name, data in files.items():
        write_derived(folder.prisma / name, data)
    return [folder.prisma / name for name in files]


def checks_text(counts: Counts) -> str:
    """The checks as people read them: what fails first, then warnings, then what holds."""
    lines = ["This flow is final." if counts.final else "This flow is a draft:"]
    lines += [f"  - {reason}" for reason in counts.reasons]
    order = {"error": 0, "warning": 1, "info": 2}
    for check in sorted(counts.checks, key=lambda c: (c.ok, order[c.level])):
        mark = "holds  " if check.ok else "WARNING" if check.level == "warning" else "FAILS  "
        lines.append(f"{mark} {check.message} [{check.left:,} | {check.right:,}]")
        if not check.ok and check.ids:
            more = f" and {len(check.ids) - 10:,} more" if len(check.ids) > 10 else ""
            lines.append(f"         {', '.join(check.ids[:10])}{more}")
    return "\n".join(lines) + "\n"
