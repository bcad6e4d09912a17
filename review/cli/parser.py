"""The arguments of every command. Nothing heavy is imported here: `review --help` is instant."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Protocol

import review
from review.cli import boxes
from review.cli.usage import Command
from review.words import DECISIONS, ELSEWHERE, METHODS, STAGES, TAKE_RIS

EPILOG = """\
Exit status: 0 done; 1 something needs a person; 2 wrong use, or a file or disk that can't be read or written; 3 a source
failed, or the command was interrupted (run it again to go on).
ID is a review's id, the name of its file in queries/; with one review it may be left out.
First steps: `review demo`, or `review new my-review` in an empty folder."""
# What people do beside screening: the log says who, where they say so.
ACTS = frozenset({"withdraw", "accept", "acknowledge", "remove", "reopen", "link", "undo", "baseline", "reviewer"})


class Commands(Protocol):
    """What argparse gives to add commands to."""

    choices: dict[str, Command]

    def add_parser(self, name: str, *, help: str, description: str) -> Command:
        """A new command."""


def build_parser() -> tuple[Command, Commands]:
    """The parser of the whole command line, and its commands by name."""
    parser = Command(prog="review", description="Literature scoping reviews: from one text file to a "
                     "PRISMA diagram in which every number opens.", epilog=EPILOG)
    parser.add_argument("--version", action="version", version=f"review {review.__version__}", help="show the version")
    commands: Commands = parser.add_subparsers(dest="command", metavar="COMMAND", help="what to do; `review COMMAND --help` "
                                               "says more", title="commands")
    _define(commands)
    _find(commands)
    _settle(commands)
    _judge(commands)
    _tell(commands)
    for command in commands.choices.values():
        command.shorten()
    return parser, commands


def parse(words: Sequence[str]) -> argparse.Namespace:
    """The arguments; WrongUse where they do not fit. Without a command the help is printed, and SystemExit raised."""
    parser, commands = build_parser()
    args, more = parser.parse_known_args(words)
    if args.command is None:
        parser.print_help()
        raise SystemExit(0)
    taken = getattr(args, "words", None)
    if taken is not None and not any(w.startswith("-") for w in more):
        taken += more                   # words after the first option: argparse leaves them over
    elif more:
        commands.choices[args.command].error(f"unrecognized arguments: {' '.join(more)}")
    return args


def _command(commands: Commands, name: str, help: str, words: str = "[ID]", **meanings: str) -> Command:
    parser = commands.add_parser(name, help=help, description=help[0].upper() + help[1:] + ".")
    if words:
        parser.takes(words, **meanings)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    if name in ACTS:
        parser.add_argument("--by", default="", metavar="CODE", help="who says so: a code of the definition")
    return parser


def _reason(command: Command, *, needed: bool = True) -> None:
    command.add_argument("--reason", required=needed, type=_said if needed else str, default="", metavar="TEXT",
                         help="why; it is logged")


def _trial(command: Command) -> None:
    command.add_argument("--trial", action="store_true", help="does not count: for tuning the string")


def _encoding(command: argparse._ActionsContainer) -> None:
    command.add_argument("--encoding", default="", metavar="NAME", help="if the file does not say it (gb18030, cp1252, ...)")


def _define(commands: Commands) -> None:
    _command(commands, "demo", "the whole job on the bundled example, offline, in seconds", "[DIR]",
                 DIR="the folder to make (default: review-demo); an earlier demo there is replaced")
    c = _command(commands, "new", "a new definition, commented, valid as it stands", "ID",
                 ID="what to call it: the name of its file in queries/")
    what = c.add_mutually_exclusive_group()
    what.add_argument("--from", dest="source", metavar="OTHER", help="copy another definition")
    what.add_argument("--from-string", metavar="FILE", help="make it from a published search string, or a search file "
                      "(JSON) of search-query")
    c.add_argument("--database", default="", metavar="NAME", help="whose syntax the string is in: pubmed (default), "
                   "ovid-medline, ovid-embase, ovid-psycinfo")
    _command(commands, "queries", "the saved definitions and the blocks that they share", "")
    c = _command(commands, "query", "the strings for every database, what each loses, and what a librarian would remark")
    c.add_argument("--database", action="append", default=[], metavar="NAME", help="only this one (may be repeated)")
    c.add_argument("--lines", action="store_true", help="numbered lines too, as an appendix prints them")
    c.add_argument("--split", action="store_true", help="several strings for Google Scholar instead of a shortened one")
    c.add_argument("--out", metavar="DIR", help="each string as a text file too, ready to paste")
    c = _command(commands, "try", "run a query offline over a file of records: a definition, or a search string",
                 "[ID|QUERY]", QUERY="a search string in quotation marks, or a file that holds one")
    c.add_argument("--on", required=True, metavar="FILE", help="any export file, records.jsonl, PubMed XML")
    c.add_argument("--database", default="", metavar="NAME", help="a string: whose syntax it is in (default: pubmed); a "
                   "definition: try its string for that database")
    c.add_argument("--list", action="store_true", help="every record that is found")
    c = _command(commands, "diff", "what changed between two definitions, or since one was last used", "[OLD] NEW",
                 OLD="an id, a file, or a version that was used: ID@2026-11-21, ID@the beginning of its hash",
                 NEW="the same; alone, it is compared with the version that was last used, or that it was copied from")
    c.add_argument("--on", metavar="FILE", help="in records too: those of this file gained and lost")


def _find(commands: Commands) -> None:
    c = _command(commands, "search", "run the searches; go on with those that were stopped")
    c.add_argument("--database", action="append", default=[], metavar="NAME", help="only this one (may be repeated)")
    c.add_argument("--limit", type=_records, metavar="N", help="at most N records a string (Google Scholar: 300 unless said)")
    _trial(c)
    c.add_argument("--update", action="store_true", help="run again a string that was run before")
    c.add_argument("--dry-run", action="store_true", help="hits per concept and in all, no records")
    c.add_argument("--split", action=argparse.BooleanOptionalAction, default=None,
                   help="Google Scholar: several strings that together find all, instead of one that is shortened "
                   "(default: as the last search was)")
    c.add_argument("--slice-years", type=_natural, metavar="N",
                   help="Google Scholar: a search for every N years of the definition's limits; 0 for none")
    c.add_argument("--library", action="append", default=[], metavar="NAME=FILE",
                   help="run the definition offline over a file of records, counted under that name")
    c = _command(commands, "import", "the export files of one database become one search", "[ID] FILE...",
                 FILE="what the database exported: RIS, .nbib, CSV, XLSX, BibTeX, XML, ... (also .gz or .zip)")
    c.add_argument("--database", required=True, metavar="NAME", help="whose records they are")
    c.add_argument("--platform", default="", metavar="NAME", help="through which it was searched (Ovid, EBSCOhost, ...)")
    c.add_argument("--method", default="database", type=_method, choices=METHODS, metavar="METHOD",
                   help=f"how it was found: {', '.join(METHODS)} (default: database)")
    c.add_argument("--date", default="", metavar="YYYY-MM-DD", help="when the search was run")
    c.add_argument("--string", metavar="FILE", help="a text file with the string exactly as run")
    c.add_argument("--hits", type=_natural, metavar="N", help="how many hits the database reported")
    _trial(c)
    c.add_argument("--same-as", default="", metavar="SEARCH", help="a further run, or a part, of that search")
    _encoding(c)
    c.add_argument("--mapping", metavar="FILE", help="a table with unusual columns: lines `column = field` (TOML)")
    c.add_argument("--fields", nargs="+", metavar="FIELD=VALUE", help="what one page or document is, where it does not say"
                   " so itself: title=... authors=... year=... url=...; it is kept beside the record. For several: a table"
                   " with a column `file`")
    c.add_argument("--note", default="", metavar="TEXT", help="other methods: who looked where and how")


def _settle(commands: Commands) -> None:
    c = _command(commands, "withdraw", "a mistaken search stops counting; it stays on disk", "[ID] SEARCH")
    _reason(c)
    c.add_argument("--superseded-by", default="", metavar="SEARCH", help="the search that takes its place")
    c = _command(commands, "accept", "an incomplete search is accepted as it is", "[ID] SEARCH")
    _reason(c)
    c = _command(commands, "acknowledge", "a warning about a search was seen", "[ID] SEARCH [WARNING]",
                 WARNING="its name, as `review status` shows it (default: all that the search has)")
    _reason(c)


def _judge(commands: Commands) -> None:
    _command(commands, "dedupe", "give every record its report, and ask about possible duplicates")
    c = _command(commands, "sheets", "send out screening workbooks")
    c.add_argument("--stage", default="", choices=STAGES, help="default: whatever waits")
    c.add_argument("--conflicts", action="store_true", help="the conflicts, for the adjudicator")
    c.add_argument("--pilot", action="store_true", help="a random sample for the whole team")
    c.add_argument("--other-methods", action="store_true", help="only reports that other methods found")
    c.add_argument("--found", action="store_true", help="an empty workbook, to write down what other methods find")
    c.add_argument("--pdfs", metavar="FOLDER", help="full texts named by key, DOI or PMID (default: screening/pdf)")
    c.add_argument("--seed", type=_natural, metavar="N", help="rows in random order")
    c.add_argument("--batch", type=_positive, metavar="N", help="at most N rows a workbook (default and limit: 5000)")
    c = _command(commands, "collect", "read filled workbooks back, or decisions made in another tool", "[ID] [FILE]...",
                 FILE="filled workbooks (default: all in screening/), or the file of another tool")
    c.add_argument("--dry-run", action="store_true", help="show what would be logged")
    c.add_argument("--newer", action="store_true", help="these files are a later word than what was collected before")
    other = c.add_argument_group("decisions made in another tool (one file)")
    other.add_argument("--from", dest="tool", choices=ELSEWHERE, help="which; `sheet`: a table with titles or ids")
    other.add_argument("--stage", choices=STAGES, help="at which stage they were made")
    other.add_argument("--reviewer", action="append", default=[], metavar="[NAME=]CODE",
                       help="whose word the file is (team: settled there), or the code of a name in it (may be repeated)")
    other.add_argument("--decision", default="", choices=DECISIONS["full-text"], help="the file is a list of these")
    other.add_argument("--mapping", metavar="FILE", help="what its columns, decisions, reasons, reviewers are here (TOML)")
    _encoding(other)
    other.add_argument("--list", metavar="FILE", help="write what did not match, or was not taken, as CSV")
    c = _command(commands, "remove", "remove reports before screening", "[ID] KEY...")
    c.add_argument("--how", default="other", choices=("automation", "other"), help="by an automation tool, or for another "
                   "reason (default: other)")
    c.add_argument("--restore", action="store_true", help="take a removal back")
    _reason(c)
    c = _command(commands, "reopen", "a new round for reports, or for the reports of a box", "[ID] KEY|BOX...",
                 BOX="every report in a box; the boxes are listed below")
    c.more = boxes.listed
    c.add_argument("--stage", default="", choices=STAGES, help="which decisions are asked for again (default: those that put "
                   "the reports into the box; of single reports title-abstract)")
    _reason(c)
    c = _command(commands, "link", "relations between reports, and the studies they tell of", "[ID] [KEY]")
    c.add_argument("--study", action="append", default=[], metavar="NAME", help="the study that it tells of (may be "
                   "repeated; replaces those before)")
    c.add_argument("--own", action="store_true", help="every included report without a study is one of its own")
    c.add_argument("--to", default="", metavar="KEY", help="the report that it is related to; with --type")
    c.add_argument("--type", default="", choices=("preprint-of", "erratum-of", "abstract-of", "part-of", "version-of",
                                                  "registration-of", "cites"), help="what KEY is to the report of --to")
    c.add_argument("--unlink", action="store_true", help="the relation or study named here no longer holds")
    c.add_argument("--same", default="", metavar="KEY", help="the same report: join them")
    c.add_argument("--different", default="", metavar="KEY", help="not the same report, for ever")
    _reason(c, needed=False)
    c = _command(commands, "undo", "undo a join or a split of a report, or split records off", "[ID] KEY")
    c.add_argument("--split", action="append", default=[], metavar="RECORD", help="these records leave their report")
    _reason(c)
    c = _command(commands, "baseline", "the previous version of the review", "[ID]")
    what = c.add_mutually_exclusive_group(required=True)
    what.add_argument("--freeze", action="store_true", help="the review as it stands becomes the previous version")
    what.add_argument("--import", dest="file", metavar="FILE", help="a list with the columns included and study")
    what.add_argument("--reduce", metavar="STUDY", help="take a study or report out of it (retracted, say)")
    _reason(c, needed=False)
    c.add_argument("--mapping", metavar="FILE", help="a list with unusual columns: lines `column = field` (TOML)")
    c = _command(commands, "reviewer", "a reviewer leaves, or comes back", "[ID] CODE",
                 CODE="the reviewer, by the code in the definition (AB)")
    what = c.add_mutually_exclusive_group(required=True)
    what.add_argument("--left", action="store_true", help="what they have not decided goes to others")
    what.add_argument("--joined", action="store_true", help="they take part again")
    _reason(c, needed=False)


def _tell(commands: Commands) -> None:
    c = _command(commands, "counts", "PRISMA counts; the records in one box")
    c.add_argument("--list", default="", metavar="BOX", help="only the ids in this box; the boxes are listed below")
    c.more = boxes.listed
    c.add_argument("--as-of", default="", metavar="DATE", help="as they stood at the end of that day (UTC)")
    _command(commands, "flow", "the flow diagram and its files")
    _command(commands, "report", "the report and every derived file")
    _command(commands, "run", "everything that can be done now, in order")
    _command(commands, "status", "where the review stands, and what to do next")
    _command(commands, "trace", "the whole life of a report or a record", "[ID] KEY",
             KEY="a report, by its key (R000123-ab), or a record, by its id (20261121-pubmed-1/000001)")
    _command(commands, "check", "integrity of everything on disk, and the arithmetic of the flow")
    _command(commands, "agreement", "how far the reviewers agree")
    c = _command(commands, "export", "the reports of a box for other tools")
    c.add_argument("--format", required=True, metavar="FORMAT", help="ris, csv, ..., or the program that it is for; listed "
                   "below")
    c.add_argument("--set", default="", metavar="BOX", help="which box (default: every report of the flow); the boxes are "
                   "listed below")
    c.more = _formats_and_boxes
    c.add_argument("--without-decisions", action="store_true", help="keys only, for people who screen anew and must not see "
                   "what was decided")
    c.add_argument("--out", metavar="FILE", help="default: exports/<box>.<suffix>")
    c = _command(commands, "dedupe-file", "deduplicate export files without a review", "FILE...", FILE="export files")
    c.add_argument("--out", required=True, metavar="DIR", help="the folder for the tables and the unique records")
    _command(commands, "check-flow", "check a PRISMA flow from anywhere (PRISMA.csv or counts as JSON)", "FILE",
             FILE="PRISMA.csv of the R package or the web app, or counts.json")


def _formats_and_boxes() -> str:
    from review import formats

    lines = [f"  {name:<14}{' '.join(formats.suffixes(name)[:1])}" for name in formats.writable()]
    return "\n".join(["formats:", *lines, f"  {', '.join(TAKE_RIS).lower()}: ris", "", boxes.listed()])


def _natural(text: str) -> int:
    if not re.fullmatch("[0-9]{1,12}", text.strip()):
        raise argparse.ArgumentTypeError(f"“{text}” is no whole number")
    return int(text)


def _positive(text: str) -> int:
    if not _natural(text):
        raise argparse.ArgumentTypeError("it must be at least 1")
    return int(text)


def _method(text: str) -> str:
    """A method as people write it, in any case and with the spelling of either shore."""
    return text.strip().lower().replace(" ", "-").replace("organization", "organisation")


def _records(text: str) -> int:
    if not _natural(text):
        raise argparse.ArgumentTypeError("a search for no records is no search; use --dry-run")
    return int(text)


def _said(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("say why, in a few words")
    return text
