"""Networks that count every multiplication: SqueezeNet, MobileNet, EfficientNet; and ConvNeXt, which grew out of them."""

from __future__ import annotations

from architectures.sheet import IMAGENET, Sheet, image_input, joined
from visualnet.core.graph import Port, Value
from visualnet.core.project import Block, Project, Recipe

RECIPE = Recipe(optimizer="SGD", lr=0.045, momentum=0.9, weight_decay=0.00004, batch_size=96, epochs=100)


def _answer(s: Sheet, x: Port, drop: float = 0.0) -> None:
    x = s.add("flatten", "flatten", s.add("adaptive_avg_pool2d", "average", x, output_size=1))
    if drop:
        x = s.add("dropout", "dropout", x, p=drop)
    s.classify(s.add("linear", "fc", x, out_features="classes"))


def mobilenet_v1() -> Project:
    inner = Sheet(scope={"channels": 32, "filters": 64, "stride": 1})
    x = inner.add("input", "x", size=(32, 112, 112))
    x = inner.conv_bn("depthwise", x, "channels", 3, padding=1, stride="stride", groups="channels")
    inner.add("output", "y", inner.conv_bn("pointwise", x, "filters", 1))
    note = "A 3×3 filter for each channel alone, then 1×1 across channels: 1/N + 1/9 of what a full convolution to N channels costs."
    s = Sheet({"separable": inner.block(note)}, {"alpha": 1.0, "resolution": 224, "classes": 1000})

    def thin(channels: int) -> str:
        return f"max(8, floor({channels}*alpha))"

    image = s.add("input", "image", size=(3, "resolution", "resolution"))
    x = s.conv_bn("stem", image, thin(32), 3, stride=2, padding=1)
    before = 32
    plan = [
        (64, 1, 1),
        (128, 2, 1),
        (128, 1, 1),
        (256, 2, 1),
        (256, 1, 1),
        (512, 2, 1),
        (512, 1, 5),
        (1024, 2, 1),
        (1024, 1, 1),
    ]
    for number, (filters, stride, times) in enumerate(plan, 1):
        params: dict[str, Value] = {"channels": thin(before), "filters": thin(filters)}
        if stride > 1:
            params["stride"] = stride
        x = s.add("block:separable", f"separable{number}", x, repeat=times, **params)
        before = filters
    _answer(s, x)
    return s.project(
        "MobileNet v1",
        "Every convolution split in two: depthwise in space, pointwise across channels, for an eighth of the cost (Howard et al. 2017). "
        "alpha makes it thinner, resolution its images smaller. 4,231,976 parameters, 569 million multiply-adds.",
        IMAGENET,
        RECIPE,
    )


def squeezenet() -> Project:
    inner = Sheet(scope={"squeeze": 16, "expand": 64})
    x = inner.add("input", "x", size=(64, 55, 55))
    x = inner.add("relu", "squeeze_relu", inner.conv("squeeze", x, "squeeze", 1))
    one = inner.add("relu", "expand1_relu", inner.conv("expand1", x, "expand", 1))
    three = inner.add("relu", "expand3_relu", inner.conv("expand3", x, "expand", 3, padding=1))
    inner.add("output", "y", joined(inner, "join", (one, three)))
    fire = inner.block("Squeeze to few channels with 1×1, then expand with 1×1 and 3×3 side by side.")
    s = Sheet({"fire": fire}, {"classes": 1000, "size": 224})
    x = s.add("relu", "relu1", s.conv("conv1", image_input(s), 64, 3, stride=2))
    plan = [0, 16, 16, 0, 32, 32, 0, 48, 48, 64, 64]
    pools = 0
    for number, squeeze in enumerate(plan):
        if squeeze:
            x = s.add("block:fire", f"fire{number - pools + 2}", x, squeeze=squeeze, expand=4 * squeeze)
        else:
            pools += 1
            x = s.add("max_pool2d", f"pool{pools}", x, kernel_size=3, stride=2, ceil_mode=True)
    x = s.add("relu", "relu10", s.conv("conv10", s.add("dropout", "dropout", x), "classes", 1))
    x = s.add("adaptive_avg_pool2d", "average", x, output_size=1)
    s.classify(s.add("flatten", "flatten", x))
    return s.project(
        "SqueezeNet 1.1",
        "AlexNet's accuracy with a fiftieth of its weights: fire modules squeeze before they expand, and no dense layer (Iandola et al. "
        "2016). 1,235,496 parameters.",
        IMAGENET,
        RECIPE,
    )


def _inverted(expand: bool, shortcut: bool) -> Block:
    """EfficientNet's block: expand, look depthwise, weigh channels, make narrow; ``shortcut`` where size and channels stay."""
    scope: dict[str, int | float] = {"inside": 96, "channels": 24, "kernel": 3, "stride": 1, "squeeze": 4}
    if shortcut:
        del scope["stride"]
        scope["drop"] = 0.0
    s = Sheet(scope=scope)
    image = s.add("input", "x", size=(16, 112, 112))
    x = s.conv_bn("expand", image, "inside", 1, "silu") if expand else image
    stride: dict[str, Value] = {} if shortcut else {"stride": "stride"}
    x = s.conv_bn("depthwise", x, "inside", "kernel", "silu", padding="kernel // 2", groups="inside", **stride)
    gate = s.add("adaptive_avg_pool2d", "look", x, output_size=1)
    gate = s.add("silu", "squeeze_silu", s.conv("squeeze", gate, "squeeze", 1))
    gate = s.add("sigmoid", "gate", s.conv("excite", gate, "inside", 1))
    x = s.conv_bn("narrow", s.add("multiply", "weigh", x, gate), "channels", 1, "")
    if shortcut:
        x = s.add("add", "sum", s.add("stochastic_depth", "skip", x, p="drop"), image)
    s.add("output", "y", x)
    return s.block(
        "Wide inside, narrow outside: 1×1 expands, a depthwise kernel looks, a gate weighs the channels, 1×1 makes it narrow again.",
        wrap=1640,
    )


