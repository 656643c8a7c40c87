"""`lianjie COMMAND`: each command makes one call into an action, as a page does.

Exit codes: 0 done; 1 a fault in Lianjie; 2 refused, and nothing was written.
Progress goes to standard error, results to standard output. Words follow LANG.
"""

import argparse
import os
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from getpass import getpass
from pathlib import Path

from lianjie.base.refusal import Refusal
from lianjie.base.words import N_

DONE, FAULT, REFUSED = 0, 1, 2
ROLES = ("accountant", "chair", "approver", "cashier", "supervisor", "auditor", "member", "administrator")
ADDRESS = "127.0.0.1"


class NoSuchFile(Refusal):
    what = N_("There is no file {path}.")
    fix = N_("Check the name and the folder.")


class PortTaken(Refusal):
    what = N_("Port {port} is in use by another program.")
    fix = N_("Give another one: --port {other}")


class PasswordsDiffer(Refusal):
    what = N_("The two passwords differ.")
    fix = N_("Type the same password twice.")


class UserExists(Refusal):
    what = N_("A user named “{name}” is already there.")
    fix = N_("Choose another name, or use lianjie grant to give this user one more role.")


class NoSuchUser(Refusal):
    what = N_("There is no user named “{name}”.")
    fix = N_("Make the user first: lianjie user {name} --role …")


class BooksDiffer(Refusal):
    what = N_("Sums or closings that are not what the ledger's lines give: {count}.")
    fix = N_("Keep a copy of the database and tell whoever looks after the software.")


class WeakPassword(Refusal):
    what = N_("The password is too easy to guess: {reasons}")
    fix = N_("Choose a longer one.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    given = parser().parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianjie.project.settings")
    import django

    django.setup()
    from django.core.management.base import SystemCheckError
    from django.utils import translation

    with translation.override(language(os.environ)):
        try:
            given.run(given)
        except Refusal as refusal:
            say(refusal.say(translation.gettext))
            return REFUSED
        except SystemCheckError as unready:
            say(str(unready))
            return REFUSED
        except KeyboardInterrupt:
            return 130
    return DONE


def language(environment: Mapping[str, str]) -> str:
    """zh-hans, zh-hant or en, by the first of LC_ALL, LC_MESSAGES, LANG that is set."""
    value = next((v for n in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := environment.get(n))), "")
    place = value.replace("-", "_").split(".")[0]
    if not place.startswith("zh"):
        return "en"
    return "zh-hant" if place in {"zh_TW", "zh_HK", "zh_MO", "zh_Hant"} else "zh-hans"


def say(text: str) -> None:
    """One line of progress, at once."""
    print(text, file=sys.stderr, flush=True)


def parser() -> argparse.ArgumentParser:
    """The commands and what each takes."""
    top = argparse.ArgumentParser(
        prog="lianjie", description="Settle a cooperative's year, exact to the fen."
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], None], text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(run=run)
        return made

    c = command("template", template, "Write the empty workbook to fill in.")
    c.add_argument("path", type=Path, nargs="?", default=Path("lianjie-template.xlsx"))

    c = command("settle", settle, "Settle a year from a workbook, without a server.")
    c.add_argument("book", type=Path, metavar="BOOK.xlsx")
    c.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for what is written")
    c.add_argument(
        "--plan", type=Path, metavar="PLAN.toml", help="plan of distribution, if not in the workbook"
    )
    c.add_argument("--json", action="store_true", help="print settlement.json")

    c = command("case", case, "Run a worked case, a plan with its input, and show every step and finding.")
    c.add_argument("folder", type=Path, metavar="FOLDER", help="holds plan.toml and input.toml")
    c.add_argument("--json", action="store_true", help="print the outcome, one line a period")

    c = command("demo", demo, "Build the demonstration of invented people, and open it.")
    c.add_argument("--no-serve", action="store_true", help="build, ask every page for an answer, and stop")
    c.add_argument("--port", type=int, default=8000)

    c = command("serve", serve, "Serve the pages to this machine; put an HTTPS server in front for others.")
    c.add_argument("--port", type=int, default=8000)

    command("work", work, "Do background tasks until it is ended; lianjie serve does them too.")

    command("setup-code", setup_code, "Show the code with which the first account is made.")

    command("check", check, "Say what of this installation is not fit for real people's data.")

    command("migrate", migrate, "Bring the database up to date.")

    c = command("audit", audit, "See whether everything sealed is still as it was; seal what is new.")
    c.add_argument("--no-seal", action="store_true", help="only look")

    c = command("retention", retention, "Sealed personal data whose time is over: list it, or erase it.")
    c.add_argument("--erase", action="store_true", help="erase what no legal hold keeps; for good")

    c = command("keys", keys, "Keys that seal personal data: list them, or turn them.")
    c.add_argument("act", choices=("list", "new", "reseal", "retire"), nargs="?", default="list")
    c.add_argument("id", type=int, nargs="?", metavar="ID", help="of the key to retire")

    command("books", books, "Add every ledger line up again; compare with the sums kept and the closings.")

    c = command("backup", backup, "Write everything into one encrypted file, and check it.")
    c.add_argument("path", type=Path, metavar="FILE")
    c.add_argument("--check", action="store_true", help="only see whether this backup is sound")

    c = command("restore", restore, "Bring a backup back, with the server stopped.")
    c.add_argument("path", type=Path, metavar="FILE")
    c.add_argument("--replace", action="store_true", help="put what is there aside first")

    c = command("areas", areas, "Import administrative areas by official code from a CSV file.")
    c.add_argument("path", type=Path, metavar="AREAS.csv")

    c = command("user", user, "Make a user who may sign in, with a first role.")
    c.add_argument("name")
    _role_arguments(c)

    c = command("grant", grant, "Give a user one more role.")
    c.add_argument("name")
    _role_arguments(c)
    return top


