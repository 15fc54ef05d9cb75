"""The command line: `python -m mysql_errors_compat`."""

import argparse
import sys
import traceback
from collections.abc import Sequence

from . import __version__
from ._tools.check import CheckError, check
from ._tools.demo import report
from ._tools.processes import end_on_signals, write

PROG = "mysql-errors-compat"
DEMO = """Show what happens to real MySQL errors on their way out of a process, without this package and with it. No
server is needed. `mysql-errors-compat check MODULE...` checks an application's own exception classes instead."""
DEMO_STATUS = """Exit status: 0 if every error arrives identical with the package, 1 if one does not, 2 if that cannot
be measured or written, 130 after Ctrl-C."""
CHECK = """Import the modules, and of a package all that is below it but tests and __main__, and find every exception
class that they define. Send errors of each, with this package installed, through pickle and copy, and say: safe;
unsafe, what goes wrong and how to mend it; or unknown, and why no error could be built. It also says how they arrive
where only their args travel, as in Celery's results, and whether the modules bring this package along. The errors come
from --examples, or from `examples` of the class, a classmethod that returns some, or are built from the type hints of
its constructor, and where there are none from guesses. So constructors run, and whatever they do is done."""
CHECK_STATUS = """Exit status: 0 if every class is known to survive, and, if any is a MySQL error, something imports
this package; 1 if not; 2 if nothing can be checked; 130 after Ctrl-C."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    options = _parser().parse_args(argv)
    try:
        if sys.platform == "win32":
            raise CheckError("this needs Linux or macOS, where processes can be ended with all that they started")
        end_on_signals()
        if options.command == "check":
            how = {"skip": options.skip, "examples": options.examples}
            status, text = check(options.modules, options.as_json, options.only_mysql, **how)
        else:
            status, text = report(options.as_json)
    except CheckError as problem:
        write(sys.stderr, f"{PROG}: {problem}")
        return 2
    except KeyboardInterrupt:
        return 130
    except Exception:
        write(sys.stderr, f"{PROG}: this command has a fault: {traceback.format_exc()}")
        return 2
    if reason := write(sys.stdout, text):
        write(sys.stderr, f"{PROG}: standard output cannot be written to: {reason}")
        return 2
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=PROG, description=DEMO, epilog=DEMO_STATUS)
    parser.add_argument("--json", dest="as_json", action="store_true", help="print the same as data")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", metavar="{demo,check}")
    text = "show the fault and the cure on this machine, as without a command"
    demo = commands.add_parser("demo", help=text, description=DEMO, epilog=DEMO_STATUS)
    text = "check an application's own exception classes"
    checking = commands.add_parser("check", help=text, description=CHECK, epilog=CHECK_STATUS)
    add = checking.add_argument
    add("modules", metavar="MODULE", nargs="+", help="its name, as in an import statement")
    text = "what returns errors, of any of the classes, to check in place of built ones; can be repeated"
    add("--examples", metavar="MODULE:FUNCTION", action="append", default=[], help=text)
    text = "a module of a package that is not to be imported, nor what is below it; can be repeated"
    add("--skip", metavar="MODULE", action="append", default=[], help=text)
    add("--only-mysql", action="store_true", help="leave out exceptions that are not below mysql.connector.Error")
    add("--strict", action="store_true", help=argparse.SUPPRESS)  # as it always is
    for command in demo, checking:
        text = "print the same as data"  # no default, which would undo a --json in front of the command
        command.add_argument("--json", dest="as_json", action="store_true", default=argparse.SUPPRESS, help=text)
    return parser


if __name__ == "__main__":
    sys.exit(main())
