"""A course of one small assignment, laid out without proving it, for tests of grading."""

from __future__ import annotations

NAME = "tiny"
TOML = """key = "0123456789abcdef0123456789abcdef"
name = "tiny"
title = { en = "Tiny", zh = "小" }
version = 1
[points]
q1 = 2
q2 = 2
q3 = 1
[limits]
seconds = 20
"""
CODE = """# %% tags=["advisor"]
\"\"\"Tiny.\"\"\"

TITLE_ZH = "小"
VARY = {"P": ["moons", "rings"], "seed": "seed"}
QUESTIONS = {
    "q1": {"kind": "head", "problem": "$P", "seed": "$seed", "text": {"en": "?", "zh": "？"}},
    "q2": {"kind": "head", "problem": "$P", "seed": "$seed", "text": {"en": "?", "zh": "？"}},
    "q3": {"kind": "choice", "ask": "last", "problem": "$P", "text": {"en": "?", "zh": "？"}},
}
"""


def lay_out(root, submissions):
    """Write the assignment, and what each student handed in: bytes by file name."""
    source = root / "source" / NAME
    source.mkdir(parents=True)
    (source / "assignment.toml").write_text(TOML, "utf-8")
    (source / f"{NAME}.py").write_text(CODE, "utf-8")
    for student, files in submissions.items():
        folder = root / "submitted" / student / NAME
        folder.mkdir(parents=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    return root
