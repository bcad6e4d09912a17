"""The rooms keep to their floors, the command line starts light, and every command is documented."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "review"

# Room -> floor. A room imports only from floors below its own.
FLOORS = {
    "words": -1, "guards": -1, "model": 0, "ledger": 1,
    "formats": 2, "query": 2, "sheets": 2, "documents": 2, "dedup": 3, "sources": 3,
    "screening": 4, "prisma": 5, "report": 6, "workflow": 7, "definitions": 7, "examples": 8, "cli": 9, "__main__": 10,
}


def room(module: str) -> str:
    """The room of a module of the package."""
    return (module.split(".") + [""])[1]


def imports(path: Path) -> set[str]:
    """Every module of the package that a file imports, inside functions too, but not for type checking only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skip = {id(n) for branch in ast.walk(tree) if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.dump(branch.test)
            for n in ast.walk(branch)}
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in skip:
            continue
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names if a.name.split(".")[0] == "review"}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").split(".")[0] == "review":
            found |= {node.module or ""} if node.module != "review" else {f"review.{a.name}" for a in node.names}
    return found


def test_rooms_import_only_from_floors_below() -> None:
    """No arrow upwards, none between rooms of one floor."""
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts == ("__init__",):
            continue
        here = parts[0]
        for module in imports(path):
            there = room(module)
            if there in ("", "__version__") or there == here:
                continue
            if FLOORS[there] >= FLOORS[here]:
                wrong.append(f"{path.relative_to(ROOT)} (floor {FLOORS[here]}) imports {module} (floor {FLOORS[there]})")
    assert wrong == []


@pytest.mark.parametrize("words", [["--help"], ["import", "--help"], ["--version"]])
def test_help_is_light(words: list[str]) -> None:
    """`review --help` loads none of the heavy libraries."""
    code = ("import sys\nfrom review.cli import main\ntry:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
            "print('HEAVY', [m for m in ('pandas', 'openpyxl', 'scholarly', 'Bio', 'lxml', 'numpy', 'rapidfuzz') "
            "if m in sys.modules])")
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("HEAVY []"), done.stdout[-200:]


def test_every_command_is_in_the_readme() -> None:
    """A command without a line in the README is a command that nobody finds."""
    from review.cli.commands import COMMANDS

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [c for c in COMMANDS if f"`review {c}" not in readme] == []


def test_modules_stay_small() -> None:
    """A module that does not fit the head is two modules."""
    long = {str(p.relative_to(ROOT)): n for p in PACKAGE.rglob("*.py")
            if (n := len(p.read_text(encoding="utf-8").splitlines())) > 420}
    assert long == {}
