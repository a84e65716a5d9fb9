"""Each student has a variant of their own, which nobody can foretell and nothing handed out tells."""

from __future__ import annotations

import importlib.util
import math
import re
import unicodedata
from collections import Counter
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.errors import OptionError
from advisor.grading import handout, marking, rendering, variants
from advisor.text import Text

_FILE = Path(__file__).with_name("assignment_folder.py")
_SPEC = importlib.util.spec_from_file_location("assignment_folder", _FILE)
small = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(small)

IDS = [f"2026{number:04d}" for number in range(2000)]
MODELS = """    "q4": {"kind": "head", "problem": "moons", "seed": "$seed", "text": {"en": "h", "zh": "h"}},
    "q5": {"kind": "repair", "fault": "$m", "seed": "$s1", "text": {"en": "r", "zh": "r"}},
    "q6": {"kind": "number", "value": "curve", "read": "best-epoch", "seed": "$s2", "tolerance": 2,
           "text": {"en": "c", "zh": "c"}},
    "q7": {"kind": "score", "problem": "waves", "seed": "$seed", "text": {"en": "s", "zh": "s"}},
    "q8": {"kind": "choice", "ask": "fault", "fault": "$m", "seed": "$s1", "text": {"en": "f", "zh": "f"}},
}
"""
ALL_KINDS = (
    ("q3 = 1.5\n", "q3 = 1.5\nq4 = 1\nq5 = 1\nq6 = 1\nq7 = 1\nq8 = 1\n"),
    ('"seed": "seed"}', '"seed": "seed", "s1 s2": "seed", "m": ["zero-kernels", "dead-units"]}'),
    ('"zh": "为什么？"},\n    },\n}\n', f'"zh": "为什么？"}},\n    }},\n{MODELS}'),
    ('work.check("q3", q3))\n', 'work.check("q3", q3))\n# {{q4}}\n# {{q5}}\n# {{q6}}\n# {{q7}}\n# {{q8}}\n'),
)  # fmt: skip


@pytest.fixture
def made(tmp_path):
    return small.read(tmp_path)


def even(counts, cells, expected):
    """Chi-square, against its 99.99 % point (Wilson and Hilferty)."""
    assert len(counts) == cells
    square = sum((n - expected) ** 2 / expected for n in counts.values())
    free = cells - 1
    limit = free * (1 - 2 / (9 * free) + 3.72 * math.sqrt(2 / (9 * free))) ** 3
    assert square < limit, counts


def test_every_option_is_as_likely_whatever_the_others_are(made):
    found = [variants.values(made, student) for student in IDS]
    even(Counter(own["F"] for own in found), 2, 1000)
    even(Counter(own["n"] for own in found), 3, 2000 / 3)
    even(Counter((own["F"], own["n"]) for own in found), 6, 2000 / 6)
    pairs = Counter((own["a"], own["b"]) for own in found)
    assert set(pairs) == set(permutations([1.5, 2.5, 3.5], 2))  # never the same twice
    even(pairs, 6, 2000 / 6)


def test_seeds_are_large_and_all_different(made):
    seeds = [variants.values(made, student)["seed"] for student in IDS]
    assert len(set(seeds)) == len(IDS)
    assert max(seeds).bit_length() == 256
    even(Counter(seed % 8 for seed in seeds), 8, 250)


def test_a_variant_depends_on_its_own_name_alone(tmp_path, made):
    others = small.read(
        tmp_path,
        ('"F": ["sigmoid", "tanh"], ', '"new": [1, 2], "F": ["sigmoid", "tanh"], '),
        ("key =", "version = 7\nkey ="),
        ("q1 = 1\n", "q1 = 5\n"),
        ("Which first?", "Which one?"),
    )
    assert others.version != made.version
    for student in IDS[:50]:
        own = variants.values(made, student)
        assert {**variants.values(others, student), **own} == variants.values(others, student)


def test_names_share_a_seed_key_and_have_seeds_of_their_own(tmp_path):
    made = small.read(tmp_path, ('"seed": "seed"', '"s1 s2": "seed", "seed": "seed"'))
    own = variants.values(made, "007")
    assert len({own["s1"], own["s2"], own["seed"]}) == 3


def test_another_key_or_assignment_gives_other_variants(made):
    for other in (replace(made, key="x" * 16), replace(made, name="other")):
        same = [variants.values(made, s)["n"] == variants.values(other, s)["n"] for s in IDS[:300]]
        assert 60 < sum(same) < 140
        assert variants.values(made, "007")["seed"] != variants.values(other, "007")["seed"]


