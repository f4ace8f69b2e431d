"""The gates are those of torch's own cells, written out step by step."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from visualnet.training.observations.recurrent.gates import unroll


def make(kind: type[nn.RNNBase], **options: object) -> tuple[nn.RNNBase, Tensor]:
    generator = torch.Generator().manual_seed(0)
    module = kind(5, 4, batch_first=True, **options)
    with torch.no_grad():
        for weight in module.parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator))
    return module, torch.randn(2, 7, 5, generator=generator)


def cell_loop(
    module: nn.RNNBase, x: Tensor, suffix: str, h: Tensor, c: Tensor
) -> tuple[Tensor, Tensor, dict[str, list[Tensor]]]:
    """One direction by the published formulas, one unit of algebra a line."""
    w_ih, w_hh = getattr(module, f"weight_ih_{suffix}"), getattr(module, f"weight_hh_{suffix}")
    b_ih = getattr(module, f"bias_ih_{suffix}", torch.zeros(len(w_ih)))
    b_hh = getattr(module, f"bias_hh_{suffix}", torch.zeros(len(w_hh)))
    size = module.hidden_size
    rows = [slice(i * size, (i + 1) * size) for i in range(len(w_ih) // size)]
    told: dict[str, list[Tensor]] = {}
    order = range(x.shape[1] - 1, -1, -1) if suffix.endswith("_reverse") else range(x.shape[1])
    for t in order:
        a = [x[:, t] @ w_ih[r].T + b_ih[r] for r in rows]
        b = [h @ w_hh[r].T + b_hh[r] for r in rows]
        if isinstance(module, nn.LSTM):
            i, f, o = (torch.sigmoid(a[k] + b[k]) for k in (0, 1, 3))
            g = torch.tanh(a[2] + b[2])
            c = f * c + i * g
            h = o * torch.tanh(c)
            now = {"input gate": i, "forget gate": f, "candidate": g, "output gate": o, "cell": c, "state": h}
        elif isinstance(module, nn.GRU):
            r, z = torch.sigmoid(a[0] + b[0]), torch.sigmoid(a[1] + b[1])
            n = torch.tanh(a[2] + r * b[2])
            h = (1 - z) * n + z * h
            now = {"reset gate": r, "update gate": z, "candidate": n, "state": h}
        else:
            h = torch.tanh(a[0] + b[0]) if module.mode == "RNN_TANH" else torch.relu(a[0] + b[0])
            now = {"state": h}
        for name, value in now.items():
            told.setdefault(name, [None] * x.shape[1])[t] = value  # type: ignore[list-item]
    return h, c, told


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
@pytest.mark.parametrize("bias", [True, False])
def test_each_gate_is_that_of_the_cell_loop(kind: type[nn.RNNBase], bias: bool) -> None:
    module, x = make(kind, bias=bias)
    zeros = torch.zeros(2, 4)
    with torch.no_grad():
        _, _, told = cell_loop(module, x, "l0", zeros, zeros)
        found = unroll(module, x)
    assert found.keys() == told.keys()
    for name, value in found.items():
        assert torch.allclose(value, torch.stack(told[name], 1), atol=1e-6), name


@pytest.mark.parametrize(
    ("kind", "options"), [(nn.LSTM, {}), (nn.GRU, {}), (nn.RNN, {}), (nn.RNN, {"nonlinearity": "relu"})]
)
def test_stacked_layers_in_both_directions_end_as_torch_ends(kind: type[nn.RNNBase], options: dict[str, str]) -> None:
    module, x = make(kind, num_layers=3, bidirectional=True, **options)
    count = 2 if kind is nn.LSTM else 1
    start = tuple(torch.randn(6, 2, 4, generator=torch.Generator().manual_seed(i)) for i in range(count))
    with torch.no_grad():
        output, last = module(x, start if count == 2 else start[0])
        for layer in range(3):
            ahead = unroll(module, x, start, layer=layer)
            back = unroll(module, x, start, layer=layer, backward=True)
            h = last[0] if count == 2 else last
            scale = max(float(h.abs().max()), 1.0)
            assert torch.allclose(ahead["state"][:, -1] / scale, h[2 * layer] / scale, atol=1e-5)
            assert torch.allclose(back["state"][:, 0] / scale, h[2 * layer + 1] / scale, atol=1e-5)
            if count == 2:
                assert torch.allclose(ahead["cell"][:, -1], last[1][2 * layer], atol=1e-5)
                assert torch.allclose(back["cell"][:, 0], last[1][2 * layer + 1], atol=1e-5)
        both = torch.cat([ahead["state"], back["state"]], -1)
        scale = max(float(output.abs().max()), 1.0)
        assert torch.allclose(both / scale, output / scale, atol=1e-5)


def test_what_is_not_there_is_refused_with_words() -> None:
    module, x = make(nn.GRU)
    with pytest.raises(ValueError, match="there is no stacked layer 2; there are 1"):
        unroll(module, x, layer=1)
    with pytest.raises(ValueError, match="one direction"):
        unroll(module, x, backward=True)
