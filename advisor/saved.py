"""A saved `.keras` file, read without Keras, and refused where it names more than it needs.

`load_model(safe_mode=True)` is no boundary: many exported functions stay callable. So the archive,
its config and its weights are vetted before anything else looks at them: only classes and functions
of the allow-list, bounded sizes, a graph that holds together, plain numbers of the shapes that the
config implies. Nothing is run, nothing is written.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from advisor import archive
from advisor.archive import refused
from advisor.errors import ModelFileError

if TYPE_CHECKING:
    from os import PathLike

    from advisor.hdf5 import Tree

FILE_BYTES = 2**29
_DAMAGED = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    MemoryError,
    OverflowError,
    IndexError,
)


@dataclass(frozen=True)
class SavedModel:
    """A saved model that was found harmless.

    Attributes:
        name: of the file.
        config: the content of config.json.
        weights: the bytes of model.weights.h5, not looked into yet; b"" where there are none.
        assets: the content of other entries, by name: vocabularies.
    """

    name: str
    config: dict[str, Any]
    weights: bytes
    assets: dict[str, bytes] = field(default_factory=dict)

    @cached_property
    def tree(self) -> Tree:
        """What the weights hold, by paths; read once.

        Raises:
            ModelFileError: they are damaged, too many, or more than groups and plain numbers.
        """
        from advisor import file_weights

        return file_weights.tree(self)


def read(path: str | bytes | PathLike[str], *, limit: int = FILE_BYTES) -> SavedModel:
    """Read and vet a `.keras` file.

    Args:
        path: of the file.
        limit: the most bytes that it may have.

    Raises:
        ModelFileError: it is missing, cut off, of another kind, or not harmless; one line says why.
    """
    file = os.path.basename(os.fsdecode(path))  # noqa: PTH119 - bytes are paths as well
    return parse(contents(path, limit=limit), file)


def parse(data: bytes, file: str) -> SavedModel:
    """Vet the bytes of a `.keras` file, but for its weights.

    Args:
        data: the content of the file.
        file: its name, for messages.

    Raises:
        ModelFileError: it is cut off, of another kind, or not harmless; one line says why.
    """
    from advisor import configs
    from advisor.vetting import vet

    archive.sniff(data, file)
    try:
        text, weights, assets = archive.unpack(data, file)
    except ModelFileError:
        raise
    except _DAMAGED as error:
        why = f"the archive is damaged or cut off ({type(error).__name__})"
        raise refused(file, why) from None
    config = configs.parse(text, file)
    vet(config, file)
    return SavedModel(file, config, weights, assets)


def vetted(data: bytes, file: str) -> SavedModel:
    """Vet the bytes of a `.keras` file, its weights included: what passes may be given to Keras.

    Raises:
        ModelFileError: it is cut off, of another kind, or not harmless; one line says why.
    """
    from advisor import file_weights

    found = parse(data, file)
    file_weights.vet(found)
    return found


def contents(path: str | bytes | PathLike[str], *, limit: int = FILE_BYTES) -> bytes:
    """Read a regular file once; links, devices and pipes are not followed.

    Raises:
        ModelFileError: it is missing, too large, or no regular file.
    """
    from advisor.errors import shown

    file = os.path.basename(os.fsdecode(path))  # noqa: PTH119 - bytes are paths as well
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise ModelFileError(f"There is no file {shown(file, 60)}.") from None
    except (OSError, ValueError):
        if os.path.islink(path):  # noqa: PTH114 - bytes are paths as well
            raise refused(file, "it is a link; name the file itself") from None
        raise refused(file, "it cannot be opened") from None
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise refused(file, "it is a folder or a device, no file")
    with os.fdopen(descriptor, "rb") as opened:
        if found.st_size > limit:
            raise refused(file, f"it has {found.st_size:,} bytes, {limit:,} are the most")
        try:
            data = opened.read(limit + 1)
        except OSError:
            raise refused(file, "it cannot be read") from None
    if len(data) > limit:
        raise refused(file, f"it has more than {limit:,} bytes")
    return data
