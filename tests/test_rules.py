"""Every rule by its own examples: the example yields this rule and no other, its repair nothing."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import numpy as np
import pytest

import advisor
from advisor import rulebook
from advisor.errors import OptionError, UnknownNameError

RULES = rulebook.rulebook()
NAMES = {
    "softmax-on-one-unit", "output-activation-mismatch", "output-units-mismatch",
    "loss-task-mismatch", "loss-activation-mismatch", "logits-without-from-logits",
    "activation-with-from-logits", "activated-logits", "metric-on-logits", "metric-task-mismatch",
    "label-encoding-mismatch", "labels-out-of-range", "single-class-labels",
    "hidden-layer-without-activation", "saturating-hidden-activation", "vanishing-gradient",
    "softmax-in-hidden-layer", "activation-applied-twice", "dead-units", "exploding-gradient",
    "zero-kernel", "constant-kernel", "kernel-too-large", "initializer-activation-mismatch",
    "unscaled-inputs", "unscaled-targets", "learning-rate-too-high", "learning-rate-too-low",
    "negative-learning-rate", "missing-flatten", "summed-loss",
}  # fmt: skip


def run(code, keras):
    """Run an example; return what its last line names."""
    tree = ast.parse(code)
    last = ast.Expression(tree.body.pop().value)
    names = {"keras": keras, "layers": keras.layers, "np": np}
    exec(compile(tree, "<example>", "exec"), names)
    found = eval(compile(last, "<example>", "eval"), names)  # noqa: S307 - our own text
    return found if isinstance(found, tuple) else (found, None, None)


@pytest.mark.filterwarnings("ignore:You are using a softmax")
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_its_example_yields_exactly_this_rule(rule, keras):
    report = advisor.check(*run(rule.entry.EXAMPLE, keras), select=[], ignore=[])
    assert report.findings == ()
    report = advisor.check(*run(rule.entry.EXAMPLE, keras), ignore=[])
    assert {finding.code for finding in report.causes} == {rule.code}
    assert all(finding.because == rule.code for finding in report.findings[len(report.causes) :])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_its_repair_yields_nothing(rule, keras):
    assert advisor.check(*run(rule.entry.INSTEAD, keras), ignore=[]).findings == ()


@pytest.mark.filterwarnings("ignore:You are using a softmax")
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_its_example_is_repaired_by_the_report(rule, keras):
    model, X, y = run(rule.entry.EXAMPLE, keras)
    report = advisor.check(model, X, y)
    if not any(finding.changes for finding in report.findings):
        with pytest.raises(OptionError, match="No finding names a change"):
            report.repair()
        return
    fixed = report.repair()
    assert advisor.check(fixed, X, report.labels(y)).ok
    assert report.diff().startswith("--- before")
    assert fixed is not model


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_word_is_there_in_both_languages(rule):
    for name in ("TITLE", "WHY", "REPAIR", "FALSE_POSITIVES"):
        text = getattr(rule.entry, name)
        assert text.en
        assert text.zh
    assert rule.entry.SOURCE
    assert rule.entry.__doc__.startswith("Checks that ")
    json.dumps(rule.to_dict())
    assert rule.code in str(rule)


def test_all_the_names_people_rely_on_are_there():
    names = {rule.name for rule in RULES}
    assert names >= NAMES
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert advisor.rule("ADV101").name == "softmax-on-one-unit"


@pytest.mark.parametrize(
    "file", sorted(Path(rulebook.rules.__file__).parent.glob("*.py")), ids=lambda file: file.stem
)
def test_no_rule_imports_keras(file):
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        else:
            continue
        assert not any(m.split(".")[0] in {"keras", "tensorflow", "numpy"} for m in modules)
        assert "advisor.backend" not in modules


def test_rules_are_selected_and_ignored_as_in_a_linter(keras, tmp_path, monkeypatch):
    model, *_ = run(advisor.rule("metric-task-mismatch").entry.EXAMPLE, keras)
    assert not advisor.check(model, ignore=["ADV1"]).findings
    assert not advisor.check(model, select=["unscaled-inputs"]).findings
    assert [f.code for f in advisor.check(model, select="ADV110").findings] == ["ADV110"]
    with pytest.raises(UnknownNameError, match="Unknown rule 'ADV1100'"):
        advisor.check(model, select=["ADV1100"])
    with pytest.raises(OptionError, match="list of codes"):
        advisor.check(model, ignore=5)
    (tmp_path / "pyproject.toml").write_text('[tool.advisor]\nignore = ["metric-task-mismatch"]\n')
    monkeypatch.chdir(tmp_path)
    assert not advisor.check(model).findings
    assert advisor.check(model, ignore=[]).findings
    (tmp_path / "pyproject.toml").write_text("[tool.advisor]\nignored = []\n")
    with pytest.raises(OptionError, match="takes select and ignore"):
        advisor.check(model)
