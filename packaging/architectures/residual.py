"""Networks of shortcuts: residual blocks and dense blocks."""

from __future__ import annotations

from architectures.sheet import IMAGENET, Sheet, image_input
from visualnet.core.project import Block, Project, Recipe

RECIPE = Recipe(optimizer="SGD", lr=0.1, momentum=0.9, weight_decay=0.0001, batch_size=256, epochs=90)
DEPTHS = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
}
COUNTS = {18: "11,689,512", 34: "21,797,672", 50: "25,557,032", 101: "44,549,160", 152: "60,192,808"}


def _body(deep: bool, project: bool) -> Block:
    """A residual block; one that ``project``s may change channels and size, and its shortcut with them."""
    s = Sheet(scope={"channels": 64, "stride": 1} if project else {"channels": 64})
    wide = "4*channels" if deep else "channels"
    image = s.add("input", "x", size=(64, 56, 56))
    stride = {"stride": "stride"} if project else {}
    if deep:
        x = s.conv_bn("conv1", image, "channels", 1)
        x = s.conv_bn("conv2", x, "channels", 3, padding=1, **stride)
        x = s.conv_bn("conv3", x, wide, 1, "")
        note = "1×1 makes it narrow, 3×3 looks around, 1×1 makes it wide again; what comes out is added to the input."
    else:
        x = s.conv_bn("conv1", image, "channels", 3, padding=1, **stride)
        x = s.conv_bn("conv2", x, wide, 3, "", padding=1)
        note = "Two convolutions learn what to add to their input."
    short = image
    if project:
        short = s.conv_bn("shortcut", image, wide, 1, "", **stride)
        note += " Where size or channels change, a 1×1 convolution brings the shortcut into line."
    s.add("output", "y", s.add("relu", "relu", s.add("add", "sum", x, short)))
    return s.block(note)


def _resnet(depth: int) -> Project:
    deep = depth >= 50
    name = "bottleneck" if deep else "basic"
    blocks = {name: _body(deep, False), f"{name}_down": _body(deep, True)}
    s = Sheet(blocks, {"classes": 1000, "size": 224, "width": 64})
    x = s.conv_bn("stem", image_input(s), "width", 7, stride=2, padding=3)
    x = s.add("max_pool2d", "pool", x, kernel_size=3, stride=2, padding=1)
    for stage, times in enumerate(DEPTHS[depth], 1):
        channels = "width" if stage == 1 else f"{2 ** (stage - 1)}*width"
        if deep or stage > 1:
            stride = {"stride": 2} if stage > 1 else {}
            x = s.add(f"block:{name}_down", f"stage{stage}_first", x, channels=channels, **stride)
            times -= 1
        x = s.add(f"block:{name}", f"stage{stage}", x, repeat=times, channels=channels)
    x = s.add("flatten", "flatten", s.add("adaptive_avg_pool2d", "average", x, output_size=1))
    s.classify(s.add("linear", "fc", x, out_features="classes"))
    kind = "bottleneck blocks of three convolutions" if deep else "residual blocks of two convolutions"
    return s.project(
        f"ResNet-{depth}",
        f"{sum(DEPTHS[depth])} {kind}: each only learns what to add to its input, so that gradients find a straight way back "
        f"(He et al. 2015). {COUNTS[depth]} parameters.",
        IMAGENET,
        RECIPE,
    )


def densenet121() -> Project:
    inner = Sheet(scope={"growth": 32})
    image = inner.add("input", "x", size=(64, 56, 56))
    x = inner.add("relu", "relu1", inner.add("batch_norm2d", "bn1", image))
    x = inner.add("batch_norm2d", "bn2", inner.conv("conv1", x, "4*growth", 1, bias=False))
    x = inner.conv("conv2", inner.add("relu", "relu2", x), "growth", 3, padding=1, bias=False)
    inner.add("output", "y", inner.add("concatenate", "join", image, x))
    dense = inner.block("Everything found so far comes in; what is new is put beside it, not added to it.")
    inner = Sheet(scope={"channels": 128})
    x = inner.add("input", "x", size=(256, 56, 56))
    x = inner.add("relu", "relu", inner.add("batch_norm2d", "bn", x))
    x = inner.conv("conv", x, "channels", 1, bias=False)
    inner.add("output", "y", inner.add("avg_pool2d", "pool", x))
    blocks = {"dense_layer": dense, "transition": inner.block("Half the channels, half the size.")}
    s = Sheet(blocks, {"classes": 1000, "size": 224, "growth": 32})
    x = s.conv_bn("stem", image_input(s), "2*growth", 7, stride=2, padding=3)
    x = s.add("max_pool2d", "pool", x, kernel_size=3, stride=2, padding=1)
    channels: str | int = "2*growth"
    for stage, times in enumerate((6, 12, 24, 16), 1):
        x = s.add("block:dense_layer", f"dense{stage}", x, repeat=times, growth="growth")
        if stage < 4:
            channels = f"{(4, 8, 16)[stage - 1]}*growth"
            x = s.add("block:transition", f"transition{stage}", x, channels=channels)
    x = s.add("relu", "relu", s.add("batch_norm2d", "bn", x))
    x = s.add("flatten", "flatten", s.add("adaptive_avg_pool2d", "average", x, output_size=1))
    s.classify(s.add("linear", "fc", x, out_features="classes"))
    return s.project(
        "DenseNet-121",
        "Every layer reads all layers before it in its stage and adds 32 channels of its own (Huang et al. 2016). 7,978,856 parameters.",
        IMAGENET,
        RECIPE,
    )


TEMPLATES = {
    **{f"resnet-{depth}": lambda depth=depth: _resnet(depth) for depth in DEPTHS},
    "densenet-121": densenet121,
}
