"""Answers read from a notebook's or a script's code, which is not run for that.

What counts is the last literal assigned to a question's name outside any block.
"""

from __future__ import annotations

import ast
import contextlib
import re
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LETTERS = 200_000  # of code that names a question; the parser takes less than a second for them
_DEPTH = 20  # nested deeper is no answer
_OTHER = re.compile(r"\s*%%(?!time|capture|prun)")  # a cell in another language
_PLAIN = (str, bool, int, float, type(None), type(...))
_LOCAL = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
FAILS = (SyntaxError, ValueError, RecursionError, MemoryError)
_CODE = object()  # the value of a name that code works out


def read(cells: Iterable[str], names: Iterable[str]) -> dict[str, Any]:
    """Return the values of names by their last literal; what code works out is left out.

    Example:
        >>> read(["q1 = 'relu'", "q2 = 1 / 4", "q3 = f(2)", "q4 = ..."], ["q1", "q2", "q3", "q4"])
        {'q1': 'relu', 'q2': 0.25}
    """
    found: dict[str, Any] = dict.fromkeys(names, ...)
    if not found:
        return {}
    named = re.compile(rf"\b({'|'.join(map(re.escape, found))})\b")
    left = LETTERS
    for cell in cells:
        left -= len(cell) if named.search(cell) else 0
        if left < 0:
            break
        if named.search(cell):
            for statement in _statements(cell, found):
                _take(statement, found)
    return {name: one for name, one in found.items() if one is not _CODE and one is not ...}


def _statements(cell: str, found: dict[str, Any]) -> Iterator[ast.stmt]:
    """Give a cell's statements; of one that is no Python, the lines that are by themselves."""
    plain = without_magics(cell)
    with contextlib.suppress(*FAILS):
        yield from parsed(plain)
        return
    for line in plain.splitlines():
        name = re.match(r"(\w+)\s*(:[^=]*)?=(?!=)", line)
        if name is None or name[1] not in found:
            continue
        try:
            yield from parsed(line)
        except FAILS:
            found[name[1]] = _CODE  # goes on over the next lines


def without_magics(cell: str) -> str:
    """Return a notebook's cell as Python alone, line for line; as it is where that is Python."""
    with contextlib.suppress(*FAILS):
        parsed(cell)  # what looks like a magic may be a line of a string
        return cell
    if _OTHER.match(cell):
        return ""
    return "\n".join(map(_python, cell.splitlines()))


def _python(line: str) -> str:
    """Return a line as it is, a magic as `pass`."""
    bare = line.strip()
    if not bare.startswith(("%", "!", "?")) and not bare.endswith("?"):
        return line
    return line[: len(line) - len(line.lstrip())] + "pass"


def parsed(code: str) -> list[ast.stmt]:
    """Return the statements of code.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it is no Python; they are FAILS.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd escapes in a student's strings
        return ast.parse(code).body


def _take(statement: ast.stmt, found: dict[str, Any]) -> None:
    """Take what a statement assigns; blocks are not followed, so what they assign is code."""
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            _bind(target, statement.value, found)
    elif isinstance(statement, ast.AnnAssign):
        if statement.value is not None:
            _bind(statement.target, statement.value, found)
    elif not isinstance(statement, _LOCAL):
        _bind(statement, None, found)


def _bind(target: ast.AST, value: ast.expr | None, found: dict[str, Any]) -> None:
    pair = (ast.Tuple, ast.List)
    if isinstance(target, ast.Name) and value is not None:
        if target.id in found:
            found[target.id] = _value(value)
    elif (
        isinstance(target, pair)
        and isinstance(value, pair)
        and len(target.elts) == len(value.elts)
        and not any(isinstance(one, ast.Starred) for one in (*target.elts, *value.elts))
    ):
        for one, its in zip(target.elts, value.elts, strict=True):
            _bind(one, its, found)
    else:
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                found.update({node.id: _CODE} if node.id in found else {})


def _value(node: ast.expr) -> Any:
    try:
        return literal(node)
    except (ValueError, ArithmeticError):
        return _CODE


def literal(node: ast.expr, depth: int = 0) -> Any:
    """Return a literal's value, tuples as lists; simple arithmetic on numbers is a literal here.

    Raises:
        ValueError: it is none.
        ArithmeticError: the arithmetic has no result.

    Example:
        >>> literal(ast.parse("0.25 ** 10 / 2", mode="eval").body)
        4.76837158203125e-07
    """
    if depth > _DEPTH:
        raise ValueError("nested too deep")
    if isinstance(node, ast.Constant) and isinstance(node.value, _PLAIN):
        return node.value
    if isinstance(node, (ast.List, ast.Tuple)):
        return [literal(one, depth + 1) for one in node.elts]
    if isinstance(node, ast.Dict):
        keys = [literal(key, depth + 1) for key in node.keys if key is not None]
        values = [literal(value, depth + 1) for value in node.values]
        return dict(zip(map(str, keys), values, strict=True))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        number = _number(literal(node.operand, depth + 1))
        return -number if isinstance(node.op, ast.USub) else number
    if isinstance(node, ast.BinOp):
        return _computed(node, depth)
    raise ValueError("no literal")


def _computed(node: ast.BinOp, depth: int) -> float:
    """Compute with floats alone: 10**10**10 is too large at once, not after a year."""
    left, right = (float(_number(literal(n, depth + 1))) for n in (node.left, node.right))
    match node.op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right
        case ast.Pow():
            return float(_number(left**right))
    raise ValueError("no literal")


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("no number")  # noqa: TRY004 - literal's one kind of error
    return value
