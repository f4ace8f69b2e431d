"""Carry the resources/ folder into a built package, as visualnet/_resources; all else is in pyproject.toml."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithResources(build_py):
    """An editable install reads resources/ where it lies; a built one carries a copy."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            self.copy_tree("resources", str(Path(self.build_lib, "visualnet", "_resources")))


setup(cmdclass={"build_py": BuildWithResources})
