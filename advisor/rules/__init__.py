"""A shelf: one file a rule.

A rule's code and name are its file's: `adv101_softmax_on_one_unit.py` is ADV101,
softmax-on-one-unit. The file holds

- a docstring, whose first line is the table's entry;
- `TITLE`, `WHY`, `REPAIR`, `FALSE_POSITIVES` in both languages, and `SOURCE`;
- `EXAMPLE` and `INSTEAD`, code that ends with `model`, or with `model, X, y`; `keras`, `layers`
  (= keras.layers) and `np` are known to it. The example yields this rule and no other, the repaired
  one yields nothing: that is the rule's test;
- `check(facts)`, which yields what it sees, or raises NotApplicable where it cannot look. No rule
  imports Keras.

Hundreds are families: 1xx the last layer and the loss, 2xx hidden layers, 3xx data, 4xx the
optimizer. A code is never used again.
"""
