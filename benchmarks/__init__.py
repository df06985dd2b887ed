"""What a build costs, measured so that anybody can repeat it: see README.md beside this."""
