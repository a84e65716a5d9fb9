"""A shelf: a folder of entries, one file each, listed by file name.

`datasets/` and `templates/` stand at the top of the checkout and travel inside the wheel as
`advisor/_bundled/…`. A module that sets `__path__` to such a folder is a package to Python, so
that `advisor.datasets.iris` imports like any module although no such folder lies in `advisor/`.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING

from advisor.errors import UnknownNameError

if TYPE_CHECKING:
    from types import ModuleType

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Return where the shelf `name` lies: bundled in a wheel, else beside the checkout's package.

    The order matters: in site-packages a folder called `datasets` beside `advisor` is
    Hugging Face's.

    Raises:
        FileNotFoundError: it is in neither place.
    """
    bundled = _PACKAGE / "_bundled" / name
    if bundled.is_dir():
        return bundled
    checkout = _PACKAGE.parent / name
    if checkout.is_dir() and (_PACKAGE.parent / "pyproject.toml").is_file():
        return checkout
    raise FileNotFoundError(
        f"The folder {name!r} is missing: looked for advisor/_bundled/{name} (a wheel) and "
        f"{name}/ beside pyproject.toml (a checkout). Install keras-advisor again."
    )


def names(shelf: ModuleType) -> list[str]:
    """List the shelf's entries, sorted; a leading underscore marks a helper."""
    return sorted(m.name for m in pkgutil.iter_modules(shelf.__path__) if m.name[0] != "_")


def entry(shelf: ModuleType, kind: str, name: object) -> ModuleType:
    """Import one entry of a shelf by name.

    Raises:
        UnknownNameError: no such entry; `kind` is what the error calls it.
    """
    if name not in (known := names(shelf)):
        raise UnknownNameError(kind, name, known)
    return importlib.import_module(f"{shelf.__name__}.{name}")


def path(shelf: ModuleType, kind: str, name: object) -> Path:
    """Return the file of one entry without importing it.

    Raises:
        UnknownNameError: no such entry; `kind` is what the error calls it.
    """
    if name not in (known := names(shelf)):
        raise UnknownNameError(kind, name, known)
    found = (Path(place) / f"{name}.py" for place in shelf.__path__)
    return next(file for file in found if file.is_file())
