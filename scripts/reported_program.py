"""What was reported: an error raised in a Pool does not arrive. Runs on Python 2.7, with a driver on its path."""

import multiprocessing
import platform

import mysql.connector

PATIENCE = 5  # seconds; an error that arrives takes milliseconds


def succeed():  # type: () -> int
    """Return a number, in the Pool."""
    return 1


def fail():  # type: () -> int
    """Raise the error, in the Pool."""
    raise mysql.connector.Error("demo test", 100)


def facts(error):  # type: (BaseException) -> str
    """Return all there is to see in an error."""
    return repr([type(error), error.args, str(error), sorted(vars(error).items())])


def main():  # type: () -> None
    """Print what arrives of a number, of the error, of the error again, and of a number."""
    print(" ".join(["Python", platform.python_version(), "with driver", mysql.connector.__version__]))
    raised = mysql.connector.Error("demo test", 100)
    pool = multiprocessing.Pool(1)
    for name, task in [("a number", succeed), ("the error", fail), ("it again", fail), ("a number", succeed)]:
        try:
            end = "arrives" if pool.apply_async(task).get(PATIENCE) == 1 else "changes"
        except multiprocessing.TimeoutError:
            end = "hangs"
        except mysql.connector.Error as error:
            end = "arrives" if facts(error) == facts(raised) else " ".join(["changes to", facts(error)])
        print(" ".join([name, end]))


if __name__ == "__main__":
    main()
