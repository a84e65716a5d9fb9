"""A small assignment on disk: one choice, one number, one choice with a reason; no Keras."""

from __future__ import annotations

from typing import TYPE_CHECKING

from advisor.grading import source

if TYPE_CHECKING:
    from pathlib import Path

KEY = "0123456789abcdef" * 2
TABLE = f"""name = "small"
title = {{ en = "Small", zh = "小作业" }}
key = "{KEY}"

[points]
q1 = 1
q2 = 2
q3 = 1.5
"""
CELL = '''# %% tags=["advisor"]
"""Small."""

VARY = {"F": ["sigmoid", "tanh"], "n": [2, 3, 4], "a b": [1.5, 2.5, 3.5], "seed": "seed"}
QUESTIONS = {
    "q1": {
        "kind": "choice",
        "ask": "hidden",
        "role": "first",
        "text": {"en": "Which first?", "zh": "先用哪个？"},
        "hints": ({"en": "Not {F}.", "zh": "不是 {F}。"}, {"en": "relu", "zh": "relu"}),
    },
    "q2": {
        "kind": "number",
        "value": "max-slope",
        "activation": "$F",
        "power": "$n",
        "relative": 0.02,
        "text": {"en": "{n} times {F}, {a} and {b}?", "zh": "{n} 次 {F}？"},
    },
    "q3": {
        "kind": "choice",
        "ask": "hidden",
        "role": "first",
        "options": ["sigmoid", "relu"],
        "why": [
            {"en": "slope 1, not {F}", "zh": "斜率 1", "right": True},
            {"en": "bounded", "zh": "有界"},
            {"en": "smooth", "zh": "光滑"},
        ],
        "text": {"en": "And why?", "zh": "为什么？"},
    },
}
'''
BODY = """
# %% [markdown] lang="en"
# # Small
# {{q1}} {{q2}}

# %% [markdown] lang="zh"
# # 小作业
# {{q1}} {{q2}}

# %%
import advisor

work = advisor.assignment(".")

# %%
### BEGIN SOLUTION
q1 = "relu"  # the secret answer
### END SOLUTION
print(work.check("q1", q1))

# %%
### BEGIN SOLUTION
spec = work.spec("q2")
q2 = {"sigmoid": 0.25, "tanh": 1.0}[spec["activation"]] ** spec["power"]
### END SOLUTION
print(work.check("q2", q2))

# %% [markdown]
# {{q3}}

# %%
### BEGIN SOLUTION
letter = "abc"[[bool(one.get("right")) for one in work.spec("q3")["why"]].index(True)]
q3 = ("relu", letter)
### END SOLUTION
print(work.check("q3", q3))

# %%
work.hand_in(q1=q1, q2=q2, q3=q3)
"""


def write(
    root: Path, *changes: tuple[str, str], table: str = TABLE, code: str = CELL + BODY
) -> Path:
    """Write the assignment with changes (old, new), each of which must fit; return its folder."""
    for old, new in changes:
        assert old in table + code, old
        table, code = table.replace(old, new), code.replace(old, new)
    folder = root / "source" / "small"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "assignment.toml").write_text(table, encoding="utf-8")
    (folder / "small.py").write_text(code, encoding="utf-8")
    return folder


def read(root: Path, *changes: tuple[str, str], **more: str) -> source.Source:
    """Write the assignment with changes, and read it."""
    return source.read(write(root, *changes, **more))
