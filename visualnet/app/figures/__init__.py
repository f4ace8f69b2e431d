"""Pictures of a project for files, paper and printers, and the dialogs that make them."""
