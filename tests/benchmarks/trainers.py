"""The same training by others: a tight loop, a usual script with a DataLoader, Lightning's Trainer, Keras on torch.

Each ``train_*`` takes a network, data and epochs and gives the seconds from its first step to its last, validation after each epoch
included. Each counts loss and accuracy as its users do, and is spared whatever it writes, draws or prints. Lightning and Keras come with
``pip install visualnet[trainers]``.
"""

from __future__ import annotations

import logging
import os
import time
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from visualnet.data.loading import Loaded

BATCH, LR = 64, 1e-3


class Digits(NamedTuple):
    """Normalised images B×1×H×W and labels B, for training and validation."""

    x: Tensor
    y: Tensor
    x_val: Tensor
    y_val: Tensor


def digits(data: Loaded) -> Digits:
    """The arrays of a data set of images."""
    image = torch.from_numpy((data.whole("image") - data.mean["image"]) / data.std["image"])
    label = torch.from_numpy(data.whole("label").copy())
    train, validation = torch.from_numpy(data.train), torch.from_numpy(data.validation)
    return Digits(image[train], label[train], image[validation], label[validation])


def train_tight_loop(net: nn.Module, data: Digits, epochs: int) -> float:
    """Batches by index, nothing read but the sums at an epoch's end: what a careful person writes who counts every call."""
    optimizer = torch.optim.Adam(net.parameters(), lr=LR)
    begin = time.perf_counter()
    for _ in range(epochs):
        net.train()
        order, total, right = torch.randperm(len(data.x)), torch.zeros(()), torch.zeros(())
        for at in range(0, len(data.x), BATCH):
            index = order[at : at + BATCH]
            inputs, targets = data.x[index], data.y[index]
            optimizer.zero_grad()
            logits = net(inputs)
            loss = F.cross_entropy(logits, targets)
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(index)
            right += (logits.argmax(1) == targets).sum()
        net.eval()
        with torch.no_grad():
            for at in range(0, len(data.x_val), 2 * BATCH):
                logits, targets = net(data.x_val[at : at + 2 * BATCH]), data.y_val[at : at + 2 * BATCH]
                total += F.cross_entropy(logits, targets) * len(targets)
                right += (logits.argmax(1) == targets).sum()
        float(total), float(right)
    return time.perf_counter() - begin


def train_data_loader(net: nn.Module, data: Digits, epochs: int) -> float:
    """The script of torch's own tutorials: a DataLoader in the same process, ``loss.item()`` at each step."""
    train = DataLoader(TensorDataset(data.x, data.y), batch_size=BATCH, shuffle=True)
    validation = DataLoader(TensorDataset(data.x_val, data.y_val), batch_size=2 * BATCH)
    optimizer = torch.optim.Adam(net.parameters(), lr=LR)
    begin = time.perf_counter()
    for _ in range(epochs):
        net.train()
        total, right = 0.0, 0
        for inputs, targets in train:
            optimizer.zero_grad()
            logits = net(inputs)
            loss = F.cross_entropy(logits, targets)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(targets)
            right += int((logits.argmax(1) == targets).sum().item())
        net.eval()
        with torch.no_grad():
            for inputs, targets in validation:
                logits = net(inputs)
                total += F.cross_entropy(logits, targets).item() * len(targets)
                right += int((logits.argmax(1) == targets).sum().item())
    return time.perf_counter() - begin


def lightning() -> ModuleType:
    """Lightning, quiet.

    Raises:
        ImportError: it is not installed.
    """
    import lightning as found

    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning")
    module: ModuleType = found
    return module


def train_lightning(net: nn.Module, data: Digits, epochs: int) -> float:
    """A LightningModule that logs loss and accuracy of each epoch; no bar, logger, checkpoint, summary or sanity check."""
    pl = lightning()

    class Module(pl.LightningModule):  # type: ignore[name-defined,misc]
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def _step(self, batch: Any, part: str) -> Tensor:
            inputs, targets = batch
            logits = self.net(inputs)
            loss = F.cross_entropy(logits, targets)
            accuracy = (logits.argmax(1) == targets).float().mean()
            self.log_dict({f"{part}_loss": loss, f"{part}_accuracy": accuracy}, on_step=False, on_epoch=True)
            return loss

        def training_step(self, batch: Any) -> Tensor:
            return self._step(batch, "train")

        def validation_step(self, batch: Any) -> None:
            self._step(batch, "val")

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters(), lr=LR)

        def on_train_start(self) -> None:
            self.begun = time.perf_counter()

    trainer = pl.Trainer(
        max_epochs=epochs,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
    )
    module = Module()
    train = DataLoader(TensorDataset(data.x, data.y), batch_size=BATCH, shuffle=True)
    trainer.fit(module, train, DataLoader(TensorDataset(data.x_val, data.y_val), batch_size=2 * BATCH))
    return time.perf_counter() - module.begun