def test_all_have_the_same_where_the_teacher_says_so(made):
    same = replace(made, variants="none")
    assert variants.values(same, "1") == variants.values(same, "2")
    assert variants.values(same, "1") == variants.values(made, variants.EVERYONE)
    assert marking.sheet(same, "1").questions == marking.sheet(same, "2").questions


@given(st.text(min_size=1))
def test_an_id_is_the_same_composed_or_not(student):
    numbers = {
        variants.number("k" * 16, unicodedata.normalize(form, student)) for form in ("NFC", "NFD")
    }
    assert len(numbers) == 1


def test_reasons_are_shuffled_evenly_and_keep_what_is_right(made):
    orders = Counter()
    for student in IDS:
        spec = marking.sheet(made, student).questions[2][3]
        orders[tuple(one["zh"] for one in spec["why"])] += 1
        assert [one["zh"] for one in spec["why"] if one.get("right")] == ["斜率 1"]
    even(orders, 6, 2000 / 6)


def test_a_students_values_stand_in_texts_hints_and_reasons(made):
    own = variants.values(made, "007")
    given = handout.make(made, "007").questions
    assert given["q2"].text.en == f"{own['n']} times {own['F']}, {own['a']} and {own['b']}?"
    assert given["q1"].hints[0].zh == f"不是 {own['F']}。"
    assert f"slope 1, not {own['F']}" in given["q3"].text.en
    assert given["q2"].spec["power"] == own["n"]


@pytest.mark.parametrize(
    ("field", "why"),
    [
        ("{m}", "'m'"),
        ("{seed}", "'seed'"),
        ("{", "expected '}'"),
        ("{n.x}", "no attribute"),
        ("{n[0]}", "not subscriptable"),
        ("{}", "Replacement index"),
        ("{n:q}", "Unknown format code"),
    ],
)
def test_a_field_that_cannot_be_filled_is_told(tmp_path, field, why):
    made = small.read(tmp_path, ("Which first?", f"Which {field}?"))
    with pytest.raises(
        OptionError, match=r"The text of q1 holds a field.*Write \{\{ for a brace"
    ) as caught:
        handout.make(made, "007")
    assert why in str(caught.value)


def test_braces_and_dollars_may_be_written(tmp_path):
    made = small.read(
        tmp_path, ("bounded", "$x$ in {{0, 1}}, $5"), ("And why?", "f(x) = $x^{{2}}$?")
    )
    text = handout.make(made, "007").questions["q3"].text.en
    assert "f(x) = $x^{2}$?" in text
    assert "$x$ in {0, 1}, $5" in text


def test_words_with_open_values_only():
    own = {"n": 3, "seed": 2**200, "F": "tanh"}
    assert variants.text_of(Text(en="{n} {F}", zh="{F}"), own).en == "3 tanh"
    assert variants.secret(2**64)
    assert not variants.secret(True)
    assert not variants.secret(2**64 - 1)


@pytest.mark.parametrize("self_check", ["true", "false"])
def test_nothing_handed_out_tells_a_seed_the_key_or_a_hidden_row(tmp_path, self_check):
    made = small.read(tmp_path, *ALL_KINDS, ("key =", f"self_check = {self_check}\nkey ="))
    own = variants.values(made, "007")
    seeds = [value for value in own.values() if variants.secret(value)]
    assert len(seeds) == 3
    files = rendering.files(made, "007")
    assert {"q4.csv", "q5.csv", "q7.csv", "q8.csv"} < set(files)
    told = "".join(files.values())
    for name, one in handout.read(_written(tmp_path, files)).questions.items():
        assert (one.spec is None) == (self_check == "false"), name
        told += repr(one.spec)
    for seed in seeds:
        assert str(seed) not in told
        assert f"{seed:x}" not in told.lower()
        assert str(seed)[:12] not in told
    assert made.key not in told
    for name in ("q4", "q5", "q7"):
        drawn = marking.rows(marking.sheet(made, "007").questions[int(name[1]) - 1][3])
        assert repr(float(drawn.X_train[0, 0])) in files[f"{name}.csv"]
        for value in drawn.X_test[:, 0].tolist():
            assert re.sub(r"0+$", "", repr(value)) not in told


def _written(tmp_path, files):
    folder = tmp_path / "handed"
    rendering.write(folder, files)
    return folder


def test_two_students_have_other_files_and_one_has_the_same_each_time(tmp_path):
    made = small.read(tmp_path, *ALL_KINDS)
    one, two = rendering.files(made, "007"), rendering.files(made, "008")
    assert rendering.files(made, "007") == one
    assert all(one[name] != two[name] for name in one if name.endswith((".csv", ".json")))
