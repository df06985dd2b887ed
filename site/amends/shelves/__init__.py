"""What the record says, kept between builds in one SQLite file, so that a build costs what changed and not what exists.

Files are read when they have changed (`scan`, `reading`); what is derived of a case holds until the next instant at
which time alone changes it. Deleting the file costs time only.
"""
