"""The words that people try in the search of all commands, and where each leads.

A target is the id of an action, or what is named behind ``layer:``, ``template:``, ``lesson:`` and ``setting:`` (of the recipe).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from visualnet.core.text.format import capitalize_first

WORDS: Mapping[str, str] = {
    # Files
    "file.new": "template, gallery, example, examples, sample network, models, zoo",
    "file.empty": "blank, from scratch, create network, clear canvas",
    "file.open": "load, import file, vnet",
    "file.open_recent": "last files, lately",
    "file.reopen_last": "restore session, recover",
    "file.save_as": "save copy, save under",
    "file.export_code": "python code, pytorch, torch, generate code, source, script",
    "train.export_script": "training loop, train.py, python script, notebook, reproduce",
    "train.export_cluster": "slurm, sbatch, torchrun, distributed training, ddp, several gpus, many machines, supercomputer",
    "train.queue_add": "later, overnight, next run, schedule a run",
    "train.queue": "waiting runs, batch jobs, overnight runs, worker",
    "file.export_picture": "figure, image, png, svg, pdf, screenshot, paper figure, publication, poster, latex, tikz",
    "file.print": "printer, hardcopy",
    "file.quit": "exit, leave",
    # Edit and select
    "edit.undo": "take back, revert, back",
    "edit.redo": "again, forward",
    "edit.delete": "remove node, erase",
    "edit.duplicate": "clone",
    "edit.find": "search node, locate, where is",
    "edit.rename": "name, call",
    "edit.dissolve": "bypass, remove and close the gap",
    "edit.copy_params": "same settings, copy format",
    "select.upstream": "before, ancestors, inputs of",
    "select.downstream": "after, descendants, followers",
    # View
    "view.palette": "layers panel, list of layers, toolbox, operators",
    "view.inspector": "properties, parameters, params, attributes, details, shape, size, sizes, why, memory, flops, macs, cost, "
    "repeat, times, receptive field, shared weights, weights, bias, "
    "initialization, initialisation, init, first weights, xavier, glorot, kaiming, he, orthogonal, truncated normal, "
    "histogram, histograms, distribution of weights",
    "view.problems": "errors, error, warnings, bugs, red, fix, repair, repairs, mend, lint, does not fit, mismatch",
    "view.training": "learning, loss, accuracy, curve, curves, plot, chart, graph of the loss, progress, recipe, hyperparameters, "
    "log scale, smoothing, prediction, predict, test, decision regions",
    "view.runs": "experiments, earlier trainings, results, compare runs, checkpoint, checkpoints, tensorboard, wandb, log, logs",
    "view.maps": "activations, activation maps, filters, kernels, channels, visualize, see features, hidden layers",
    "view.feed_by_hand": "intervene, intervention, override, replace value, zero out, knock out, ablate, latent sliders, "
    "activation patching, steer, what if",
    "view.writing": "beam search, nucleus, top-k, decoding, teacher forcing",
    "view.attention": "attention map, attention weights, self-attention, heads, query, key",
    "view.code": "show code, listing",
    "view.differences": "diff, changes, changed, compare with file",
    "view.about_network": "paper, citation, reference paper, authors, what is this network",
    "view.history": "steps, undo history, versions, time machine",
    "view.reference": "documentation, docs, help on layers, manual, formula, formulas, explain layer",
    "view.reset": "layout, panels lost, restore panels, default layout, dock",
    "view.dashboard": "gradient flow, vanishing gradients on the canvas, dead relu, instruments",
    "view.on_cards": "sparkline, dying relu, saturated, weight norm, update ratio, statistics on cards, thumbnails",
    "view.on_wires": "fading wires, burning wires, signal propagation, gradient size, flow of gradients",
    "view.heat": "heat, heatmap, heat map, colour by cost, most parameters, expensive, bottleneck, profile, profiler",
    "view.learners": "several networks, several optimizers, which optimizer trains which layer",
    "view.map_sizes": "size of feature maps, boxes, volumes, to scale, cuboid, 3d, shrink, spatial size, as in papers, alexnet style",
    "view.compare": "table of networks, side by side, versus, vs, benchmark",
    "view.theme_dark": "dark mode, night, black, appearance",
    "view.theme_light": "light mode, bright, day, white, projector",
    "view.theme_contrast": "accessibility, high contrast, colour blind, color blind",
    "view.text_larger": "font, font size, bigger, large text, projector text, beamer",
    "view.fit": "show all, whole network, overview, centre, center, home",
    "view.zoom_in": "magnify, closer, bigger cards",
    "view.zoom_reset": "100 %, actual size, zoom level",
    "view.minimap": "navigator, overview map, minimap",
    "view.motion": "animation, animations, reduce motion",
    "view.bookmark": "favourite, favorite, pin view",
    "view.second": "new window, second screen, split view, second monitor",
    "view.data": "duplicates, class balance, browse samples, look at the data, data page, explore data"
    ", augmentation, augment, flip images, rotate, crop, mixup",
    "view.try_it": "draw, draw a digit, sketch, my own digit, paint a digit, handwrite",
    "view.evaluation": "confusion matrix, confusion, classification report, roc, precision recall",
    "view.backprop": "gradient, gradients, exploding gradient, backpropagation, backprop, autograd, chain rule",
    "view.see_inside": "saliency, grad-cam, gradcam, integrated gradients, shap, explain prediction, "
    "t-sne, umap, embedding, loss landscape",
    "view.workspace_inspect": "look inside, interpret, interpretability, xai",
    # Graph and arrange
    "graph.quick_add": "add node, insert layer, new layer, plus, draw layer, block library",
    "graph.tidy": "arrange, auto layout, clean up, order, align all, beautify",
    "graph.group": "block, module, subgraph, submodule, function, nest, make block, residual block",
    "graph.open_block": "inside, enter block, expand",
    "graph.ungroup": "explode, flatten block, unpack",
    "graph.save_block": "library, reuse, my blocks",
    "graph.connect": "wire, connect nodes, edge, link, arrow, skip connection, residual, shortcut",
    "graph.change_kind": "replace layer, swap layer, exchange",
    "graph.edit_parameters": "edit param, set a parameter, change parameter, layer settings",
    "graph.mute": "skip layer, ignore layer, ablation",
    "graph.disable": "switch off, deactivate",
    "graph.freeze": "freeze, freeze layer, unfreeze, requires_grad, trainable, fixed weights, lock weights",
    "graph.note": "comment, text box, annotate, label, remark",
    "graph.frame": "box, section, group frame, border",
    "graph.colour": "color, paint, tint",
    "graph.fold": "collapse, minimize, hide details",
    # Train
    "train.start_from": "pretrained, fine-tuning, fine-tune, finetune, transfer learning, transfer, load weights, feature extractor, "
    "warm start, initial weights, pt, pth",
    "train.use_trained": "trained weights, shipped weights, weights that come with it",
    "train.find_rate": "learning rate finder, lr finder, find lr, lr range test, range test",
    "train.find_batch": "batch size finder, batch finder, out of memory, oom",
    "train.open_data": "csv, own data, my data, import data, load data, custom dataset, numpy, table, json lines",
    "train.open_data_folder": "folder of images, image folder, own pictures, photos",
    "train.start": "run, fit model, start, learn, execute, play, go",
    "train.pause": "hold, halt, break",
    "train.resume": "continue, go on",
    "train.change_network": "apply changes, hot swap, edit network while training, adopt drawing",
    "train.keep_network": "ignore changes, keep training old network",
    "train.place": "subprocess, own process, background training, detached, survive a crash, close the window",
    "train.follow": "attach, reattach, remote, ssh, tunnel, running in a shell, monitor, watch a training",
    "train.stop": "cancel, abort, end training, kill",
    # Help
    "help.shortcuts": "hotkeys, key bindings, keys, keyboard",
    "help.start_page": "welcome, home page, lesson, lessons, tutorial, tutorials, course, learn to use, first steps, guide",
    "help.explain": "presentation, present, lecture, enlarge formula, large formula, show class",
    "help.about": "version, licence, license, credits",
    # The recipe
    "setting:learners": "gan, generator, discriminator, adversarial, second optimizer, two optimizers",
    "setting:lr": "learning rate, step size, alpha, eta",
    "setting:optimizer": "sgd, adam, adamw, adagrad, adadelta, rmsprop, nadam, radam, adamax, muon, optimiser",
    "setting:momentum": "heavy ball, velocity",
    "setting:schedule": "scheduler, learning rate schedule, cosine, one cycle, decay, annealing, lr decay, restarts, plateau, step decay",
    "setting:warmup": "warm-up, linear warm-up",
    "setting:clip_norm": "gradient clipping, clip, clipping, clip grad",
    "setting:accumulate": "gradient accumulation, large batch, effective batch size",
    "setting:l1": "lasso, sparse weights",
    "setting:ema_decay": "ema, exponential moving average, swa, averaged weights",
    "setting:patience": "early stopping, early, stop early",
    "setting:batch_size": "batch, minibatch, mini-batch",
    "setting:epochs": "epoch, iterations, how long, passes",
    "setting:best_by": "best epoch, best model, keep best",
    "setting:seed": "random, reproducible, repeatable, determinism",
    "setting:device": "gpu, cuda, cpu, mps, graphics card",
    "setting:precision": "mixed precision, amp, autocast, bf16, fp16, bfloat16, half precision, float16, gradient scaling",
    "setting:compile": "torch.compile, inductor, jit",
    "setting:channels_last": "memory format, nhwc",
    "setting:deterministic": "deterministic algorithms, bit for bit",
    "setting:threads": "cores, num threads",
    "setting:weight_decay": "l2, regularization, regularisation, ridge",
    "setting:data": "dataset, data set, data, mnist, digits, fashion, cifar, spirals, images, validation split, split, train test split",
    # Layers
    "layer:conv2d": "convolution, conv, cnn, filter, kernel size, stride, padding",
    "layer:conv_transpose2d": "deconvolution, deconv, upconvolution, transposed convolution",
    "layer:linear": "dense, fully connected, fc, perceptron layer, affine",
    "layer:max_pool2d": "pooling, maxpool, downsample, subsampling",
    "layer:adaptive_avg_pool2d": "global average pooling, gap",
    "layer:dropout": "overfitting, regularize",
    "layer:batch_norm2d": "batchnorm, bn, normalization",
    "layer:layer_norm": "layernorm, ln",
    "layer:relu": "activation, nonlinearity, rectifier",
    "layer:silu": "swish",
    "layer:softmax": "probabilities, probability",
    "layer:cross_entropy": "loss function, criterion, objective, classification loss, softmax loss",
    "layer:mse": "regression, squared error, least squares",
    "layer:target": "labels, ground truth, y",
    "layer:input": "x, start node, image input",
    "layer:output": "result, answer node",
    "layer:accuracy": "metric, metrics, hit rate",
    "layer:embedding": "word vectors, word2vec, tokens, tokenizer",
    "layer:lstm": "memory cell, recurrent",
    "layer:multihead_attention": "mha, multi-head, attention layer",
    "layer:sinusoidal_positions": "positional encoding, position",
    "layer:concatenate": "concat, cat, merge, join",
    "layer:add": "sum of branches, plus node, residual sum",
    "layer:flatten": "vectorize, unroll",
    "layer:reshape": "view, rearrange",
    "layer:upsample": "resize, interpolate, enlarge",
    "layer:python": "custom layer, own layer, lambda, write code",
    # Networks
    "template:lenet5": "lenet, first network, handwriting",
    "template:resnet-small": "skip, residual network, resnet",
    "template:perceptron-points": "xor, toy, playground, points, two classes",
    "template:vit-small": "vision transformer, image transformer",
    "template:unet": "segmentation, unet, u net, medical",
    "template:vae": "generative, latent",
    "template:autoencoder": "compress, bottleneck network, encoder decoder",
    "template:translation": "translator, language pair, nmt",
    "template:gpt-small": "language model, llm, chatgpt, text generation",
    "template:seq2seq": "translation, translate, machine translation",
    "template:alexnet-small": "imagenet",
    # Lessons
    "lesson:why-28-becomes-24": "formula lesson, sizes lesson",
    "lesson:break-it-and-mend-it": "repair lesson, errors lesson",
    "lesson:watch-it-learn": "training lesson",
}
"""Other words for what there is."""


class SearchHint(NamedTuple):
    """Words for what is not there, a sentence that says what to do instead, and where that is done."""

    words: str
    sentence: str
    target: str = ""

    @property
    def title(self) -> str:
        """The first of the words, as it is shown."""
        return capitalize_first(self.words.partition(",")[0])


ANSWERS: tuple[SearchHint, ...] = (
    SearchHint(
        "ONNX, ONNX export, torchscript, tensorrt, coreml, tflite, deploy",
        "It writes PyTorch, no ONNX. Export the code: torch.onnx.export turns that module into ONNX.",
        "file.export_code",
    ),
    SearchHint(
        "keras, tensorflow, jax, flax",
        "It writes PyTorch only. The exported module needs nothing but PyTorch.",
        "file.export_code",
    ),
    SearchHint(
        "excel, xlsx, spreadsheet",
        "Sheets of a spreadsheet are saved as CSV there; Open data file reads them here.",
        "view.data",
    ),
    SearchHint(
        "save weights, export weights, weights file, safetensors, state dict",
        "All runs, More, Export weights… writes them with their network; in a run's folder they are best.safetensors.",
        "train.all_runs",
    ),
    SearchHint(
        "hyperparameter search, grid search, tune, sweep, automl, optuna",
        "Trainings are started one at a time. Runs lays their curves over each other.",
        "view.runs",
    ),
    SearchHint(
        "distributed, multi gpu, cluster, cloud, colab",
        "Export for a cluster writes a folder that trains on many GPUs and machines, started by torchrun or Slurm.",
        "train.export_cluster",
    ),
    SearchHint(
        "share, send, collaborate, email, publish",
        "Export a picture: a PNG or SVG carries the network inside, and can be dragged onto the window.",
        "file.export_picture",
    ),
    SearchHint(
        "git, version control, commit",
        "A saved file is readable text that belongs into git. Differences shows what changed since it was saved.",
        "view.differences",
    ),
    SearchHint(
        "quantization, quantize, prune, pruning, distillation",
        "It does not quantize or prune; a recipe can train in mixed precision. Export the code and do the rest in PyTorch.",
        "file.export_code",
    ),
    SearchHint(
        "reinforcement learning, rl, gym, agent, diffusion, stable diffusion",
        "It trains networks that learn from a data set by a loss. Variational autoencoder is the generative one among the templates.",
        "template:vae",
    ),
    SearchHint(
        "language, translate program, german, deutsch",
        "The program speaks English only.",
    ),
    SearchHint(
        "add loss, no loss, missing loss",
        "Add Cross-entropy; Problems then offers to add a Target and connects it.",
        "layer:cross_entropy",
    ),
    SearchHint(
        "plugin, plugins, extension, extensions, script console",
        "There are no plug-ins. A layer of your own is written in Python, and networks are built from Python too: docs/python.md.",
        "layer:python",
    ),
)
"""What is not there, or is called something else altogether."""


def split_words(text: str) -> tuple[str, ...]:
    """The words of a row."""
    return tuple(word.strip() for word in text.split(",") if word.strip())