def efficientnet_b0() -> Project:
    blocks = {"first": _inverted(False, False), "change": _inverted(True, False), "inverted": _inverted(True, True)}
    s = Sheet(blocks, {"classes": 1000, "size": 224})
    x = s.conv_bn("stem", image_input(s), 32, 3, "silu", stride=2, padding=1)
    x = s.add("block:first", "stage1", x, inside=32, channels=16, squeeze=8)
    plan = [(24, 3, 2, 2), (40, 5, 2, 2), (80, 3, 2, 3), (112, 5, 1, 3), (192, 5, 2, 4), (320, 3, 1, 1)]
    before, done = 16, 1
    for stage, (channels, kernel, stride, times) in enumerate(plan, 2):
        sizes: dict[str, Value] = {"channels": channels, **({"kernel": kernel} if kernel != 3 else {})}
        first = {**sizes, "inside": 6 * before, "squeeze": before // 4, **({"stride": stride} if stride > 1 else {})}
        x = s.add("block:change", f"stage{stage}_first", x, **first)
        for number in range(2, times + 1):
            rest = {**sizes, "inside": 6 * channels, "squeeze": channels // 4}
            drop = round(0.2 * (done + number - 1) / 16, 4)
            x = s.add("block:inverted", f"stage{stage}_{number}", x, **rest, drop=drop)
        before, done = channels, done + times
    _answer(s, s.conv_bn("top", x, 1280, 1, "silu"), 0.2)
    return s.project(
        "EfficientNet-B0",
        "Inverted residual blocks with gates on their channels, sized by a search that balances depth, width and resolution (Tan and Le "
        "2019). 5,288,548 parameters, 386 million multiply-adds.",
        IMAGENET,
        Recipe(optimizer="SGD", lr=0.05, momentum=0.9, weight_decay=0.00001, batch_size=128, epochs=100),
    )


def convnext_t() -> Project:
    inner = Sheet(scope={"channels": 96, "drop": 0.0})
    image = inner.add("input", "x", size=(96, 56, 56))
    x = inner.conv("depthwise", image, "channels", 7, padding=3, groups="channels")
    x = inner.add("layer_norm", "norm", inner.add("permute", "channels_last", x, dims=(2, 3, 1)), eps=1e-6)
    x = inner.conv("widen", inner.add("permute", "channels_first", x, dims=(3, 1, 2)), "4*channels", 1)
    x = inner.conv("narrow", inner.add("gelu", "gelu", x), "channels", 1)
    x = inner.conv("scale", x, "channels", 1, groups="channels", bias=False)  # one learned factor for each channel
    inner.add("output", "y", inner.add("add", "sum", inner.add("stochastic_depth", "skip", x, p="drop"), image))
    body = inner.block(
        "A transformer's block made of convolutions: 7×7 looks around in each channel, two dense layers mix them.", 1640
    )
    inner = Sheet(scope={"channels": 192})
    x = inner.add("permute", "channels_last", inner.add("input", "x", size=(96, 56, 56)), dims=(2, 3, 1))
    x = inner.add("permute", "channels_first", inner.add("layer_norm", "norm", x, eps=1e-6), dims=(3, 1, 2))
    inner.add("output", "y", inner.conv("conv", x, "channels", 2, stride=2))
    s = Sheet(
        {"convnext": body, "halve": inner.block("Half the size, twice the channels.")}, {"classes": 1000, "size": 224}
    )
    x = s.add("permute", "channels_last", s.conv("patches", image_input(s), 96, 4, stride=4), dims=(2, 3, 1))
    x = s.add("permute", "channels_first", s.add("layer_norm", "norm", x, eps=1e-6), dims=(3, 1, 2))
    for stage, times in enumerate((3, 3, 9, 3), 1):
        channels = 48 * 2**stage
        if stage > 1:
            x = s.add("block:halve", f"halve{stage}", x, channels=channels)
        x = s.add(
            "block:convnext",
            f"stage{stage}",
            x,
            repeat=times,
            channels=channels,
            drop=(0.01, 0.03, 0.07, 0.1)[stage - 1],
        )
    x = s.add("flatten", "flatten", s.add("adaptive_avg_pool2d", "average", x, output_size=1))
    s.classify(s.add("linear", "fc", s.add("layer_norm", "last_norm", x, eps=1e-6), out_features="classes"))
    return s.project(
        "ConvNeXt-T",
        "A ResNet taught everything that transformers found out: patches, 7×7 depthwise kernels, layer normalization, GELU (Liu et al. "
        "2022). 28,589,128 parameters.",
        IMAGENET,
        Recipe(optimizer="AdamW", lr=0.004, weight_decay=0.05, batch_size=128, epochs=300),
    )


TEMPLATES = {
    "squeezenet-1.1": squeezenet,
    "mobilenet-v1": mobilenet_v1,
    "efficientnet-b0": efficientnet_b0,
    "convnext-t": convnext_t,
}
