"""The command line: `python -m mysql_errors_compat`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from . import __version__
from ._tools.check import check
from ._tools.demo import report


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="mysql-errors-compat",
        description="Show what happens to real MySQL errors on their way out of a process, without this package "
        "and with it. No server is needed; it takes well under a minute. `mysql-errors-compat check MODULE...` "
        "checks an application's own error classes instead.",
        epilog="Exit status: 0 if every error arrives identical with the package, 1 if one does not, 130 after Ctrl-C.",
    )
    parser.add_argument("--json", action="store_true", help="print the same as data")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command")
    parser_of_check = commands.add_parser(
        "check",
        help="check an application's own error classes",
        description="Import the modules and find every subclass of mysql.connector.Error that they, or modules in "
        "them, define. Send errors of each, with this package installed, through pickle, copy and a real Pool, and "
        "say for each class: safe; unsafe, what goes wrong and how to mend it; or unknown, and why no error could be "
        "built. The errors come from --examples, or from `examples` of the class, a classmethod that returns some or "
        "a list of them, or are built from the type hints of its constructor. So constructors run, with odd "
        "arguments, and so does whatever they do. What is set on an error later is only seen in examples.",
        epilog="Exit status: 0 if no class is unsafe, 1 if one is, 2 if a module cannot be imported or Hypothesis is "
        "missing (pip install 'mysql_errors_compat[testing]'), 130 after Ctrl-C.",
    )
    parser_of_check.add_argument("modules", metavar="MODULE", nargs="+", help="its name, as in an import statement")
    parser_of_check.add_argument(
        "--examples",
        metavar="MODULE:FUNCTION",
        action="append",
        default=[],
        help="what returns errors, of any of the classes, to check in place of built ones; can be repeated",
    )
    # Without a default, which would undo a --json in front of the command.
    parser_of_check.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="print the same as data"
    )
    options = parser.parse_args(argv)
    try:
        if options.command == "check":
            return check(options.modules, options.examples, as_json=options.json)
        return report(as_json=options.json)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
