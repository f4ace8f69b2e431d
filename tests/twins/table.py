"""What each shipped network is held against."""

from __future__ import annotations

from functools import partial

from torch import nn

from tests.twins import adversarial as gan
from tests.twins import convolutional as conv
from tests.twins import detection, flows, zoo
from tests.twins import libraries as lib
from tests.twins import sequential as seq
from tests.twins.comparing import Sizes, Twin

HAND = "by hand"
DEPTHS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
THIN: Sizes = {"size": 64, "classes": 10, "width": 8}
SMALL: Sizes = {"size": 64, "classes": 10}
WORDS: Sizes = {"words": 20, "length": 12, "features": 8, "hidden": 8}
PATCHES: Sizes = {"layers": 2, "width": 32, "patch": 8, "size": 32, "classes": 10}
TOKENS: Sizes = {"layers": 2, "width": 32, "heads": 4, "words": 40, "context": 12}


def _lenet(padding: int, act: type[nn.Module], pool: type[nn.Module], c: Sizes) -> nn.Module:
    return conv.lenet(padding, act, pool)


def _mlp(widths: tuple[int, ...], c: Sizes) -> nn.Module:
    return conv.mlp(*widths)


BY_HAND = [
    Twin("perceptron-points", HAND, conv.perceptron),
    Twin("perceptron", HAND, conv.perceptron),
    Twin("xor", HAND, conv.xor),
    Twin("points-by-hand", HAND, conv.perceptron),
    Twin("mlp-mnist", HAND, partial(_mlp, (784, 64, 32, 10))),
    Twin("mouse", HAND, partial(_mlp, (100, 128, 64, 4))),
    Twin("mouse-conv", HAND, conv.mouse),
    Twin("cartpole", HAND, conv.cartpole),
    Twin("lenet5", HAND, partial(_lenet, 2, nn.ReLU, nn.MaxPool2d)),
    Twin("lenet5-28", HAND, partial(_lenet, 2, nn.Tanh, nn.AvgPool2d)),
    Twin("lenet5-32", HAND, partial(_lenet, 0, nn.Tanh, nn.AvgPool2d)),
    Twin("resnet-small", HAND, conv.resnet_small),
    Twin("vit-small", HAND, seq.VitSmall),
    Twin("gru-rows", HAND, seq.RowReader),
    Twin("cifar-model-1", HAND, partial(_mlp, (3072, 1024, 256, 64, 10))),
    Twin("cifar-model-2", HAND, conv.cifar_2),
    Twin("cifar-model-3", HAND, conv.cifar_3),
    Twin("alexnet", HAND, conv.alexnet, {"classes": 10}),
    Twin("alexnet-course", HAND, conv.alexnet_course),
    Twin("zfnet", HAND, conv.zfnet, {"classes": 10}),
    *(
        Twin(f"vgg-{which}", HAND, partial(conv.vgg, plan), {"size": 32, "classes": 10})
        for which, plan in conv.VGG.items()
    ),
    Twin("inception-v1", HAND, conv.inception, {"size": 96, "classes": 10}),
    Twin("inception-modules", HAND, conv.InceptionModules, {"size": 12, "channels": 32}),
    *(Twin(f"resnet-{depth}", HAND, partial(conv.resnet, plan, depth >= 50), THIN) for depth, plan in DEPTHS.items()),
    Twin("densenet-121", HAND, conv.densenet, {**SMALL, "growth": 8}),
    Twin("squeezenet-1.1", HAND, conv.squeezenet, {"size": 64}),
    Twin("mobilenet-v1", HAND, conv.mobilenet, {"resolution": 64, "classes": 10, "alpha": 0.25}),
    Twin("efficientnet-b0", HAND, conv.efficientnet, SMALL),
    Twin("convnext-t", HAND, conv.convnext, SMALL),
    Twin("unet", HAND, partial(conv.UNet, 0), {"size": 204}),
    Twin("unet-padded", HAND, partial(conv.UNet, 1), {"size": 32}),
    Twin("rcnn", HAND, detection.Rcnn),
    Twin("unet-boundary", HAND, partial(conv.UNet, 1, base=4), {"size": 32}),
    Twin("autoencoder", HAND, partial(conv.autoencoder, 128)),
    Twin("denoising-autoencoder", HAND, partial(conv.autoencoder, 256)),
    Twin("anomaly", HAND, partial(conv.autoencoder, 128)),
    Twin("vae", HAND, conv.vae),
    Twin("gan-points", HAND, gan.points),
    Twin("wgan-gp", HAND, gan.points),
    Twin("dcgan", HAND, gan.digits),
    Twin("realnvp-points", HAND, flows.RealNVP),
    Twin("glow-small", HAND, flows.Glow),
    Twin("rnn-classifier", HAND, partial(seq.Reader, seq.Recurrence), WORDS),
    Twin("lstm-classifier", HAND, partial(seq.Reader, seq.LongShort), WORDS),
    Twin("gru-forecast", HAND, seq.Forecast),
    Twin("gru-names", HAND, seq.Names),
    Twin("rnn-recall", HAND, partial(seq.Recall, seq.Recurrence)),
    Twin("lstm-recall", HAND, partial(seq.Recall, seq.LongShort)),
    Twin("gru-recall", HAND, partial(seq.Recall, seq.Gated)),
    Twin("gru-classifier", HAND, partial(seq.Reader, seq.Gated), WORDS),
    Twin("seq2seq", HAND, seq.Seq2Seq, WORDS),
    Twin("textcnn", HAND, seq.TextCnn, {"words": 20, "length": 12, "features": 8, "filters": 6}),
    Twin("wavenet", HAND, seq.WaveNet, {"levels": 16, "length": 1100, "channels": 8, "skip": 16}),
    Twin("transformer", HAND, seq.Transformer, TOKENS),
    Twin("translation", HAND, seq.Transformer, TOKENS),
    Twin("bert-base", HAND, seq.Bert, TOKENS),
    Twin("bert-pretraining", HAND, seq.BertPretraining, TOKENS),
    Twin("bert-opinions", HAND, seq.BertOpinions, TOKENS),
    Twin("gpt", HAND, seq.Gpt, TOKENS),
    Twin("vit", HAND, seq.Vit, {**PATCHES, "heads": 4}),
    Twin("mlp-mixer", HAND, seq.Mixer, PATCHES),
    Twin("rbf", HAND, partial(zoo.bumps, 16)),
    Twin("svm", HAND, partial(zoo.bumps, 100)),
    Twin("sparse-autoencoder", HAND, partial(zoo.autoencoder, 256, nn.ReLU)),
    Twin("contractive-autoencoder", HAND, partial(zoo.autoencoder, 64, nn.Sigmoid)),
    Twin("extreme-learning", HAND, zoo.extreme),
    Twin("echo-state", HAND, zoo.Echoes),
    Twin("markov-chain", HAND, zoo.Transitions),
    Twin("hopfield", HAND, zoo.Memory),
    Twin("boltzmann", HAND, zoo.Machine),
    Twin("rbm", HAND, zoo.Imagining),
    Twin("deep-belief", HAND, zoo.Belief),
    Twin("deconvolutional", HAND, zoo.deconvolutional),
    Twin("inverse-graphics", HAND, zoo.Graphics),
    Twin("kohonen", HAND, zoo.Map),
    Twin("liquid-state", HAND, zoo.Liquid),
    Twin("turing", HAND, zoo.Turing),
]

