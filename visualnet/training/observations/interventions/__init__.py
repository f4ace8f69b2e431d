"""Observations that replace values: what each unit is worth, what another sample's values bring, what lies between two samples."""
