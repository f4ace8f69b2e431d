"""What is true of a graph: shapes, problems, repairs, costs. By formula; torch is not needed."""

from visualnet.analysis.facts import Analysis, GraphFacts, NodeFacts, Problem
from visualnet.analysis.inference.infer import infer

__all__ = ["Analysis", "GraphFacts", "NodeFacts", "Problem", "infer"]
