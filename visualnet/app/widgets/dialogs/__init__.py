"""Dialogs and popups that any feature may show: messages, file dialogs, the command palette, the list of shortcuts."""
