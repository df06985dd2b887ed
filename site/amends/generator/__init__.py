"""The generator: from a record and an instant to a folder of static pages, swapped in whole."""
