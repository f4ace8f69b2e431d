"""Broken and hostile files: seed files changed at random, and a list of bombs.

Run as a program it opens files under the eyes of an audit hook and within a bounded address space, and says what went wrong, one JSON line
each. Tests read those lines.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
HEAD = '{"program": "visualnet", "format": 1, '
SPARE = 64 * 1024 * 1024
WORTH_A_LOOK_S = 0.3

WEIRD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**40, 2**53, 2**53 + 1, 10**30, 0.5, -0.0, 1e308, "", "x", "n1", "n1.y", "input", "block:residual",
    "2*channels", "channels +", "((((", "1/0", "9**9**9", "a" * 300, "a" * 20_000, "\u202e", "\x00", "__import__('os')", "../../etc/passwd",
    [], {}, [[]], [None], {"": {}}, [1, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9], ["n1.y", "n2.x"], {"id": "n1"}, [[[[[[[[[[[]]]]]]]]]]],
)  # fmt: skip


def seeds() -> list[bytes]:
    """The files that mutants are made of: the fixtures and the templates."""
    found = [
        *sorted((ROOT / "tests" / "fixtures").glob("*.vnet")),
        *sorted((ROOT / "resources" / "templates").glob("*.vnet")),
    ]
    return [path.read_bytes() for path in found]


def mutants(how_many: int, seed: int) -> Iterator[bytes]:
    """So many broken files, the same for the same seed."""
    dice = random.Random(seed)
    sources = seeds()
    trees = [json.loads(source) for source in sources]
    for _ in range(how_many):
        which = dice.randrange(len(sources))
        if dice.random() < 0.35:
            yield _bytes_changed(sources[which], dice)
        else:
            yield _tree_changed(trees[which], dice)


def _bytes_changed(data: bytes, dice: random.Random) -> bytes:
    for _ in range(dice.choice((1, 1, 2, 8))):
        at, to = sorted((dice.randrange(len(data) + 1), dice.randrange(len(data) + 1)))
        what = dice.randrange(7)
        if what == 0:
            data = data[:at]
        elif what == 1 and at < len(data):
            data = data[:at] + bytes([data[at] ^ (1 << dice.randrange(8))]) + data[at + 1 :]
        elif what == 2:
            data = data[:at] + bytes(dice.randrange(256) for _ in range(dice.randrange(1, 9))) + data[at:]
        elif what == 3:
            data = data[:at] + data[min(to, at + dice.randrange(200)) :]
        elif what == 4:
            data = data[:to] + data[at : min(to, at + 400)] + data[to:]
        elif what == 5:
            data = (
                data[:at]
                + dice.choice((b"[", b"{", b'"', b"}", b"]", b",", b"NaN", b"1e999", b"-", b"\\u0000", b"\\"))
                + data[at:]
            )
        else:
            words = data.split(b'"')
            words[dice.randrange(len(words))] = words[dice.randrange(len(words))]
            data = b'"'.join(words)
        data = data or b" "
    return data


def _tree_changed(tree: Any, dice: random.Random) -> bytes:
    tree = json.loads(json.dumps(tree))
    for _ in range(dice.choice((1, 1, 1, 2, 5))):
        slots = list(_slots(tree))
        # Most places hold wires and layout; what reaches the analysis are the nodes and their parameters.
        holder, key = dice.choice([s for s in slots if _deep(s[0])] or slots if dice.random() < 0.6 else slots)
        what = dice.randrange(6)
        if what < 3:
            holder[key] = _weird(dice)
        elif what == 3:
            del holder[key]
        elif what == 4:
            other, other_key = dice.choice(list(_slots(tree)) or [(holder, key)])
            with contextlib.suppress(KeyError, IndexError):
                holder[key] = json.loads(json.dumps(other[other_key]))
        elif isinstance(holder, list):
            holder += holder[key : key + 3]
        else:
            holder[
                str(dice.choice(("id", "kind", "params", "extra", "later", "nodes", "graph", "repeat", "shares")))
            ] = _weird(dice)
        if not list(_slots(tree)):
            break
    text = json.dumps(tree, ensure_ascii=dice.random() < 0.5, indent=dice.choice((None, 1)))
    if dice.random() < 0.15:  # a key twice
        text = text.replace('"id":', '"id": 1, "id":', 1)
    return text.encode("utf-8", "surrogatepass")


def _weird(dice: random.Random) -> Any:
    return json.loads(json.dumps(dice.choice(WEIRD)))  # a copy: later changes must not reach the table


def _deep(holder: Any) -> bool:
    """Whether this is a node, its parameters, or a block's."""
    return isinstance(holder, dict) and not holder.keys() & {"graph", "nodes", "wires", "program", "lr", "n1", "n2"}


