"""The command line: `python -m benchmarks` measures, keeps the figures, and writes and draws them."""

import argparse

from . import measure, report

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what an error costs.")
    parser.add_argument("--rounds", type=int, default=25, help="0 writes and draws the last again (default: 25)")
    rounds = parser.parse_args().rounds
    if rounds:
        measure.save(measure.measure(rounds))
    for path, text in report.files(measure.load()).items():
        path.write_text(text, encoding="utf-8")
