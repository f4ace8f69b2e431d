"""What is generated from the declarations: `docs/layers.md` and the JSON Schema of project files."""
