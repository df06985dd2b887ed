"""What the record says, kept between builds in one SQLite file, so that a build costs what changed and not what exists.

Folders are looked at (`scan`), what has changed in them is taken down (`noting`), and the files of cases are read from
there (`reading`); what is derived of a case holds until the next instant at which time alone changes it. Deleting the
file costs time only.
"""
