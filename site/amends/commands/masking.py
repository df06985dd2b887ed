"""The command that finds and masks personal data in a text."""

import json
import sys

import click

from amends import personal


@click.command("mask")
@click.option("--json", "as_json", is_flag=True, help="Print what is found and where, in code points, and no text.")
@click.option("--country", metavar="CODE", help="Whose national phone numbers are understood: two letters, like DE.")
@click.option("--order-pattern", metavar="MASK", help="The company's order numbers, like AA-999999.")
def mask_command(country: str | None, order_pattern: str | None, *, as_json: bool) -> None:
    """Print the text on the standard input with personal data masked."""
    if country is not None and country.upper() not in personal.known_countries():
        raise click.UsageError(f"--country is {country!r}; it should be the code of a country, like DE")
    country = country and country.upper()
    try:
        order_pattern = order_pattern if order_pattern is None else personal.read_order_pattern(order_pattern)
    except ValueError as error:
        raise click.UsageError(f"--order-pattern is {order_pattern!r}; it should be {error}") from error
    try:
        text = sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"the text is not UTF-8: byte {error.start} cannot be read") from error
    if as_json:
        found = personal.find(text, country, order_pattern)
        click.echo(json.dumps([{"kind": item.kind, "start": item.start, "end": item.end} for item in found]))
    else:
        # Its bytes, so that nothing but what is masked changes: not an end of a line either.
        click.echo(personal.mask(text, country, order_pattern).encode(), nl=False)
