"""The commands of `amends` by what they are about, and how all of them fail.

A room is imported when one of its commands is called: what the service needs takes longer to import than a build
takes in which nothing has changed.
"""
