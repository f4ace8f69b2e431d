"""What a run remembers, and what a person says of it.

`record.py`: `RunRecord`, the file ``record.json`` of a run's folder: ``read_record(folder)`` and ``parse_record(data)`` (checked within
bounds); ``prepare_record`` says before the run begins where its project lies, what it branched from and what a search varied, and
`create_run_folder.py`: ``begin_run`` makes a run's folder and does that.
`writer.py`: `RecordWriter`, the Session's sink that writes the record when a run begins and when it ends.
`from_log.py`: the record of a run of an earlier version, made of its project and the ends of its log.
`annotations.py`: `Annotations`, the file ``annotations.json`` with name, notes, tags, group, archived and hidden: ``read_annotations``
and ``annotate``; a training never writes it. `kept_weights.py`: the weights that a run's folder holds, with their titles and files.
`run_names.py`: a project's copy of its runs' names. `origins.py`: where a run came from,
in words. `revision.py`: the git revision of a folder. `recipe_values.py`: recipe, data and constants of a project as plain values by
address.
"""
