"""The document: frozen values, pure edits, files. Knows neither torch nor Qt.

It may import nothing else of the program.

`project.py` and `graph.py` hold the values: `Project` -> `Graph` (the main sheet is `""`, and one sheet per `Block`) -> `Node`,
wires, positions. All are frozen (msgspec Structs, tuples, dicts that nobody changes).

- `graph.wires` is `{target Port: source Port}`: an input port takes one wire. A layer with a varying number of inputs has a
  parameter `inputs`.
- Node ids are `n1`, `n2` ... and are never used again in a graph's life; names are unique Python identifiers in their graph and
  prefix the keys of the `state_dict`.
- `Node.params` holds only what differs from the defaults; a string where a number is wanted is an expression (`expressions.py`)
  in the block's parameters and the project's `constants`. `Node.mode` is `mute` or `off`.
- `Document` (`document.py`) makes edits undoable: `do(label, edit, merge="")`; steps with the same `merge` in succession are one
  undo step until `end_merge()`. `steps`, `position` and `jump(n)` are the history. Its signals are psygnal's: `changed(before,
  after)`, `state_changed()`.
- `diff.py` says what sets two graphs apart, `cycles.py` finds circles (networkx, loaded only then), `repetition.py` what a
  repetition hands on, `caches.py` remembers what comes from a project until its document is closed.
"""
