"""`nox -s mutation`: changes the pack's code in small ways and counts what the tests notice.

Cosmic Ray makes the changes, `quick` and `fresh` try them on the tests of the changed module.
A change that no test notices survives. `tools/mutation_survivors.toml` lists the survivors that
change nothing which a test could notice, each with the reason; they are left out of the score.

What is not changed, because no test of behaviour should notice it:

- annotations of types;
- decorators: the flags of dataclasses, and what a rule declares beside its function;
- examples. That a rule's `good` passes and its `bad` is found is the matter of
  `tests/policies/test_every_rule.py`;
- `is` to `==` and the like, which agree on what the interpreter keeps only once;
- `==` and `!=` to an order where one side is a text that stands there or the type of a resource:
  names have no order that a user could meet.

A change that keeps the module from loading is not a change of behaviour and does not count.
"""