def _role_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--role", required=True, choices=ROLES)
    scope = command.add_mutually_exclusive_group(required=True)
    scope.add_argument("--organisation", metavar="CODE", help="the role is for this organisation")
    scope.add_argument("--area", metavar="CODE", help="the role is for this area and all below it")
    command.add_argument("--household", metavar="CODE", default="", help="a member's own household")


def template(given: argparse.Namespace) -> None:
    from lianjie.project import template as door

    door.write(given.path)
    print(given.path)


def settle(given: argparse.Namespace) -> None:
    for path in (given.book, given.plan):
        if path is not None:
            _there(path)
    from lianjie.project import settle as door

    door.run(given.book, given.out, given.plan, json_output=given.json, say=say)


def case(given: argparse.Namespace) -> None:
    from lianjie.project import case as door

    door.run(given.folder, json_output=given.json)


def demo(given: argparse.Namespace) -> None:
    from lianjie.project import demo as door

    if not given.no_serve:
        _check_port(given.port)
    migrate(given)
    door.build(say)
    if given.no_serve:
        door.check_pages(say)
    else:
        _tell_users()
        serve(given)


def _tell_users() -> None:
    from django.utils.translation import gettext

    from lianjie.pages.words import WORDS
    from lianjie.project.demo.world import PASSWORD, USERS

    names = ", ".join(f"{name} ({gettext(WORDS['role'][role])})" for name, role, *_ in USERS)
    say(gettext("Sign in with the password {password} as {names}.").format(password=PASSWORD, names=names))


def serve(given: argparse.Namespace) -> None:
    import waitress
    from django.conf import settings
    from django.core.management import call_command
    from django.utils.translation import gettext

    _check_port(given.port)
    migrate(given)
    call_command("check", databases=["default"])
    from lianjie.project import worker
    from lianjie.project.recovery import schedule
    from lianjie.project.wsgi import application

    server = waitress.create_server(
        application,
        listen=f"{ADDRESS}:{given.port}",
        threads=4,
        connection_limit=2000,  # browsers keep theirs open; beyond the limit people wait, not their requests
        ident=None,
        max_request_body_size=64 * 1024 * 1024,
        clear_untrusted_proxy_headers=not settings.PROXIES,
    )
    address = f"http://{ADDRESS}:{given.port}/"
    schedule.start(say)
    say(gettext("Open {address} in a browser; Ctrl-C ends it.").format(address=address))
    _tell_setup_code()
    stop = worker.alongside()
    server.run()
    stop.set()


def work(given: argparse.Namespace) -> None:
    from django.core.management import call_command
    from django.utils.translation import gettext

    from lianjie.project import worker

    migrate(given)
    call_command("check", databases=["default"])
    say(gettext("Doing background tasks; Ctrl-C ends it."))
    worker.alone()


def check(given: argparse.Namespace) -> None:
    from django.core.management import call_command

    migrate(given)
    call_command("check", databases=["default"], deploy=True, fail_level="WARNING")


def setup_code(given: argparse.Namespace) -> None:
    from lianjie.facts.actions import accounts

    migrate(given)
    code = accounts.setup_code()
    if code is None:
        raise accounts.SetUpAlready
    print(code)


