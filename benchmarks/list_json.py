"""How long `deskterm list --json` of 50 takes, beside importing sqlmodel and nothing else.

python benchmarks/list_json.py DATABASE LOGIN [--runs 9] [--view all] [--filter TEXT]

Fresh processes in turn; what counts is the ratio. With a filter the page is read through SQLAlchemy, without one by the
statements that are kept.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time

BAR = 1.5


def seconds(arguments: list[str]) -> tuple[float, str]:
    """Gives the seconds that a process takes, and what it prints."""
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], check=True, capture_output=True, text=True)
    return time.perf_counter() - begun, done.stdout


def main() -> int:
    """Measures in turn and prints medians and their ratio; gives 1 when the bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("login")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--view", default="all")
    parser.add_argument("--filter", default="")
    given = parser.parse_args()
    ours = ["-m", "deskterm", "--database", given.database, "--as", given.login, "list", "--view", given.view]
    ours += ["--json", *([given.filter] if given.filter else [])]
    pairs = [(seconds(["-c", "import sqlmodel"])[0], seconds(ours)) for _ in range(given.runs + 1)][1:]
    rows = len(json.loads(pairs[0][1][1]))
    yardstick, taken = (statistics.median(times) for times in zip(*((a, b[0]) for a, b in pairs), strict=True))
    ratio = statistics.median(b[0] / a for a, b in pairs)
    verdict = "PASS" if ratio <= BAR else "FAIL"
    print(f"import sqlmodel {yardstick:.2f} s, list of {rows} {taken:.2f} s, ratio {ratio:.2f}: {verdict} ({BAR})")
    return int(ratio > BAR)


if __name__ == "__main__":
    sys.exit(main())
