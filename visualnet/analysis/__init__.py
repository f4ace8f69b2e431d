"""What is true of a graph: shapes, problems, repairs, costs. By formula; torch is not needed.

It may import `layers` and `core`.

`infer(project, previous=None, fields=None) -> Analysis`: `.main` (GraphFacts: `.nodes[id]` NodeFacts, totals), `.problems`
(errors first), `.sheet(name, path)`, `.at(path)`. What the compiler or the printer refuses is an error here first
(`tests/contract/structured.py` holds them against each other): no error means that it compiles and prints. Only the memory of
this machine is the compiler's to ask.

- `facts.py`: the values; `Outline.live` are the nodes that are computed, `lent` those made for their weights alone. Totals count
  these and no others, and the compiler builds them. `block_nesting.py`: which blocks hold which.
- `problem_list.py`: problems as the window lists them; `report.py`: the summary as plain data; `explain.py`: why a size is what
  it is.
- `receptive_field.py`: what a unit sees of the input; `families.py`: the colour family of a node, the one rule for cards,
  pictures and lists.
- `as_networkx.py`: a sheet as a graph of networkx (`visualnet.to_networkx`).

No loop, list or picture grows with a figure in a file: `tests/contract/large.py` tries every figure.
"""

from visualnet.analysis.facts import Analysis, GraphFacts, NodeFacts, Problem
from visualnet.analysis.inference.infer import infer

__all__ = ["Analysis", "GraphFacts", "NodeFacts", "Problem", "infer"]
