"""The verbs about all runs and about what is made of a kept one: ``runs`` lists them, ``verify`` trains one again."""
