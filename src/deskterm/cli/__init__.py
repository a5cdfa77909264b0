"""The headless twin: `deskterm` and its commands."""

import os
import sys
from collections.abc import Sequence
from typing import Final

_INTERRUPTED: Final = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line: one sentence on stderr and an exit code for whatever can be said no to."""
    from deskterm.cli.plain import plain
    from deskterm.core.domain.errors import DesktermError, told

    given = sys.argv[1:] if arguments is None else arguments
    try:
        if (options := plain(given)) is not None:
            from deskterm.cli.screens import open_screens

            sys.exit(open_screens(options))
        from deskterm.cli.commands import app

        app(given)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except DesktermError as error:
        from deskterm.cli.exits import code_of, in_commands
        from deskterm.cli.output import tell

        tell(f"deskterm: {in_commands(error)}")
        sys.exit(code_of(error))
    except Exception as error:  # the last door: a bug is told in one line, never as a page of traceback
        if os.environ.get("DESKTERM_DEBUG"):
            raise
        from deskterm.cli.exits import BUG
        from deskterm.cli.output import tell

        tell(f"deskterm: a bug, sorry ({told(error)}); DESKTERM_DEBUG=1 shows where")
        sys.exit(BUG)
