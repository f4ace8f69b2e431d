"""One readable page about a run: HTML that needs nothing from outside, with its charts and pictures inside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from visualnet.core.text.format import capitalize_first, format_quantity
from visualnet.data.registry import find_kind
from visualnet.figures.charts.examples import ExampleList
from visualnet.figures.charts.svg import svg_of
from visualnet.training.evaluation.charts import EvaluationChart, charts_for
from visualnet.training.evaluation.evaluation import Evaluation
from visualnet.training.evaluation.metrics import METRICS
from visualnet.training.evaluation.paired_comparison import PairedComparison, describe_difference
from visualnet.training.evaluation.prediction_set import PredictionSet
from visualnet.training.evaluation.sample_pictures import encode_png, pictures_of_answer
from visualnet.training.evaluation.uses_of_test_part import describe_uses
from visualnet.version import __version__

MOST_VIEWS = 12
MOST_EXAMPLES = 24
STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.55 Inter, "Segoe UI", system-ui, sans-serif; color: #1c2028; background: #f4f5f8; margin: 0; }
main { max-width: 900px; margin: 0 auto; padding: 40px 24px 80px; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 20px; margin: 48px 0 8px; } h3 { font-size: 16px; margin: 32px 0 4px; }
p { max-width: 70ch; margin: 4px 0 12px; } .muted { color: #5d6678; } .note { color: #8a5a00; }
.figure { font-size: 44px; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.2; margin: 20px 0 0; }
.card { background: #fff; border: 1px solid #d8dce5; border-radius: 8px; padding: 12px 16px; overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; }
th { text-align: left; font-weight: 500; color: #5d6678; } th, td { padding: 5px 16px 5px 0; border-bottom: 1px solid #eef0f5; }
td.right, th.right { text-align: right; } svg { max-width: 100%; height: auto; } img { image-rendering: pixelated; margin-right: 6px; }
""".strip()


def write_report(evaluation: Evaluation, pairings: Iterable[tuple[str, PairedComparison]] = ()) -> str:
    """The page, as text. ``pairings`` are other runs, by name, each held against this one."""
    title = escape(f"{evaluation.project.name}: {evaluation.part} part")
    body = [f"<h1>{escape(evaluation.project.name)}</h1>", f'<p class="muted">{_line(evaluation)}</p>']
    if evaluation.note:
        body.append(f'<p class="note">{escape(evaluation.note)}</p>')
    for number, predictions in enumerate(evaluation.predictions):
        if len(evaluation.predictions) > 1:
            body.append(f"<h2>Answer “{escape(predictions.name)}”</h2>")
        body += _answer(evaluation, number, predictions)
    body += _compare(pairings)
    body += ["<h2>What this rests on</h2>", _facts(evaluation)]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    page = f'<!doctype html>\n<html lang="en"><head>{head}<style>{STYLE}</style></head>\n<body><main>\n'
    return page + "\n".join(body) + "\n</main></body></html>\n"


def _line(evaluation: Evaluation) -> str:
    size = format_quantity(evaluation.size, evaluation.unit)
    return escape(f"Run {evaluation.run} · {evaluation.part} part, {size} · {evaluation.weights} weights")


def _answer(evaluation: Evaluation, number: int, predictions: PredictionSet) -> list[str]:
    metric, value = evaluation.headline(number)
    ends = f"{metric.format(value.low)} to {metric.format(value.high)}"
    found = [
        f'<p class="figure">{escape(metric.format(value.value))}</p>',
        f"<p>{escape(metric.title)}, 95 % interval {escape(ends)}. {escape(metric.explain(value.value))}</p>",
        _metrics(evaluation, number),
    ]
    for evaluation_chart in charts_for(predictions):
        found += _draw_chart(evaluation, predictions, evaluation_chart)
    return found


def _metrics(evaluation: Evaluation, number: int) -> str:
    rows = []
    for name, value in evaluation.figures[number].items():
        metric = METRICS[name]
        ends = f"{metric.format(value.low)} to {metric.format(value.high)}"
        rows.append((metric.title, metric.format(value.value), ends, metric.words))
    return _table(("metric", "value", "95 % interval", "what it is"), rows)


def _draw_chart(evaluation: Evaluation, predictions: PredictionSet, evaluation_chart: EvaluationChart) -> list[str]:
    found = [f"<h3>{escape(evaluation_chart.title)}</h3>", f'<p class="muted">{escape(evaluation_chart.words)}</p>']
    views = evaluation_chart.views(predictions)
    for view in views[:1] if evaluation_chart.name in ("confusion", "place_confusion") else views[:MOST_VIEWS]:
        chart = evaluation_chart.chart(predictions, view)
        if isinstance(chart, ExampleList):
            found.append(_examples(evaluation, predictions, chart))
            continue
        if view and len(views) > 1:
            found.append(f"<p>{escape(view)}</p>")
        found.append(f'<div class="card">{svg_of(chart, 780, 420)}</div>')
    return found


def _examples(evaluation: Evaluation, predictions: PredictionSet, chart: ExampleList) -> str:
    lines = []
    for one in chart.examples[:MOST_EXAMPLES]:
        row = predictions.place_of(one.sample)
        pictures = pictures_of_answer(predictions, evaluation.loaded, row) if row is not None else []
        images = "".join(f'<img src="{encode_png(p)}" alt="{escape(t)}" title="{escape(t)}">' for t, p in pictures)
        place = evaluation.loaded.samples.describe(one.sample)
        where = f'<br><span class="muted">{escape(place)}</span>' if place else ""
        lines.append(f"<tr><td>{one.sample}</td><td>{images}</td><td>{escape(one.words)}{where}</td></tr>")
    if not lines:
        return '<p class="muted">There is none.</p>'
    return f'<div class="card"><table><tr><th>sample</th><th></th><th>answer</th></tr>{"".join(lines)}</table></div>'


def _compare(pairings: Iterable[tuple[str, PairedComparison]]) -> list[str]:
    found: list[str] = []
    for name, pairing in pairings:
        found.append(f"<h2>Against the run {escape(name)}</h2>")
        found.append(f"<p>{escape(capitalize_first(pairing.describe('this run', name)))}</p>")
        found.append(f'<p class="muted">{escape(describe_difference(pairing))} · {escape(pairing.test)}</p>')
    return found


def _facts(evaluation: Evaluation) -> str:
    data = evaluation.project.data
    kind = find_kind(data.name)
    rows = [
        ("run", evaluation.run),
        ("weights", f"{evaluation.weights}, after {format_quantity(evaluation.epoch, 'epoch')} of training"),
        ("weights, SHA-256", evaluation.digest),
        ("data", kind.title if kind is not None else data.name),
        ("data and their division, fingerprint", evaluation.data),
        ("part", f"{evaluation.part}, {format_quantity(evaluation.size, evaluation.unit)}"),
        ("test part", describe_uses(evaluation.opened)),
        (
            "intervals",
            f"95 %, by the bootstrap, drawn by {evaluation.unit} (seeded); of shares that are 0 or 1, by Wilson",
        ),
        ("program", f"VisualNet {__version__}"),
    ]
    return _table(("", ""), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    heads = "".join(f"<th>{escape(cell)}</th>" for cell in head) if any(head) else ""
    lines = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="card"><table><tr>{heads}</tr>{lines}</table></div>'