def keras() -> ModuleType:
    """Keras with torch under it.

    Raises:
        ImportError: it is not installed.
    """
    os.environ["KERAS_BACKEND"] = "torch"
    import keras as found

    found.config.set_image_data_format("channels_first")
    module: ModuleType = found
    return module


def train_keras(make: Callable[[ModuleType], Any], data: Digits, epochs: int) -> float:
    """``fit`` of a model that ``make`` builds; without a bar."""
    k = keras()
    begun: list[float] = []
    model = make(k)
    model.compile(
        optimizer=k.optimizers.Adam(LR),
        loss=k.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    start = k.callbacks.LambdaCallback(on_train_begin=lambda _logs: begun.append(time.perf_counter()))
    validation = (data.x_val.numpy(), data.y_val.numpy())
    x, y = data.x.numpy(), data.y.numpy()
    model.fit(
        x, y, batch_size=BATCH, epochs=epochs, validation_data=validation, validation_batch_size=2 * BATCH,
        verbose=0, callbacks=[start],
    )  # fmt: skip
    return time.perf_counter() - begun[0]


# --- the networks as Keras writes them ---------------------------------------------------------------------------------------------------


def keras_lenet(k: ModuleType) -> Any:
    """LeNet-5 on 28×28: 61,706 parameters."""
    layers = k.layers
    return k.Sequential(
        [
            k.Input((1, 28, 28)),
            layers.Conv2D(6, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 5, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(10),
        ]
    )


def keras_mlp(k: ModuleType) -> Any:
    """784-64-32-10."""
    layers = k.layers
    dense = [layers.Dense(64, activation="relu"), layers.Dense(32, activation="relu"), layers.Dense(10)]
    return k.Sequential([k.Input((1, 28, 28)), layers.Flatten(), *dense])


def keras_gru(k: ModuleType) -> Any:
    """28 rows through a GRU of 64 units."""
    layers = k.layers
    return k.Sequential([k.Input((1, 28, 28)), layers.Reshape((28, 28)), layers.GRU(64), layers.Dense(10)])


def keras_vit(k: ModuleType) -> Any:
    """49 patches, 64 features, 4 heads, 3 blocks."""
    layers = k.layers

    class Positions(layers.Layer):  # type: ignore[name-defined,misc]
        def build(self, shape: Any) -> None:
            self.table = self.add_weight(shape=(49, 64), initializer=k.initializers.RandomNormal(stddev=0.02))

        def call(self, x: Any) -> Any:
            return x + self.table

    given = k.Input((1, 28, 28))
    x = layers.Conv2D(64, 4, strides=4)(given)
    x = layers.Permute((2, 1))(layers.Reshape((64, 49))(x))
    x = Positions()(x)
    for _ in range(3):
        h = layers.LayerNormalization(epsilon=1e-5)(x)
        x = layers.Add()([x, layers.MultiHeadAttention(4, 16)(h, h)])
        h = layers.Dense(128, activation="gelu")(layers.LayerNormalization(epsilon=1e-5)(x))
        x = layers.Add()([x, layers.Dense(64)(h)])
    x = layers.GlobalAveragePooling1D(data_format="channels_last")(layers.LayerNormalization(epsilon=1e-5)(x))
    return k.Model(given, layers.Dense(10)(x))


def keras_resnet18(k: ModuleType) -> Any:
    """ResNet-18 with one channel at 32×32, ten classes."""
    layers = k.layers

    def conv(x: Any, channels: int, size: int, stride: int = 1) -> Any:
        if size > 1:
            x = layers.ZeroPadding2D(size // 2)(x)
        x = layers.Conv2D(channels, size, strides=stride, use_bias=False)(x)
        return layers.BatchNormalization(axis=1, momentum=0.9, epsilon=1e-5)(x)

    def block(x: Any, channels: int, stride: int) -> Any:
        h = conv(layers.ReLU()(conv(x, channels, 3, stride)), channels, 3)
        return layers.ReLU()(layers.Add()([h, conv(x, channels, 1, stride) if stride > 1 else x]))

    given = k.Input((1, 32, 32))
    x = layers.ReLU()(conv(given, 64, 7, 2))
    x = layers.MaxPooling2D(3, strides=2)(layers.ZeroPadding2D(1)(x))
    for channels, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        x = block(block(x, channels, stride), channels, 1)
    return k.Model(given, layers.Dense(10)(layers.GlobalAveragePooling2D()(x)))
