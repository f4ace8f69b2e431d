"""Project files and what carries a project: read within bounds, validated whole, written without a moment of half a file.

- `project_file.py`: `load(path)`, `loads(data, name)`, `dumps(project)`, `save(path, project)`; what cannot be read is a
  `FileError` with file, place, reason and a way out. `embedded_project.py`: the project inside PNG and SVG.
  `plain_text_transport.py`: copied text that a mail program has wrapped or quoted.
- `regular_files.py` opens every file: regular ones only, never waiting. A test walks the source for other openings.
- `disk_state.py` says what stands at a path, by content and place, so that `Document.save` writes over nothing but what was read
  there or what the person has seen; it is looked at last of all before the new file takes its place.
- `temporaries.py`: what is written aside bears our name and is held by a lock (`locks.py`) while its writer lives; `sweep_all`
  removes what killed processes left.
- `paths.py` gives the person's own folders (honours `VISUALNET_HOME`); `data_places.py` where own data lie, and which places a file may
  lead to.
"""
