"""The page *Search*: good settings of a project looked for by trials, their table, charts of what came out, and the best applied."""
