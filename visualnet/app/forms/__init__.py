"""One row widget per parameter type; a form is a stack of them."""
