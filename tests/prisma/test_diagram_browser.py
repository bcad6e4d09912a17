"""The diagram in a real browser with real fonts: every line of text lies inside its box.

The layout measures with a table of widths; here the browser's own measure is the judge.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from review.prisma.diagram import FAMILY, draw_svg
from tests.prisma.flows import TEMPLATES, template

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

MEASURE = """
<script>
const out = [];
for (const group of document.querySelectorAll('g[id^=flow-]')) {
  const rect = group.querySelector('rect');
  if (!rect) continue;
  const box = rect.getBoundingClientRect();
  for (const text of group.querySelectorAll('text')) {
    const t = text.getBoundingClientRect();
    const over = Math.max(box.left - t.left, t.right - box.right, box.top - t.top, t.bottom - box.bottom);
    out.push([group.id, text.textContent, Math.round(over * 100) / 100, t.width]);
  }
}
document.body.innerHTML = '<pre id="out"></pre>';
document.getElementById('out').textContent = JSON.stringify(out);
</script>
"""


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium, which is not on this machine")
@pytest.mark.parametrize("font", [FAMILY, "'DejaVu Sans', sans-serif"], ids=["arial", "a-wide-font"])
def test_text_stays_in_its_box_in_a_browser(font: str, tmp_path: Path) -> None:
    long = {"Wrong population (children who were not left behind by migrating parents)": 15,
            "研究设计不符合纳入标准，且无法获得进一步的资料以供判断（作者未回复）": 5, "MWmw" * 30: 3}
    figures = [draw_svg(template(name, final=final, factor=factor, dbr_excluded=long, undecided_screening=3))
               for name in TEMPLATES for final, factor in ((True, 1), (False, 997))]
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><meta charset='utf-8'><body>" + "".join(figures).replace(FAMILY, font) + MEASURE,
                    encoding="utf-8")
    assert CHROMIUM
    done = subprocess.run(
        [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
         "--dump-dom", page.as_uri()], capture_output=True, text=True, timeout=60, check=True)
    found = re.search(r'<pre id="out">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stdout[-500:]
    measured = json.loads(unescape(found.group(1)))
    assert len(measured) > 300 and all(width > 0 for *_, width in measured)
    assert [(box, text, over) for box, text, over, _ in measured if over > 0] == []
