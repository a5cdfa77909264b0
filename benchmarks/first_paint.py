"""How long until the queue's first rows are on the screen, beside a bare Textual app.

python benchmarks/first_paint.py DATABASE LOGIN [RUNS]

Each run is a fresh process in a pty of 120x36, timed from its start until the expected text is on the screen, the two
kinds in turn; what counts is the ratio. The yardstick is a Header, a 50-row DataTable and a Footer, and nothing read.
"""

import statistics
import sys
import time

import pexpect

BARE = """
from textual.app import App
from textual.widgets import DataTable, Footer, Header
class Bare(App):
    BINDINGS = [("q", "quit", "Quit")]
    def compose(self):
        yield Header(); yield DataTable(); yield Footer()
    def on_mount(self):
        table = self.query_one(DataTable)
        table.add_columns("ID", "Prio", "Status", "Time left", "Title", "Requester")
        for n in range(50):
            table.add_row(f"HD-{n:06}", "High", "New", "2h left", f"Ticket {n}", "Somebody")
Bare().run()
"""


def seconds(arguments: list[str], text: str) -> float:
    """Gives the seconds from the start of a process until `text` is on its screen."""
    begun = time.perf_counter()
    child = pexpect.spawn(sys.executable, arguments, dimensions=(36, 120), timeout=60, encoding="utf-8")
    child.expect_exact(text)
    taken = time.perf_counter() - begun
    child.close(force=True)
    return taken


def main() -> None:
    """Measures in turn and prints medians and their ratio."""
    database, login = sys.argv[1:3]
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 7
    ours = ["-m", "deskterm", "--database", database, "--as", login]
    pairs = [(seconds(["-c", BARE], "HD-000001"), seconds(ours, "HD-")) for _ in range(runs + 1)][1:]
    bare, queue = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(ours / theirs for theirs, ours in pairs)
    print(f"bare app {bare:.2f} s, queue {queue:.2f} s, ratio {ratio:.2f} (medians of {runs})")


if __name__ == "__main__":
    main()