PUBLISHED = [
    *(
        Twin(f"vgg-{w}", "torchvision", lib.torchvision(f"vgg{n}"))
        for w, n in zip("abde", (11, 13, 16, 19), strict=True)
    ),
    *(Twin(f"resnet-{depth}", "torchvision", lib.torchvision(f"resnet{depth}"), {"size": 64}) for depth in DEPTHS),
    Twin("densenet-121", "torchvision", lib.torchvision("densenet121"), {"size": 64}),
    Twin("squeezenet-1.1", "torchvision", lib.torchvision("squeezenet1_1"), {"size": 64}),
    Twin("efficientnet-b0", "torchvision", lib.torchvision("efficientnet_b0"), {"size": 64}),
    Twin("convnext-t", "torchvision", lib.torchvision("convnext_tiny"), {"size": 64}, lib.convnext_state),
    Twin("vit", "torchvision", lib.torchvision("vit_b_16"), {}, lib.vit_state),
    Twin("vit", "timm", lib.timm("vit_base_patch16_224"), {}, lib.vit_state),
    Twin("mlp-mixer", "timm", lib.timm("mixer_b16_224")),
    Twin("mobilenet-v1", "timm", lib.timm("mobilenetv1_100", act_layer=nn.ReLU), {"resolution": 64}),
    Twin("bert-base", "transformers", lib.Bert, TOKENS, lib.bert_state),
    Twin("gpt", "transformers", lib.Gpt, TOKENS, lib.gpt_state),
]

TWINS = [*BY_HAND, *PUBLISHED]
LARGE = ("vgg", "vit", "mlp-mixer", "resnet-101", "resnet-152")
"""Those of the libraries that take seconds each: compared in the benchmark, and in the thorough tests."""
