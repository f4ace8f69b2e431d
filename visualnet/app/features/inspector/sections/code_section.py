"""A custom layer's Python code: shown, edited, and inert until the person trusts it on this machine."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontDatabase, QKeyEvent, QTextOption
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QWidget

from visualnet.analysis.selected import NOTHING, SelectedNodes
from visualnet.app.features.inspector.sections.section import InspectorSection
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import IconLabel, button, label
from visualnet.app.widgets.layouts import FlowLayout, column, row
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.errors import FileError
from visualnet.core.graph import Node
from visualnet.core.text.format import capitalize_first
from visualnet.core.user import trusted_code
from visualnet.layers.declaration.params import Code

MEANING = (
    "Trusted code runs with all your rights: it can read, change and send your files. Trust it only if you have read it "
    "or know who wrote it. Trust holds for exactly this text, on this machine; it is not saved in the file."
)
_INERT = "Inert: this code does not run until you trust it. Sizes and counts are those of the lines above."
_EXAMPLE = "The program's own example: it may run."
_TRUSTED = "You trust this text on this machine: it runs."
INDENT = "    "


class CodeEdit(QPlainTextEdit):
    """Plain text in a monospaced face; Tab indents by four spaces, Ctrl+Return applies."""

    applied = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__(lineWrapMode=QPlainTextEdit.LineWrapMode.NoWrap)
        self.setProperty("mono", True)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setAccessibleName("Python code")
        self.setMinimumSize(160, 96)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Tab and not self.isReadOnly():
            self.insertPlainText(INDENT)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.applied.emit()
                return
            line = self.textCursor().block().text()
            self.insertPlainText("\n" + line[: len(line) - len(line.lstrip())] + INDENT * line.rstrip().endswith(":"))
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()


class TrustDialog(QDialog):
    """Shows the code and what trusting it means. Leaving it inert is what Escape and Return do."""

    def __init__(self, name: str, source: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, modal=True)
        self.setWindowTitle("Trust this code?")
        self.resize(640, 520)
        self.text = CodeEdit()
        self.text.setReadOnly(True)
        # Nothing stands out of sight behind many spaces.
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.text.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.text.setPlainText(source)
        self.yes = button("Trust on this machine", done=self.accept)
        self.no = button("Leave it inert", "primary", done=self.reject)
        box = QDialogButtonBox()
        box.addButton(self.yes, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.no, QDialogButtonBox.ButtonRole.RejectRole)
        self.yes.setAutoDefault(False)
        self.no.setDefault(True)
        lines = source.count("\n") + 1
        column(
            label(f"Let the Python code of “{name}” run on this machine?", "heading", wrap=True),
            label(MEANING, wrap=True),
            (self.text, 1),
            label(f"{lines:,} lines · fingerprint {trusted_code.fingerprint(source)[:16]}", "small"),
            box,
            margins=16,
            spacing=12,
            parent=self,
        )


class CodeSection(InspectorSection):
    """The code of the selected custom layer, whether it may run, and the way to let it."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, "Python code")
        self.node: Node | None = None
        self.param: Code | None = None
        self.dialog: TrustDialog | None = None
        self._typed: WeakKeyDictionary[Document, dict[tuple[str, str], str]] = WeakKeyDictionary()
        """What was typed and cannot be taken over yet: by project, sheet and node."""
        self.icon = IconLabel("hint", 16, "hint")
        self.words = label("", wrap=True)
        self.body.addLayout(row((self.icon, 0, Qt.AlignmentFlag.AlignTop), (self.words, 1), spacing=6))
        self.trust_button = button("Trust this code on this machine…", done=self.ask)
        self.distrust_button = button("Stop trusting", done=self.distrust)
        self._add_buttons(self.trust_button, self.distrust_button)
        self.edit = CodeEdit()
        self.edit.setFixedHeight(230)
        self.edit.setToolTip("Plain Python with torch. Ctrl+Return applies; leaving the field applies too.")
        self.edit.applied.connect(lambda: self.apply(ask=True))
        self.edit.left.connect(self.apply)
        self.edit.textChanged.connect(self._keep_draft)
        self.add(self.edit)
        self.fault = label("", "error", wrap=True)
        self.fault.hide()
        self.add(self.fault)
        self.apply_button = button("Apply", done=lambda: self.apply(ask=True))
        self.apply_button.setToolTip("Take the text over (Ctrl+Return)")
        self._add_buttons(self.apply_button)
        self.hide()

    def _add_buttons(self, *buttons: QWidget) -> None:
        holder = QWidget()
        flow = FlowLayout(holder)
        for each in buttons:
            flow.addWidget(each)
        self.add(holder)

    @property
    def _drafts(self) -> dict[tuple[str, str], str]:
        return self._typed.setdefault(self.studio.document, {})

    @property
    def _place(self) -> tuple[str, str]:
        return self.studio.sheet, self.node.id if self.node is not None else ""

    @property
    def source(self) -> str:
        """The text that the project holds."""
        if self.node is None or self.param is None:
            return ""
        return str(self.node.params.get(self.param.name, self.param.default))

    def refresh(self, selected: SelectedNodes = NOTHING) -> None:
        """Show a node's code; hide for a node that has none."""
        node = selected.node
        params = selected.kind.params.values() if node is not None and selected.kind is not None else ()
        param = next((p for p in params if isinstance(p, Code)), None)
        self.setVisible(param is not None)
        same = node is not None and self.node is not None and node.id == self.node.id
        before = self.source
        self.node, self.param = node, param
        if param is None:
            return
        text = self._drafts.get(self._place, self.source)
        if text != self.edit.toPlainText() and not (same and before == self.source and self.edit.hasFocus()):
            with QSignalBlocker(self.edit):
                self.edit.setPlainText(text)
        self._show_state()

    def _show_state(self) -> None:
        """Say whether it may run, and offer what can be done."""
        example = self.param is not None and self.source == self.param.default
        trusted = example or trusted_code.is_trusted(self.source)
        self.icon.set_icon(*(("ok", "ok") if trusted else ("warning", "warning")))
        self.words.setText(_EXAMPLE if example else _TRUSTED if trusted else _INERT)
        typed = self._drafts.get(self._place, self.source) != self.source
        self.apply_button.setEnabled(typed)
        self.trust_button.setVisible(not trusted)
        self.trust_button.setEnabled(not typed)
        self.distrust_button.setVisible(trusted and not example)

    def _keep_draft(self) -> None:
        if self.node is not None:
            self._drafts[self._place] = self.edit.toPlainText()
            self._show_state()

    def apply(self, *, ask: bool = False) -> None:
        """Take over what was typed; ``ask`` then asks whether it may run."""
        if self.node is None or self.param is None:
            return
        # What was not typed is not read back: the field may show rare characters otherwise than they are.
        text = self.edit.toPlainText() if self._place in self._drafts else self.source
        name, node_id, fault = self.param.name, self.node.id, ""
        try:
            self.param.read(text, {})
        except ValueError as error:
            fault = str(error)
        self.fault.setText(capitalize_first(fault))
        self.fault.setVisible(bool(fault))
        if fault:
            return
        self._drafts.pop(self._place, None)
        if text != self.source and node_id in self.studio.graph.nodes:
            sheet = self.studio.sheet
            self.studio.do("Change the code", lambda p: edits.set_params(p, sheet, [node_id], {name: text}))
            self.refresh(SelectedNodes.of(self.studio.graph, self.studio.facts, [node_id]))
        if ask and self.trust_button.isVisibleTo(self):
            self.ask()

    def ask(self) -> None:
        """Show the code and what trust means; only the person's own click on it trusts."""
        if self.node is None:
            return
        source = self.source
        self.dialog = TrustDialog(self.node.name, source, self.window())
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.accepted.connect(lambda: self._set_trust(source, True))
        self.dialog.open()

    def distrust(self) -> None:
        """Let it run no more."""
        self._set_trust(self.source, False)

    def _set_trust(self, source: str, trusted: bool) -> None:
        try:
            (trusted_code.trust if trusted else trusted_code.distrust)(source)
        except FileError as error:
            self.studio.message.emit("error", str(error))
        self.studio.reanalyse()
        if self.param is not None:
            self._show_state()
