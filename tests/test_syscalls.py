"""The numbers of the kernel's calls are those of its headers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from advisor.grading.jail.syscalls import CALLS


@pytest.mark.parametrize(
    ("machine", "header"),
    [
        ("x86_64", "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
        ("arm64", "/usr/include/asm-generic/unistd.h"),
    ],
)
def test_calls_have_the_numbers_of_the_kernels_headers(machine, header):
    """Here are no arm64 machines: the headers are the second opinion, where they are installed."""
    if not Path(header).exists():
        pytest.skip("the kernel's headers are not installed")
    lines = re.findall(
        r"#define __NR(?:3264)?_(\w+)\s+(\d+)$", Path(header).read_text("ascii"), re.MULTILINE
    )
    known = {name: int(number) for name, number in lines}
    known.setdefault("newfstatat", known.get("fstatat"))  # as asm-generic has it
    assert {c.name: getattr(c, machine) for c in CALLS} == {
        c.name: known.get(c.name) for c in CALLS
    }
