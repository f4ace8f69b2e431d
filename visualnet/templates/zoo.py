"""The 27 cells of van Veen's poster "A mostly complete chart of neural networks" (2016) as plain values: words, paper, template, drawing.

A drawing is columns of units from left to right; each unit is named by the letter of its kind in ``KINDS``. It is drawn anew from these
values; nothing of the poster is copied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["i", "n", "h", "p", "s", "r", "m", "g", "k", "c", "o", "x", "d"]
KINDS: Mapping[str, str] = {
    "i": "input",
    "n": "noisy input",
    "h": "hidden",
    "p": "probabilistic",
    "s": "spiking",
    "r": "recurrent",
    "m": "memory",
    "g": "gated memory",
    "k": "kernel",
    "c": "convolution or pooling",
    "o": "output",
    "x": "output that matches the input",
    "d": "input and output at once",
}
"""What each letter of a drawing stands for."""

Wires = Literal["dense", "straight", "near", "chance"]
"""Between two columns: each with each, each with the one beside it, each with those near it, or some by chance."""


@dataclass(frozen=True, slots=True)
class ZooCell:
    """One cell of the zoo.

    ``words`` say what it is, ``paper`` whose it is. ``template`` is what opens it, ``others`` further templates of its kind.
    ``columns`` are the units; ``wires`` is a pattern for all gaps between columns, or one for each. ``ring``: all units stand on a ring,
    each joined with each. ``skips``: wires past a column, from and to. ``beside``: units under the drawing that all hidden ones reach.
    """

    name: str
    title: str
    year: int
    words: str
    paper: str
    template: str
    others: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    wires: tuple[Wires, ...] = ("dense",)
    ring: bool = False
    skips: tuple[tuple[int, int], ...] = ()
    beside: str = ""

    def pattern(self, gap: int) -> Wires:
        """How the columns on both sides of a gap are joined."""
        return self.wires[min(gap, len(self.wires) - 1)]

    @property
    def search(self) -> str:
        """What it is found by."""
        return " ".join((self.name, self.title, str(self.year), self.words, self.paper, self.template)).lower()


CELLS: tuple[ZooCell, ...] = (
    ZooCell(
        "perceptron",
        "Perceptron",
        1958,
        "One unit adds up its weighted inputs and answers yes or no. It draws one straight line.",
        "Rosenblatt, The perceptron: a probabilistic model for information storage and organization in the brain, 1958",
        "perceptron-points",
        ("perceptron",),
        columns=("ii", "o"),
    ),
    ZooCell(
        "feed-forward",
        "Feed-forward network",
        1986,
        "One layer of hidden units between input and output, each joined to all of the next. It solves XOR, which one line cannot.",
        "Rumelhart, Hinton and Williams, Learning representations by back-propagating errors, 1986",
        "xor",
        columns=("ii", "hh", "o"),
    ),
    ZooCell(
        "radial-basis",
        "Radial basis network",
        1988,
        "A feed-forward network whose hidden units answer near a centre of their own and are silent elsewhere: bumps instead of lines.",
        "Broomhead and Lowe, Multivariable functional interpolation and adaptive networks, 1988",
        "rbf",
        columns=("ii", "kk", "o"),
    ),
    ZooCell(
        "deep-feed-forward",
        "Deep feed-forward network",
        1989,
        "Several hidden layers, one behind the other: each makes features of the features before it.",
        "Hornik, Stinchcombe and White, Multilayer feedforward networks are universal approximators, 1989",
        "mlp-mnist",
        ("cifar-model-1-small",),
        columns=("iii", "hhhh", "hhhh", "oo"),
    ),
    ZooCell(
        "recurrent",
        "Recurrent network (RNN)",
        1990,
        "Hidden units also hear themselves one step earlier. So a sequence is read step by step, and what was before counts.",
        "Elman, Finding structure in time, 1990",
        "rnn-recall",
        ("rnn-classifier-small",),
        columns=("iii", "rrr", "rrr", "ooo"),
    ),
    ZooCell(
        "lstm",
        "Long short-term memory (LSTM)",
        1997,
        "Memory cells with gates that decide what is taken in, kept and shown. Gradients reach far back, and so does what it remembers.",
        "Hochreiter and Schmidhuber, Long short-term memory, 1997",
        "lstm-recall",
        ("lstm-classifier-small",),
        columns=("iii", "mmm", "mmm", "ooo"),
    ),
    ZooCell(
        "gru",
        "Gated recurrent unit (GRU)",
        2014,
        "An LSTM made simpler: two gates, and the memory is the state itself.",
        "Cho et al., Learning phrase representations using RNN encoder–decoder, 2014",
        "gru-rows",
        ("gru-recall", "gru-forecast"),
        columns=("iii", "ggg", "ggg", "ooo"),
    ),
    ZooCell(
        "autoencoder",
        "Autoencoder",
        1988,
        "It must give back what went in, through a narrow middle. What passes there is a short description.",
        "Bourlard and Kamp, Auto-association by multilayer perceptrons and singular value decomposition, 1988",
        "autoencoder",
        ("anomaly",),
        columns=("iiii", "hh", "xxxx"),
    ),
    ZooCell(
        "variational",
        "Variational autoencoder (VAE)",
        2013,
        "The code is a probability distribution, kept near the normal one: new samples are drawn from it.",
        "Kingma and Welling, Auto-encoding variational Bayes, 2013",
        "vae",
        columns=("iiii", "pp", "xxxx"),
    ),
    ZooCell(
        "denoising",
        "Denoising autoencoder",
        2008,
        "It is shown damaged samples and must give back whole ones, so that copying does not help.",
        "Vincent et al., Extracting and composing robust features with denoising autoencoders, 2008",
        "denoising-autoencoder",
        columns=("nnnn", "hh", "xxxx"),
    ),
    ZooCell(
        "sparse",
        "Sparse autoencoder",
        2007,
        "The code is wider than the input, but only few of its units may be active at a time. Its sister, the contractive one, holds the "
        "slopes of the code small instead.",
        "Ranzato et al., Efficient learning of sparse representations with an energy-based model, 2007",
        "sparse-autoencoder",
        ("contractive-autoencoder",),
        columns=("iii", "hhhhh", "xxx"),
    ),
    ZooCell(
        "markov-chain",
        "Markov chain",
        1913,
        "What comes next depends on the present state alone: a table of probabilities. It is usually counted; as logits, it is "
        "also found by gradient descent.",
        "Markov, An example of statistical investigation of the text Eugene Onegin, 1913",
        "markov-chain",
        columns=("pppppp",),
        ring=True,
    ),
    ZooCell(
        "hopfield",
        "Hopfield network",
        1982,
        "Every unit is joined to every other. Patterns are stored as valleys of an energy by Hebb's rule; a damaged one rolls back "
        "into the nearest.",
        "Hopfield, Neural networks and physical systems with emergent collective computational abilities, 1982",
        "hopfield",
        columns=("dddddd",),
        ring=True,
    ),
    ZooCell(
        "boltzmann",
        "Boltzmann machine",
        1985,
        "A Hopfield network with hidden units that are on or off by chance. It learns until what it imagines is like what it is shown.",
        "Ackley, Hinton and Sejnowski, A learning algorithm for Boltzmann machines, 1985",
        "boltzmann",
        columns=("dddppp",),
        ring=True,
    ),
    ZooCell(
        "rbm",
        "Restricted Boltzmann machine",
        1986,
        "Visible and hidden units, joined only across. So each side is drawn at once, and contrastive divergence trains it fast.",
        "Smolensky, Information processing in dynamical systems, 1986; Hinton, Training products of experts, 2002",
        "rbm",
        columns=("dddd", "ppp"),
    ),
    ZooCell(
        "deep-belief",
        "Deep belief network",
        2006,
        "Restricted Boltzmann machines on top of each other, learned layer after layer: it showed that deep networks can be trained.",
        "Hinton, Osindero and Teh, A fast learning algorithm for deep belief nets, 2006",
        "deep-belief",
        columns=("dddd", "ppp", "ppp", "xx"),
    ),
    ZooCell(
        "deep-convolutional",
        "Deep convolutional network",
        1998,
        "Small windows slide over the picture with the same weights everywhere, then pooling makes it smaller; dense layers decide.",
        "LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition, 1998",
        "lenet5",
        ("alexnet-small", "vgg-a-small"),
        columns=("iiiii", "cccc", "ccc", "hh", "o"),
        wires=("near", "near", "dense"),
    ),
    ZooCell(
        "deconvolutional",
        "Deconvolutional network",
        2010,
        "A convolutional network turned round: from a class or a code to a picture.",
        "Zeiler, Krishnan, Taylor and Fergus, Deconvolutional networks, 2010",
        "deconvolutional",
        columns=("i", "hh", "ccc", "cccc", "ooooo"),
        wires=("dense", "dense", "near"),
    ),
    ZooCell(
        "inverse-graphics",
        "Inverse graphics network",
        2015,
        "Deep convolutional inverse graphics: a variational autoencoder of convolutions: it reads a "
        "picture into a description, and renders the picture from it.",
        "Kulkarni, Whitney, Kohli and Tenenbaum, Deep convolutional inverse graphics network, 2015",
        "inverse-graphics",
        columns=("iiiii", "cccc", "pp", "cccc", "ooooo"),
        wires=("near", "dense", "dense", "near"),
    ),
    ZooCell(
        "gan",
        "Adversarial networks (GAN)",
        2014,
        "Generative adversarial networks: one makes samples of noise, the other tells them from real ones; each learns from the other.",
        "Goodfellow et al., Generative adversarial nets, 2014",
        "gan-points",
        ("dcgan", "wgan-gp"),
        columns=("nn", "hhh", "xx", "hhh", "x"),
    ),
    ZooCell(
        "liquid-state",
        "Liquid state machine",
        2002,
        "A pool of spiking neurons wired by chance, which nobody trains; a reader learns to tell from the waves that inputs make in it.",
        "Maass, Natschläger and Markram, Real-time computing without stable states, 2002",
        "liquid-state",
        ("echo-state",),
        columns=("iii", "ssss", "ssss", "oo"),
        wires=("dense", "chance", "dense"),
    ),
    ZooCell(
        "extreme-learning",
        "Extreme learning machine",
        2006,
        "Hidden units with random weights that stay as they are; only the last layer learns.",
        "Huang, Zhu and Siew, Extreme learning machine: theory and applications, 2006",
        "extreme-learning",
        columns=("iii", "hhhh", "hhhh", "oo"),
        wires=("chance", "chance", "dense"),
    ),
    ZooCell(
        "echo-state",
        "Echo state network",
        2001,
        "A recurrent reservoir wired by chance that is never trained; what is read from its echoes is.",
        "Jaeger, The “echo state” approach to analysing and training recurrent neural networks, 2001",
        "echo-state",
        columns=("iii", "rrrr", "rrrr", "oo"),
        wires=("dense", "chance", "dense"),
    ),
    ZooCell(
        "residual",
        "Deep residual network",
        2015,
        "Shortcuts carry what arrives past every two layers, so that those only learn what to add. Hundreds of layers can be trained.",
        "He, Zhang, Ren and Sun, Deep residual learning for image recognition, 2015",
        "resnet-small",
        ("resnet-18-small",),
        columns=("iii", "hhh", "hhh", "hhh", "hhh", "oo"),
        skips=((0, 2), (2, 4)),
    ),
    ZooCell(
        "kohonen",
        "Kohonen map",
        1982,
        "Units on a map compete for each sample; the winner and its neighbours move towards it. Like comes to lie beside like.",
        "Kohonen, Self-organized formation of topologically correct feature maps, 1982",
        "kohonen",
        columns=("ii", "hhhh", "hhhh", "hhhh"),
        wires=("dense", "near", "near"),
    ),
    ZooCell(
        "support-vector",
        "Support vector machine",
        1995,
        "The border that is as far as it can be from both classes, straight in the space of a kernel. It is usually found by quadratic "
        "programming; with fixed centres, hinge loss and weight decay by gradient descent.",
        "Cortes and Vapnik, Support-vector networks, 1995",
        "svm",
        columns=("iii", "kkkk", "hhhh", "o"),
        wires=("straight", "dense", "dense"),
    ),
    ZooCell(
        "turing",
        "Neural Turing machine",
        2014,
        "A network with a memory beside it that it reads and writes by attention, so that storing and computing are two things.",
        "Graves, Wayne and Danihelka, Neural Turing machines, 2014",
        "turing",
        ("translation", "gpt-small"),
        columns=("iii", "hhh", "ooo"),
        beside="mmmm",
    ),
)
"""All cells in the order of the poster, from the simplest on."""