def _slots(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in the tree that holds a value."""
    todo = [tree]
    while todo:
        value = todo.pop()
        keys: Any = list(value) if isinstance(value, dict) else range(len(value))
        for key in keys:
            yield value, key
            if isinstance(value[key], dict | list):
                todo.append(value[key])


# --- bombs ----------------------------------------------------------------------------------------------------------------------------


def _graph(nodes: str, wires: str = "", more: str = "") -> str:
    return f'{HEAD}"graph": {{"nodes": [{nodes}], "wires": [{wires}]}}{more}}}'


def _node(number: int, kind: str = "relu", more: str = "") -> str:
    return f'{{"id":"n{number}","kind":"{kind}","name":"c{number}"{more}}}'


def _row(kind: str, params: str, length: int = 2) -> str:
    nodes = [_node(1, "input"), *(_node(n, kind, f',"params":{params}') for n in range(2, length + 1))]
    return _graph(",".join(nodes), ",".join(f'["n{n}.x","n{n + 1}.x"]' for n in range(1, length)))


def _blocks(depth: int, width: int) -> str:
    """Blocks that each hold the next one several times: width to the power of depth nodes, were they all unfolded."""
    parts = []
    for level in range(depth):
        inner = ",".join(_node(n, f"block:b{level + 1}", ',"repeat":1000') for n in range(1, width + 1))
        parts.append(f'"b{level}": {{"graph": {{"nodes": [{inner}]}}}}')
    return _graph(_node(1, "block:b0"), "", f', "blocks": {{{",".join(parts)}, "b{depth}": {{}}}}')


def _nested(depth: int, repeat: int, inner: str, params: str = "{}") -> str:
    """Blocks in blocks, each repeated, with one layer at the bottom: the repetitions to the power of the depth."""
    parts = []
    for level in range(depth):
        last = level + 1 == depth
        node = (
            _node(2, inner, f',"params":{params}') if last else _node(2, f"block:b{level + 1}", f',"repeat":{repeat}')
        )
        wires = '["n1.x","n2.x"],["n2.y","n3.x"]' if last else '["n1.x","n2.c1"],["n2.c3","n3.x"]'
        parts.append(
            f'"b{level}":{{"graph":{{"nodes":[{_node(1, "input")},{node},{_node(3, "output")}],"wires":[{wires}]}}}}'
        )
    nodes = ",".join((_node(1, "input"), _node(2, "block:b0", f',"repeat":{repeat}'), _node(3, "output")))
    return _graph(nodes, '["n1.x","n2.c1"],["n2.c3","n3.x"]', f',"blocks":{{{",".join(parts)}}}')


MIB = 1024 * 1024
BOMBS: dict[str, Callable[[], bytes | str]] = {
    "channels 2^40": lambda: _row("conv2d", f'{{"out_channels": {2**40}}}'),
    "channels 10^9, ten layers": lambda: _row("linear", '{"out_features": 1000000000}', 11),
    "channels by expression": lambda: _row("linear", '{"out_features": "9**9**9"}'),
    "long expression": lambda: _row("linear", f'{{"out_features": "{"1+" * 4900}1"}}'),
    "deep expression": lambda: _row("linear", f'{{"out_features": "{"(" * 4900}1"}}'),
    "size of a million axes": lambda: _row("reshape", f'{{"shape": [{"9," * 500_000}9]}}'),
    "nodes 10^6": lambda: _graph(",".join("{}" for _ in range(1_000_000))),
    "nodes 120,000": lambda: _graph(",".join(_node(n) for n in range(1, 120_001))),
    "nodes 20,001": lambda: _graph(",".join(_node(n) for n in range(1, 20_002))),
    "wires 10^6": lambda: _graph(_node(1), ",".join("[]" for _ in range(1_000_000))),
    "texts 2.7 million": lambda: "[" + '"",' * 2_700_000 + '""]',
    "numbers 4 million": lambda: "[" + "1," * 4_000_000 + "1]",
    "keys a million": lambda: "{" + ",".join(f'"{n}":0' for n in range(700_000)) + "}",
    "lists 8 million deep": lambda: "[" * (8 * MIB),
    "lists 4 million deep and closed": lambda: "[" * (4 * MIB) + "]" * (4 * MIB),
    "objects a million deep": lambda: '{"a":' * (MIB) + "1" + "}" * MIB,
    "65 deep": lambda: f'{HEAD}"x": {"[" * 64}{"]" * 64}}}',
    "many brackets that do not match": lambda: "[}" * (4 * MIB),
    "shallow brackets": lambda: "[" + "[]," * 2_700_000 + "[]]",
    "deep brackets again and again": lambda: "[" + ("[" * 66 + "]" * 66 + ",") * 60_000 + "0]",
    "one text of 8 MiB": lambda: f'{HEAD}"note": "{"x" * (8 * MIB - 100)}"}}',
    "one wide text of 8 MiB": lambda: f'{HEAD}"note": "😀{"x" * (8 * MIB - 100)}"}}',
    "a text that never ends": lambda: '{"a": "' + "x" * (8 * MIB - 100),
    "backslashes": lambda: '"' + "\\" * (8 * MIB - 100),
    "escaped quotes": lambda: '\\"' * (4 * MIB),
    "quotes": lambda: '"' * (8 * MIB),
    "1e400": lambda: f'{HEAD}"constants": {{"a": 1e400}}}}',
    "400 digits": lambda: f'{HEAD}"constants": {{"a": {"9" * 400}}}}}',
    "8 million digits": lambda: f'{HEAD}"constants": {{"a": {"9" * (8 * MIB - 100)}}}}}',
    "8 million decimals": lambda: f'{HEAD}"constants": {{"a": 0.{"1" * (8 * MIB - 100)}}}}}',
    "exponent of 8 million digits": lambda: f'{HEAD}"constants": {{"a": 1e{"1" * (8 * MIB - 100)}}}}}',
    "spaces": lambda: " " * (8 * MIB),
    "zeros": lambda: b"\0" * (8 * MIB),
    "UTF-16": lambda: _row("relu", "{}").encode("utf-16"),
    "100 MB": lambda: b"",
    "a key twice, far in": lambda: f'{HEAD}"x": [{"{}," * 30_000} {{"a": 1, "a": 2}}]}}',
    "block in itself": lambda: _graph(_node(1, "block:b"), "", f', "blocks": {{"b": {{"graph": {{"nodes": [{_node(1, "block:b")}]}}}}}}'),
    "blocks that double": lambda: _blocks(30, 2),
    "blocks 40 deep": lambda: _blocks(40, 1),
    "a ring of 5,000": lambda: _graph(
        ",".join(_node(n) for n in range(1, 5_001)), ",".join(f'["n{n}.y","n{n % 5_000 + 1}.x"]' for n in range(1, 5_001))
    ),
    "rings between rings": lambda: _graph(
        ",".join(_node(n, "add") for n in range(1, 9_001)),
        ",".join(f'["n{n}.y","n{n + 1 if n % 3 else n - 2}.x1"],["n{n}.y","n{n % 9_000 + 1}.x2"]' for n in range(1, 9_000)),
    ),
    "10^5 layers by repetition": lambda: _nested(2, 316, "relu"),
    "10^60 layers by repetition": lambda: _nested(20, 1_000, "relu"),
    "repetitions of which no two are alike": lambda: _nested(4, 1_000, "pad", '{"pad": [1, 1, 1, 1]}'),
    "an axis more with every repetition": lambda: _nested(1, 1_000, "unsqueeze"),
    "an LSTM of 10^5 layers": lambda: _row("lstm", '{"num_layers": 100000}'),
    "three strides of 10^7": lambda: _row("conv2d", '{"stride": 10000000, "kernel_size": 10000000, "padding": 10000000}', 4),
    "a million annotations": lambda: _graph(_node(1), "", "").replace('"wires"', f'"remarks": [{"{}," * 1_000_000}{{}}], "wires"'),
    "a bend of a million points": lambda: _graph(
        f'{_node(1, "input")},{_node(2)}', '["n1.x","n2.x"]'
    ).replace('"wires"', f'"bends": {{"n2.x": [{"[1,2]," * 1_000_000}[1,2]]}}, "wires"'),
    "200,000 runs": lambda: _graph(_node(1), "", f', "runs": [{",".join(f"""{{"id":"r{n}"}}""" for n in range(200_000))}]'),
    "names that all ask for another": lambda: _graph(",".join(_node(1).replace("n1", f"n{n}") for n in range(1, 9_001))),
}  # fmt: skip


# --- the program ------------------------------------------------------------------------------------------------------------------------

FORBIDDEN = (
    "exec",
    "compile",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "socket.",
    "ctypes.",
    "pickle.",
)


def _watch(allowed: str, heard: list[str]) -> None:
    def hook(event: str, args: tuple[Any, ...]) -> None:
        foreign = event == "open" and isinstance(args[0], str) and not args[0].startswith(allowed)
        if heard and heard[0] == "on" and (foreign or event.startswith(FORBIDDEN)):
            heard.append(f"{event} {args!r:.200}")

    sys.addaudithook(hook)


def open_one(path: Path) -> tuple[str, str]:
    """Open the file as the window would: ``opened`` or ``refused``, or what went wrong, and the words."""
    from visualnet.analysis import infer
    from visualnet.core.storage import project_file
    from visualnet.training.capsules.names import SUFFIX
    from visualnet.training.capsules.opening import unpack_capsule

    try:
        if path.suffix == SUFFIX:
            unpack_capsule(path, path.with_suffix(".unpacked"))
            return "opened", ""
        project = project_file.load(path)
    except project_file.FileError as error:
        told = error.file and error.reason and error.way_out and len(str(error)) < 1_000
        return ("refused" if told else "silent"), str(error)
    infer(project)
    if not project.readonly:
        again = project_file.loads(project_file.dumps(project), path.name)
        if again != project:
            return "changed", "it is not the same after saving"
    return "opened", ""


def _warm() -> None:
    """Load all that the program itself brings, networkx for circles among it."""
    from visualnet.analysis import infer
    from visualnet.core.storage import project_file
    from visualnet.training.capsules.manifest import parse_manifest
    from visualnet.training.run_records.annotations import parse_annotations
    from visualnet.training.run_records.record import parse_record

    infer(project_file.loads(seeds()[0]))
    open_one(Path("none.vnetz"))
    for parse in (parse_manifest, parse_record, parse_annotations):  # what they are held against is looked up once
        with contextlib.suppress(ValueError):
            parse(b'{"program": "visualnet", "format": 1, "run": "r", "entries": {}}')
    b"a".decode("cp437")  # as names in a zip may be written
    for name in ("10^5 layers by repetition", "block in itself"):
        infer(project_file.loads(str(BOMBS[name]()).encode()))


def main(folder: str, *names: str) -> None:
    """Open each file; a line for each: name, verdict, words, seconds on the machine of ``machine_pace``."""
    _warm()
    _open_each(folder, names or tuple(sorted(os.listdir(folder))))


def _open_each(folder: str, names: tuple[str, ...]) -> None:
    heard: list[str] = ["off"]
    _watch(folder, heard)
    for name in names:
        heard[:] = ["on"]
        start = time.process_time()  # of the processor, so that a busy machine does not fail it
        try:
            verdict, words = open_one(Path(folder) / name)
        except BaseException as error:
            verdict, words = "raised", f"{type(error).__name__}: {error}"[:400]
        seconds = time.process_time() - start
        events, heard[:] = heard[1:], ["off"]
        print(json.dumps([name, "acted" if events else verdict, events[0] if events else words, round(seconds, 3)]))


def bounded(folder: str) -> None:
    """The same, each file in a copy of this process with no more than ``SPARE`` bytes of memory beyond what it has taken so far."""
    import resource

    _warm()
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    for name in sorted(os.listdir(folder)):
        copy = os.fork()
        if copy == 0:
            resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + SPARE,) * 2)
            _open_each(folder, (name,))
            sys.stdout.flush()
            os._exit(0)
        os.waitpid(copy, 0)


if __name__ == "__main__":
    (bounded if sys.argv[1] == "bounded" else main)(*sys.argv[2:])
