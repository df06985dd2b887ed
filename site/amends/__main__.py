"""`python -m amends` is the command `amends`."""

from amends.cli import main

if __name__ == "__main__":
    main(prog_name="amends")
