"""Names are walked as the kernel walks them, and only what a child may know of is looked at."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from advisor.grading.jail.names import HERE, Names

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are Linux's")
HIDDEN = {"out", "outside"}  # a link to what may not be read, and that
PARTS = [
    "",
    ".",
    "..",
    "file",
    "folder",
    "inner",
    "link",
    "whole",
    "up",
    "loop",
    "missing",
    *HIDDEN,
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A folder that may be read, with links of every kind, beside one that may not."""
    root = tmp_path_factory.mktemp("tree") / "root"
    (root / "folder" / "inner").mkdir(parents=True)
    (root / "folder" / "file").write_text("1")
    (root / "file").write_text("22")
    (root.parent / "outside").mkdir()
    (root.parent / "outside" / "file").write_text("333")
    for name, to in {
        "link": "folder/file",
        "whole": str(root / "folder"),
        "up": "folder/inner/../..",
        "out": "../outside",
        "loop": "loop",
    }.items():
        (root / name).symlink_to(to)
    return root


@pytest.fixture(scope="module")
def names(tree):
    return Names(os.getpid(), [str(tree)])


@pytest.fixture(scope="module")
def at(tree):
    end = os.open(tree, os.O_RDONLY)
    yield end
    os.close(end)


def told(look):
    """Return which file is found, or the error's number."""
    try:
        found = look()
    except OSError as error:
        return error.errno
    return found.st_dev, found.st_ino


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=7), st.booleans(), st.booleans())
@example(["..", "outside", "file"], False, True)
@example(["out", "file"], False, False)
@example(["link"], True, False)
def test_a_name_leads_where_the_kernel_says(tree, names, at, parts, whole, follow):
    name = f"{tree}/{'/'.join(parts)}" if whole else "/".join(parts)
    looked = []

    def lstat(path):
        looked.append(path)
        return os.stat(path, follow_symlinks=False)  # noqa: PTH116 - a name, not a path

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.lstat", lstat)
        mine = told(lambda: lstat(names.found(os.getpid(), at, name, follow=follow)))
    assert not any(path.startswith(str(tree.parent / "outside")) for path in looked)
    kernel = told(lambda: os.stat(name, dir_fd=at, follow_symlinks=follow))
    outside = tree.parent / "outside"
    theirs = {told(outside.stat), told((outside / "file").stat)}
    if kernel in theirs or (mine != kernel and HIDDEN & set(parts)):  # on the way, or at its end
        kernel = errno.ENOENT
    assert mine == kernel


def test_what_a_child_has_open_is_its_own_affair(tree, names, tmp_path):
    own = os.getpid()
    with (tmp_path / "gone").open("w+") as file:
        (tmp_path / "gone").unlink()
        link = names.found(own, HERE, f"/proc/self/fd/{file.fileno()}", follow=True)
        for path in (link, names.held(own, file.fileno())):
            assert told(Path(path).stat) == told(lambda: os.fstat(file.fileno()))
    for call in (names.held, lambda *a: names.found(*a, "file", follow=True)):
        with pytest.raises(OSError, match="Bad file descriptor"):
            call(own, 9999)


def test_a_folder_that_was_entered_and_may_not_be_read_is_not_told_of(tree, names, monkeypatch):
    monkeypatch.chdir(tree.parent / "outside")
    for name in (
        ".",
        "file",
        "../outside",
        "/proc/self/cwd",
        "/proc/self/cwd/file",
        "/proc/self/exe",
    ):
        with pytest.raises(FileNotFoundError):
            names.found(os.getpid(), HERE, name, follow=True)
    monkeypatch.chdir(tree / "folder")
    assert names.found(os.getpid(), HERE, "../folder//file", follow=True) == f"{tree}/folder/file"
    assert names.held(os.getpid(), HERE) == f"{tree}/folder"


def test_what_is_read_through_a_link_is_known_by_either_name(tree, tmp_path):
    (tmp_path / "way").symlink_to(tree.parent)
    names = Names(os.getpid(), [f"{tmp_path}/way/root/folder"])
    for way in (f"{tmp_path}/way", str(tree.parent)):
        assert names.found(1, HERE, f"{way}/root/folder/file", follow=True) == f"{tree}/folder/file"
    assert names.found(1, HERE, f"{tmp_path}/way", follow=False) == f"{tmp_path}/way"
    with pytest.raises(FileNotFoundError):
        names.found(1, HERE, f"{tree}/file", follow=True)
