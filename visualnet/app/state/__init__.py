"""What the window is about: the Studio with its document and selection, and what it asks of the window and of who trains. No widgets.

`studio.py`: `Studio` is what every panel gets: `.document`, `.analysis`, `.sheet` (the name of the open sheet), `.path` (the
block instance it is seen through), `.selection`, `.runner`, `.theme`, with the signals `project_changed(before, after)`,
`analysed(analysis)`, `sheet_changed(name)`, `selection_changed(ids)`, `run_changed()`, `theme_changed(theme)`; `do(label, edit,
merge="")`, `select(ids)`, `open_sheet(name, path)`, `reveal(problem)`. `Studio.foresee(words, edit)` shows what an edit would
make of the network without making it.

One Studio, many documents: whoever remembers something by document (poses, sheets, runs) keeps it in a `WeakKeyDictionary`, so
that what is closed goes. `analysis_of(document)` is shared by all who show it.
"""
