"""The headless twin: `deskterm` and its commands."""

import errno
import io
import os
import sys
from collections.abc import Sequence
from typing import Final

_INTERRUPTED: Final = 130
_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line: one sentence on stderr and an exit code for whatever can be said no to."""
    from deskterm.cli.plain import plain
    from deskterm.core.domain.errors import DesktermError, told

    given = sys.argv[1:] if arguments is None else arguments
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # what the terminal's encoding lacks is told by its number
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
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            from deskterm.cli.exits import NO_ROOM
            from deskterm.cli.output import tell

            tell(f"deskterm: what it writes has no room: {error.strerror}")
            sys.exit(NO_ROOM)
        if os.environ.get("DESKTERM_DEBUG"):
            raise
        from deskterm.cli.exits import BUG
        from deskterm.cli.output import tell

        tell(f"deskterm: a bug, sorry ({told(error)}); DESKTERM_DEBUG=1 shows where")
        sys.exit(BUG)
