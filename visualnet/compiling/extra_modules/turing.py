"""A network with a memory beside it that it reads and writes by attention."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class NeuralTuringMachine(nn.Module):
    """Answers (batch, step, hidden + width) and where it read and wrote (batch, step, row).

    An LSTM cell hears x (batch, step, feature) and what was read one step before. It tells two
    heads where to go in a memory of rows of so many numbers (width): the one erases and adds there,
    then the other reads. An answer is the cell's state beside what was read.
    """

    def __init__(self, in_features: int, hidden: int, rows: int, width: int) -> None:
        super().__init__()
        self.rows, self.width = rows, width
        self.controller = nn.LSTMCell(in_features + width, hidden)
        # Of each head: key, strength, gate, three shifts, sharpness; to write also erase and add.
        self.read_head = nn.Linear(hidden, width + 6)
        self.write_head = nn.Linear(hidden, 3 * width + 6)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        memory = x.new_full([len(x), self.rows, self.width], 1e-6)
        read = torch.tanh(memory[:, 0])
        first = torch.zeros_like(memory[..., 0])
        first[:, 0] = 1
        at, there, state = first, first, None
        answers, reads, writes = [], [], []
        for now in x.unbind(1):
            state = self.controller(torch.cat([now, read], 1), state)
            wanted, change = self.write_head(state[0]).split([self.width + 6, 2 * self.width], 1)
            there = find_place(memory, wanted, there)
            erase, add = change.chunk(2, 1)
            kept = 1 - there.unsqueeze(2) * torch.sigmoid(erase).unsqueeze(1)
            memory = memory * kept + there.unsqueeze(2) * torch.tanh(add).unsqueeze(1)
            at = find_place(memory, self.read_head(state[0]), at)
            read = torch.bmm(at.unsqueeze(1), memory).squeeze(1)
            answers.append(torch.cat([state[0], read], 1))
            reads.append(at)
            writes.append(there)
        return torch.stack(answers, 1), torch.stack(reads, 1), torch.stack(writes, 1)


def find_place(memory: Tensor, wanted: Tensor, before: Tensor) -> Tensor:
    """How much of each row (batch, row) of a memory (batch, row, width) a head is at.

    By content: rows like the key, the more strictly the greater the strength. The gate lets that
    in, or stays where the head was before; from there it shifts by −1, 0 or 1 row, round at the
    ends, and is sharpened (Graves, Wayne and Danihelka, 2014, equations 5 to 9).
    """
    key, strength, gate, shift, sharp = torch.split(wanted, [memory.shape[2], 1, 1, 3, 1], 1)
    alike = nn.functional.cosine_similarity(memory, key.unsqueeze(1), dim=2)
    by_content = torch.softmax(nn.functional.softplus(strength) * alike, 1)
    share = torch.sigmoid(gate)
    place = share * by_content + (1 - share) * before
    back, stay, on = torch.softmax(shift, 1).chunk(3, 1)
    place = back * place.roll(-1, 1) + stay * place + on * place.roll(1, 1)
    place = (place + 1e-12) ** (1 + nn.functional.softplus(sharp))
    return place / place.sum(1, keepdim=True)
