"""What the panel can show: the network alone, or its training. Each is printed in a thread, because that needs torch."""

from __future__ import annotations

from dataclasses import dataclass

from visualnet.core.project import Project
from visualnet.pytorch import need_torch


@dataclass(frozen=True)
class Listing:
    """One of the two: what it is called and what its file is; ``needs`` says in words what the file needs to run."""

    name: str
    title: str
    tip: str
    file: str
    needs: str
    action: str
    """Writes it to a file."""

    def print(self, project: Project) -> str:
        """Its text.

        Raises:
            NoTorch: torch is not there.
            ValueError: it cannot be printed; the words say why.
        """
        need_torch()
        if self.name == MODEL.name:
            from visualnet.compiling.source_code.source import model_source

            return model_source(project)
        from visualnet.data.loading import load
        from visualnet.training.script.training_script import training_script

        return training_script(project, load(project.data))


MODEL = Listing(
    "model",
    "Model",
    "The network as a Python module",
    "model.py",
    "needs only PyTorch",
    "file.export_code",
)
TRAINING = Listing(
    "train",
    "Training script",
    "A script that trains the network as the recipe says: on the CPU to the same losses as here, to the last bit",
    "train.py",
    "needs only PyTorch and NumPy. Save… writes its data beside it",
    "train.export_script",
)
LISTINGS = (MODEL, TRAINING)
