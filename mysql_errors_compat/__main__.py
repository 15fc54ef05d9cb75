"""The command line: `python -m mysql_errors_compat`."""

import argparse
import contextlib
import io
import sys
import traceback
from collections.abc import Sequence

from . import __version__
from ._tools.check import CheckError, check
from ._tools.demo import report
from ._tools.processes import complain, give_up

PROG = "mysql-errors-compat"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    if sys.stdout is None:
        complain(f"{PROG}: standard output is closed")
        return 2
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):  # argparse would not tell that nobody got its help
            options = _parser().parse_args(argv)
    except SystemExit as asked:
        return (0 if _write(said.getvalue().rstrip()) else 2) if said.getvalue() else asked.code  # type: ignore[return-value]
    try:
        status, text = _run(options)
    except CheckError as problem:
        complain(f"{PROG} check: {problem}")
        return 2
    except KeyboardInterrupt:
        return 130
    except Exception:
        complain(f"{PROG}: this command has a fault: {traceback.format_exc()}")
        return 2
    return status if _write(text) else 2


def _write(text: str) -> bool:
    """Write to standard output; tell whether that was possible."""
    try:
        encoding = sys.stdout.encoding
        print(text.encode(encoding, "backslashreplace").decode(encoding))  # messages may hold lone surrogates
        sys.stdout.flush()
        return True
    except (OSError, ValueError) as problem:
        complain(f"{PROG}: standard output cannot be written to: {problem}")
        give_up(sys.stdout)
        return False


def _run(options: argparse.Namespace) -> tuple[int, str]:
    if options.command == "check":
        return check(options.modules, options.as_json, options.only_mysql, skip=options.skip, examples=options.examples)
    return report(as_json=options.as_json)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROG,
        description="Show what happens to real MySQL errors on their way out of a process, without this package "
        "and with it. No server is needed; it takes some seconds. `mysql-errors-compat check MODULE...` "
        "checks an application's own exception classes instead.",
        epilog="Exit status: 0 if every error arrives identical with the package, 1 if one does not, 2 if that cannot "
        "be measured or written, 130 after Ctrl-C.",
    )
    parser.add_argument("--json", dest="as_json", action="store_true", help="print the same as data")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", metavar="{demo,check}")
    commands.add_parser(
        "demo",
        help="show the fault and the cure on this machine, as without a command",
        description=parser.description,
        epilog=parser.epilog,
    )
    _add_arguments(commands.add_parser("check", help="check an application's own exception classes"))
    for command in commands.choices.values():
        # Without a default, which would undo a --json in front of the command.
        command.add_argument(
            "--json", dest="as_json", action="store_true", default=argparse.SUPPRESS, help="print the same as data"
        )
    return parser


def _add_arguments(check: argparse.ArgumentParser) -> None:
    check.description = (
        "Import the modules, and of a package all that is below it but tests and __main__, and find every exception "
        "class that they define. Send errors of each, with this package installed, through pickle and copy, and say "
        "for each class: safe; unsafe, what goes wrong and how to mend it; or unknown, and why no error could be "
        "built. It also says how they arrive where only their args travel, as in Celery's results, and whether the "
        "modules bring this package along. The errors come from --examples, or from `examples` of the class, a "
        "classmethod that returns some or a list of them, or are built from the type hints of its constructor, and "
        "where there are none from guesses. So constructors run, and so does whatever they do."
    )
    check.epilog = (
        "Exit status: 0 if every class is known to survive, and something imports this package if any is a MySQL "
        "error; 1 if not; 2 if nothing can be checked: a module that is named, skipped or has the examples cannot be "
        "found, there is no exception class, or Hypothesis is missing; 130 after Ctrl-C."
    )
    check.add_argument("modules", metavar="MODULE", nargs="+", help="its name, as in an import statement")
    check.add_argument(
        "--examples",
        metavar="MODULE:FUNCTION",
        action="append",
        default=[],
        help="what returns errors, of any of the classes, to check in place of built ones; can be repeated",
    )
    check.add_argument(
        "--skip",
        metavar="MODULE",
        action="append",
        default=[],
        help="a module of a package that is not to be imported, nor what is below it; can be repeated",
    )
    check.add_argument(
        "--only-mysql", action="store_true", help="leave out exceptions that are not below mysql.connector.Error"
    )
    check.add_argument("--strict", action="store_true", help=argparse.SUPPRESS)  # as it always is


if __name__ == "__main__":
    sys.exit(main())
