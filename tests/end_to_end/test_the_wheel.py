"""The wheel as its user gets it: built from the sources alone, installed by pip, run far from the checkout."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

import pytest

from deskterm import __version__

pytestmark = pytest.mark.xdist_group("wheel")  # one worker builds it, once

_CHECKOUT: Final = Path(__file__).parents[2]
_SOURCES: Final = ("pyproject.toml", "README.md", "LICENSE", "src", "data")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy that holds what a release is made of and nothing else."""
    copy = tmp_path_factory.mktemp("copy")
    for name in _SOURCES:
        source = _CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copyfile(source, copy / name)
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "out"], cwd=copy, check=True)
    (built,) = (copy / "out").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of its own into which pip has installed the wheel."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "tmp").mkdir()
    target = elsewhere / "installed"
    pip = [sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "--no-cache-dir", "--quiet"]
    install = [*pip, "install", "--no-deps", "--no-index", "--no-compile", "--target", str(target), str(wheel)]
    subprocess.run(install, check=True)
    return target


def run(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs Python where the installed wheel comes before the checkout, from a folder that has neither."""
    elsewhere = installed.parent
    environment = {
        "HOME": str(elsewhere),
        "LANG": "C.UTF-8",
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(installed),
        "TMPDIR": str(elsewhere / "tmp"),
    }
    command = [sys.executable, "-P", *arguments]
    return subprocess.run(command, cwd=elsewhere, env=environment, capture_output=True, text=True, check=False)


def test_the_wheel_holds_every_source_style_and_datum_and_nothing_else(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())

    package = _CHECKOUT / "src"
    sources = {str(path.relative_to(package)) for path in package.rglob("*") if path.is_file()}
    data = {f"deskterm/{path.relative_to(_CHECKOUT)}" for path in (_CHECKOUT / "data").rglob("*") if path.is_file()}
    wanted = {name for name in sources | data if "__pycache__" not in name and ".egg-info" not in name}
    about = {name for name in held if name.startswith(f"deskterm-{__version__}.dist-info/")}
    assert held - about == wanted
    assert {"deskterm/data/profiles/acob.toml", "deskterm/data/demo/acob.toml", "deskterm/py.typed"} < wanted
    assert {f"deskterm/screens/{name}.tcss" for name in ("queue", "ticket", "new_ticket", "notices", "help")} < wanted


def test_what_runs_is_what_was_installed(installed: Path) -> None:
    ran = run(installed, "-c", "import deskterm; print(deskterm.__file__)")

    assert ran.stdout == f"{installed / 'deskterm' / '__init__.py'}\n"


def test_the_installed_program_says_its_version(installed: Path) -> None:
    ran = run(installed, "-m", "deskterm", "--version")

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"deskterm {__version__}\n", "")
    assert (installed / "bin" / "deskterm").exists()


def test_the_installed_program_makes_a_demo_desk_and_leaves_nothing(installed: Path) -> None:
    ran = run(installed, "-m", "deskterm", "demo")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("a demo desk of ")
    assert "\npersonas: " in ran.stdout
    assert list((installed.parent / "tmp").iterdir()) == []


def test_the_installed_program_makes_a_desk_under_the_shipped_profile(installed: Path, tmp_path: Path) -> None:
    there = ("-m", "deskterm", "--database", f"sqlite:///{tmp_path / 'desk.db'}")

    made = run(installed, *there, "init", "--profile", "acob")
    checked = run(installed, *there, "doctor")

    assert (made.returncode, made.stderr) == (0, "")
    assert (checked.returncode, checked.stdout) == (0, "0 tickets, 0 facts: no differences\n")
