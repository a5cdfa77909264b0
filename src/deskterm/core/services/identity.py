"""Who is at the desk: the kernel's word, and for whom else they may act."""

import os
import pwd
from collections.abc import Callable, Sequence
from typing import Final

from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.people import Person
from deskterm.core.domain.text import check_text
from deskterm.core.domain.words import Role

DEMO: Final = "demo"
DESK: Final = "desk"
UNFINISHED: Final = "unfinished"
"""A demo that is still being filled; it never becomes more when that is interrupted."""


def os_login() -> str:
    """Gives the login of the effective user, as the kernel and the user database have it; $USER says nothing.

    Raises:
        NotAllowed: when the user database doesn't know the uid.
    """
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise NotAllowed(f"the system has no name for user {os.geteuid()}: ask its administrator") from None


def who(
    purpose: str | None, named: Callable[[str], Sequence[Person]], login: str, acting_as: str, *, desk: str
) -> tuple[Person, bool]:
    """Gives who is at a desk of this purpose, and whether it is a demo; `named` gives who has a login or name.

    `desk` is what the desk is called. `acting_as` names somebody else; that is for admins, and for anybody in a demo.

    Raises:
        NotAllowed: when nobody has this login, or it may not act for others.
        InvalidInput: when there is nobody of that name, or the desk is a demo that was never finished.
    """
    if purpose == UNFINISHED:
        raise InvalidInput(f"the demo at {desk} is not finished: if nobody fills it now, delete and remake it")
    demo = purpose == DEMO
    mine = [p for p in named(login) if p.login == login and p.is_active]
    if acting_as:
        if not demo and not (mine and mine[0].role is Role.ADMIN):
            raise NotAllowed("--as is for admins, and for the demo: you act as yourself")
        check_text(acting_as)
        found = named(acting_as)
        if not found:
            raise InvalidInput(f"--as: nobody has the login or name {acting_as!r}")
        if len(found) != 1:
            raise InvalidInput(f"--as {acting_as}: expected one person's login or name, {len(found)} fit")
        return found[0], demo
    if mine:
        return mine[0], demo
    raise NotAllowed(f"{login!r} is nobody at this desk: an admin can run `deskterm people add --login {login} ...`")
