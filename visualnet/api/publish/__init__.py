"""What is generated from all declarations: the JSON Schema of project files, the page of techniques, the methods that editors know."""