def _tell_setup_code() -> None:
    from django.utils.translation import gettext

    from lianjie.facts.actions import accounts

    if code := accounts.setup_code():
        say(gettext("There is no account yet. The code for making the first: {code}").format(code=code))


def _check_port(port: int) -> None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((ADDRESS, port))
        except OSError:
            raise PortTaken(port=port, other=port + 1) from None


def books(given: argparse.Namespace) -> None:
    from django.utils.translation import gettext

    from lianjie.ledger.queries import balances, closings

    found = [f"{each.month:%Y-%m} {each.account} {each.good}" for each in balances.differences()]
    found += [text for each in closings.organisations() for text in closings.broken(each)]
    for text in found:
        print(text)
    if found:
        raise BooksDiffer(count=len(found))
    say(gettext("Every sum is what its lines add up to, and every closing stands as it was written."))


def migrate(given: argparse.Namespace) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.utils.translation import gettext

    from lianjie.project.recovery import engines

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    kept = engines.copy_before_migrating()
    if kept:
        say(gettext("A copy of the database as it was is kept in {path}.").format(path=kept))
    call_command("migrate", verbosity=0, interactive=False)


def audit(given: argparse.Namespace) -> None:
    from lianjie.project import audit as door

    migrate(given)
    door.run(seal=not given.no_seal, say=say)


def retention(given: argparse.Namespace) -> None:
    from lianjie.project import retention as door

    migrate(given)
    door.run(erase=given.erase, say=say)


def keys(given: argparse.Namespace) -> None:
    from lianjie.project import keys as door

    migrate(given)
    door.run(given.act, given.id, say=say)


def backup(given: argparse.Namespace) -> None:
    from lianjie.project import recovery

    if given.check:
        _there(given.path)
        recovery.check(given.path, _passphrase(), say=say)
        return
    migrate(given)
    recovery.make(given.path, _passphrase(new=True), say=say)
    print(given.path)


def restore(given: argparse.Namespace) -> None:
    from lianjie.project import recovery

    _there(given.path)
    recovery.restore(given.path, _passphrase(), replace=given.replace, say=say)


def _there(path: Path) -> None:
    if not path.is_file():
        raise NoSuchFile(path=path)


def _passphrase(*, new: bool = False) -> str:
    """From the settings, or typed; twice when it is a new one."""
    from django.conf import settings
    from django.utils.translation import gettext

    if settings.BACKUP_PASSPHRASE:
        return str(settings.BACKUP_PASSPHRASE)
    if new or not sys.stdin.isatty():
        return _new_password(gettext("Passphrase of the backup: "))
    return getpass(gettext("Passphrase of the backup: "))


def areas(given: argparse.Namespace) -> None:
    _there(given.path)
    from django.utils.translation import ngettext

    from lianjie.facts.actions import people

    migrate(given)
    count = people.import_areas(given.path)
    say(ngettext("{count} area was imported.", "{count} areas were imported.", count).format(count=count))


def user(given: argparse.Namespace) -> None:
    from django.contrib.auth import get_user_model
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import transaction
    from django.utils.translation import gettext

    migrate(given)
    user_model = get_user_model()
    users = user_model.objects
    if users.filter(username=given.name).exists():
        raise UserExists(name=given.name)
    password = _new_password()
    try:
        validate_password(password, user_model(username=given.name))
    except ValidationError as weak:
        raise WeakPassword(reasons=" ".join(weak.messages)) from None
    with transaction.atomic():
        made = users.create_user(given.name, password=password)
        _assign(made.pk, given)
    say(gettext("The user “{name}” may sign in.").format(name=given.name))


def grant(given: argparse.Namespace) -> None:
    from django.contrib.auth import get_user_model
    from django.utils.translation import gettext

    migrate(given)
    found = get_user_model().objects.filter(username=given.name).first()
    if found is None:
        raise NoSuchUser(name=given.name)
    _assign(found.pk, given)
    say(gettext("The user “{name}” has the role.").format(name=given.name))


def _new_password(prompt: str = "") -> str:
    """Typed twice at a terminal; the first line of standard input otherwise."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    from django.utils.translation import gettext

    password = getpass(prompt or gettext("Password: "))
    if getpass(gettext("The same again: ")) != password:
        raise PasswordsDiffer
    return password


def _assign(user_id: int, given: argparse.Namespace) -> None:
    from django.utils import timezone

    from lianjie.facts.actions import people

    people.assign(
        user_id,
        given.role,
        organisation=given.organisation,
        area=given.area,
        party=given.household or None,
        start_day=timezone.localdate(),
    )
