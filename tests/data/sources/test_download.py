"""Sets are fetched only when a person asks for it: from where torchvision says they are, whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import io
import sys
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from tests.contract.source_makers.torchvision_sets import write_cifar10, write_mnist
from visualnet.cli.main import main
from visualnet.core.errors import Cancelled
from visualnet.data.inspect_source import choose
from visualnet.data.sources.torchvision_sets import download as module
from visualnet.data.sources.torchvision_sets.download import download

FILES: dict[str, bytes] = {}


class Server(BaseHTTPRequestHandler):
    """Gives what is in FILES."""

    def do_GET(self) -> None:
        content = FILES.get(self.path)
        self.send_response(404 if content is None else 200)
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    FILES.clear()
    server = HTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def serve(path: str, content: bytes) -> str:
    """The md5 of what is served from now on."""
    FILES[path] = content
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@pytest.fixture
def torchvision(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module in the place of torchvision's data sets."""
    package, datasets = ModuleType("torchvision"), ModuleType("torchvision.datasets")
    package.datasets = datasets
    monkeypatch.setitem(sys.modules, "torchvision", package)
    monkeypatch.setitem(sys.modules, "torchvision.datasets", datasets)
    return datasets


def test_mnist_is_fetched_and_can_be_chosen(tmp_path: Path, address: str, torchvision: ModuleType) -> None:
    write_mnist(tmp_path / "made", packed=True)
    resources = [(path.name, serve(f"/good/{path.name}", path.read_bytes())) for path in (tmp_path / "made").iterdir()]
    torchvision.MNIST = SimpleNamespace(mirrors=[f"{address}/gone/", f"{address}/good/"], resources=resources)
    shares: list[float] = []
    chosen = download("MNIST", tmp_path / "sets", shares.append)
    assert choose("torchvision", chosen, {})[0].facts.size == 9
    assert shares == sorted(shares)
    assert shares[-1] == 1
    FILES.clear()  # what is there is not fetched again
    download("MNIST", tmp_path / "sets")


def test_the_command_line_fetches_a_set_and_tells_what_is_in_it(
    tmp_path: Path, address: str, torchvision: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    write_mnist(tmp_path / "made", packed=True)
    resources = [(path.name, serve(f"/{path.name}", path.read_bytes())) for path in (tmp_path / "made").iterdir()]
    torchvision.MNIST = SimpleNamespace(mirrors=[f"{address}/"], resources=resources)
    assert main(["data", str(tmp_path / "sets"), "--download", "MNIST"]) == 0
    assert "train: 6" in capsys.readouterr().out
    assert main(["data", str(tmp_path / "sets"), "--download", "ImageNet"]) != 0
    assert "--download ImageNet: there is no set" in capsys.readouterr().err


def test_cifar_is_fetched_in_its_binary_version(
    tmp_path: Path, address: str, torchvision: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_cifar10(tmp_path / "made" / "cifar-10-batches-bin")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.add(tmp_path / "made" / "cifar-10-batches-bin", "cifar-10-batches-bin")
        member = tarfile.TarInfo("../outside.bin")
        archive.addfile(member)
    monkeypatch.setitem(module.BINARY_MD5, "CIFAR10", serve("/cifar-10-binary.tar.gz", packed.getvalue()))
    torchvision.CIFAR10 = SimpleNamespace(url=f"{address}/cifar-10-python.tar.gz", tgz_md5="of the pickled one")
    download("CIFAR10", tmp_path / "sets")
    assert choose("torchvision", tmp_path / "sets", {})[0].facts.size == 12
    assert not list(tmp_path.rglob("outside*"))


def test_what_comes_broken_or_not_at_all_leaves_nothing(tmp_path: Path, address: str, torchvision: ModuleType) -> None:
    content = gzip.compress(b"x" * 100)
    serve("/a", content)
    torchvision.MNIST = SimpleNamespace(mirrors=[f"{address}/"], resources=[("a", "0" * 32)])
    with pytest.raises(ValueError, match="“a” came broken"):
        download("MNIST", tmp_path)
    torchvision.MNIST.resources = [("b", "0" * 32)]
    with pytest.raises(ValueError, match=r"“b” cannot be fetched \(Not Found\): is this machine connected"):
        download("MNIST", tmp_path)
    torchvision.MNIST = SimpleNamespace(mirrors=["http://127.0.0.1:1/"], resources=[("b", "0" * 32)])
    with pytest.raises(ValueError, match=r"“b” cannot be fetched \(.*refused.*\)"):
        download("MNIST", tmp_path)
    torchvision.MNIST.mirrors = ["file:///etc/"]
    with pytest.raises(ValueError, match="is no address of the web"):
        download("MNIST", tmp_path)

    def give_up(share: float) -> None:
        raise Cancelled

    torchvision.MNIST = SimpleNamespace(mirrors=[f"{address}/"], resources=[("a", serve("/a", content))])
    with pytest.raises(Cancelled):
        download("MNIST", tmp_path, give_up)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_without_torchvision_the_words_say_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchvision", None)
    monkeypatch.setitem(sys.modules, "torchvision.datasets", None)
    with pytest.raises(
        ValueError, match=r"torchvision.* cannot be used here .*: install it\. Or fetch the files of STL-10 by hand"
    ):
        download("STL10", tmp_path)
    with pytest.raises(ValueError, match="there is no set “ImageNet”"):
        download("ImageNet", tmp_path)


def test_another_version_of_torchvision_is_told(tmp_path: Path, torchvision: ModuleType) -> None:
    with pytest.raises(ValueError, match="this version of torchvision does not tell where SVHN is"):
        download("SVHN", tmp_path)
