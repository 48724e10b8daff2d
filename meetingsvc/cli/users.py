"""`meetingsvc user …`"""

from pathlib import Path
from uuid import UUID

import click

from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.cli.opened import area_named, opened
from meetingsvc.permissions import Role
from meetingsvc.store import areas, audit
from meetingsvc.usecases import accounts
from meetingsvc.usecases.password import generated
from meetingsvc.usecases.transaction import saved


@click.group()
def user() -> None:
    """People with accounts."""


@user.command()
@click.option("--area", "area_name", required=True)
@click.option("--agency", required=True, help="The name of their agency.")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Its first line is the password.")  # fmt: skip
@click.option("--prompt", is_flag=True, help="Ask for the password.")
def create(
    area_name: str, agency: str, role: str, email: str, name: str, password_file: Path | None, prompt: bool
) -> None:
    """Makes an account with no second person: for the first ones, which then invite the others on the pages.

    Every account made here stands on the first page of information governance. Without --password-file or
    --prompt, prints a password for one day, to change at first sign-in.
    """
    password = _password(password_file, prompt)
    first = password or generated()
    with opened(), saved():
        accounts.create(
            _agency_named(area_named(area_name).id, agency), Role(role), name, email, first,
            audit.COMMAND_LINE, clock.now(), must_change_password=password is None,
        )  # fmt: skip
    click.echo(f"Account for {email.strip().lower()} made.")
    if password is None:
        click.echo(f"Password for the first sign-in, within 24 hours: {first}")


@user.command()
@click.option("--area", "area_name", required=True)
@click.option("--email", required=True)
def disable(area_name: str, email: str) -> None:
    """Takes an account away at once, the last administrator's too: for when nobody can do it on the pages."""
    with opened(), saved():
        accounts.disable_at_host(area_named(area_name).id, email, clock.now())
    click.echo(f"Account for {email.strip().lower()} disabled. Its sessions have ended.")


def _password(file: Path | None, prompt: bool) -> str | None:
    if file is not None:
        lines = file.read_text(encoding="utf-8").splitlines()
        return lines[0] if lines else ""
    if prompt:
        told: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return told
    return None


def _agency_named(area_id: UUID, name: str) -> UUID:
    agencies = areas.agencies(area_id)
    for agency in agencies:
        if agency.name.casefold() == name.strip().casefold():
            return agency.id
    there = ", ".join(agency.name for agency in agencies)
    raise RuleBroken(
        f"There is no agency {name!r}. " + (f"There are: {there}." if there else "There is none yet.")
    )


COMMANDS = (user,)
