"""The command line: `python -m benchmarks` measures, keeps the figures, and writes and draws them."""

import argparse

from . import measure, report

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what an error costs.")
    parser.add_argument("--rounds", type=int, default=25, help="0 writes and draws the last again (default: 25)")
    parser.add_argument(
        "--kinds", action="store_true", help="only print each kind, divided by the driver alone: needs only the driver"
    )
    options = parser.parse_args()
    if options.kinds:
        print(report.kinds(measure.measure(options.rounds, ["ours", "stock"])))
    else:
        if options.rounds:
            measure.save(measure.measure(options.rounds))
        for path, text in report.files(measure.load()).items():
            path.write_text(text, encoding="utf-8")
