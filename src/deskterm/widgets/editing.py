"""Writing in one's own editor: a private file, kept until what it brought was sent, so that nothing is lost."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from platformdirs import user_state_path

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.text import TEXT_LIMIT, check_text

_VARIABLES: Final = ("VISUAL", "EDITOR")
_BYTES_A_LETTER: Final = 4
Run = Callable[[Sequence[str]], int]


class Edited(NamedTuple):
    """What came back, and the file it stands in: it is the caller's to remove when the text was sent."""

    text: str
    path: Path

    def remove(self) -> None:
        """Removes the file."""
        with suppress(OSError):
            self.path.unlink()


def edit(
    text: str,
    name: str,
    *,
    folder: Path | None = None,
    environ: Mapping[str, str] | None = None,
    run: Run = subprocess.call,
) -> Edited:
    """Gives what somebody made of a text in the editor of `VISUAL` or `EDITOR`; it waits until they leave it.

    The file is only theirs to read, in `folder`, else where a user's own programs keep such things; `name` begins its
    name. When what it holds can't be taken, it stays and the error says where.

    Raises:
        InvalidInput: no editor is set or it can't be started or fails, or the file came back empty, too long, or as
            something that is no UTF-8 text.
    """
    arguments = editor(os.environ if environ is None else environ)
    path = _file(folder or user_state_path("deskterm") / "editing", name, text)
    try:
        code = run([*arguments, str(path)])
    except OSError as error:
        path.unlink(missing_ok=True)
        raise InvalidInput(f"the editor {arguments[0]} can't be started: {error.strerror or error}") from None
    if code:
        raise InvalidInput(f"the editor ended with {code}: your text is as it was, and what was saved is in {path}")
    found = _read(path)
    if not found.strip():
        path.unlink(missing_ok=True)
        raise InvalidInput("the file came back empty: your text is as it was")
    return Edited(found, path)


def editor(environ: Mapping[str, str]) -> list[str]:
    """Gives the words of the command that edits a file.

    Raises:
        InvalidInput: when none is set, or it can't be read.
    """
    variable = next((name for name in _VARIABLES if environ.get(name, "").strip()), "")
    if not variable:
        raise InvalidInput("no editor is set: put one into VISUAL or EDITOR, as in `export EDITOR=nano`")
    try:
        return shlex.split(environ[variable])
    except ValueError as error:
        raise InvalidInput(f"{variable} can't be read: {str(error).lower()}") from None


def _file(folder: Path, name: str, text: str) -> Path:
    """Gives a new file with the text, in a folder that nobody else may look into."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        descriptor, path = tempfile.mkstemp(prefix=f"{name}-", suffix=".txt", dir=folder)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
    except OSError as error:
        raise InvalidInput(f"no file for the editor can be made in {folder}: {error.strerror or error}") from None
    return Path(path)


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > TEXT_LIMIT * _BYTES_A_LETTER:
            raise InvalidInput(f"a text may have {TEXT_LIMIT} characters, this has more")  # noqa: TRY301 - as below
        text = path.read_bytes().decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n").removesuffix("\n")
        check_text(text)
    except OSError as error:
        raise InvalidInput(f"{path} can't be read: {error.strerror or error}; your text is as it was") from None
    except UnicodeDecodeError as error:
        raise InvalidInput(f"the file is no UTF-8 text at byte {error.start + 1}: it is kept in {path}") from None
    except InvalidInput as error:
        raise InvalidInput(f"{error}; it is kept in {path}") from None
    return text
