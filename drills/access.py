"""Who may see and do what: every address and verb, each role of two organizations, own, foreign and walled keys."""

import argparse
import itertools
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from http.cookies import SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import urlencode

from drills.ground import Ground, Web
from drills.telling import Telling

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
WHOLE, SMALL = 40_000, 800
OVER_HTTP, OVER_HTTP_SMALL = 1_200, 60
ANONYMOUS = "anonymous"
UNSEEN = {"foreign key", "walled key", "missing key"}  # of these, one must be answered as the others
# Names under which a query or a body could say whose rows are meant.
NAMES = (
    "family",
    "person",
    "screening",
    "attorney",
    "paralegal",
    "user",
    "organization",
    "pk",
    "back",
    "search",
    "sort",
)
# What a refused request may write: that it was refused or tried, and that somebody is still there.
BOOKS = ("audit_", "django_session", "usersessions_", "accounts_receipt", "accounts_tally")


class Probe(NamedTuple):
    """One request; `where` says in words whose key stands where in it."""

    actor: str
    address: str
    verb: str
    path: str
    body: Mapping[str, Any]
    where: str


def main(argv: list[str]) -> int:
    """The drill; see docs/drills.md. Gives its exit status."""
    telling = Telling("access", __doc__ or "", argv, _options)
    telling.count(leaked=0)
    with Ground() as ground:
        drill = Access(telling)
        drill.in_this_process()
        with ground.web() as web:
            drill.over_http(web)
        drill.conclude()
    return telling.end()


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--every", action="store_true", help="every probe there is, which takes over an hour")


class Access:
    """The two sides, who probes, and what each of them may see."""

    def __init__(self, telling: Telling) -> None:
        from drills import canaries, routes
        from tests.factories import DAY

        self.telling = telling
        self.routes = routes.classified()
        self.path_of = routes.path_of
        self.sides = {name: canaries.make_side(name) for name in canaries.SIDES}
        self.all = {
            (side, zone): canaries.canary(side, zone).encode()
            for side in canaries.SIDES
            for zone in (*canaries.ZONES, canaries.OFFICE)
        }
        self.word, self.missing, self.day = canaries.word, canaries.MISSING, DAY
        self.actors = {
            f"{role} {side.name}": user for side in self.sides.values() for role, user in side.people.items()
        }
        self.may_see = {name: set(self._zones(name)) for name in [*self.actors, ANONYMOUS]}
        self.seen: set[tuple[str, str]] = set()
        self.asked: set[str] = set()
        self.unseen: dict[tuple[str, str, str], tuple[str, int, bytes]] = {}
        self.parameters = described_parameters(self.routes, telling)
        texts = {text for side in self.sides.values() for text in side.texts}
        telling.say(f"{len(self.actors)} people of two offices, canaries in {len(texts)} kinds of text")

    def _zones(self, name: str) -> Iterator[tuple[str, str]]:
        role, _, side = name.partition(" ")
        if name == ANONYMOUS:
            return
        yield side, "office"
        if role in {"paralegal", "attorney", "supervisor", "volunteer"}:
            yield side, "open"
        if role in {"paralegal", "attorney", "supervisor"}:
            yield side, "shut"

    # --- what is asked ---

    def probes(self) -> Iterator[Probe]:
        """Every probe there is."""
        for name, (address, route) in itertools.product([*self.actors, ANONYMOUS], self.routes.items()):
            for verb in VERBS:
                for where, path, body in self._aims(name, address, route.key, verb):
                    yield Probe(name, address, verb, path, body, where)

    def _aims(self, name: str, address: str, kind: str, verb: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """The paths, queries and bodies of a probe: whose key stands where."""
        own = name.partition(" ")[2] or "here"
        other = "there" if own == "here" else "here"
        keys = {"own": self._key(own, "open", kind), "foreign": self._key(other, "open", kind), "missing": self.missing}
        keys |= {"walled": self._key(own, "walled", kind), "shut": self._key(own, "shut", kind)}
        if "<" in address:
            for whose, key in keys.items():
                yield f"{whose} key", self._path(address, key), {}
            yield "foreign body", self._path(address, keys["own"]), self._body(other, "open")
            return
        yield "plain", self._path(address, 0), {}
        if verb in SAFE:
            for parameter in self.parameters.get(address, NAMES):
                for side, zone in ((other, "open"), (own, "walled")):
                    value = self._value(side, zone, parameter)
                    yield f"{parameter} {zone}", f"{self._path(address, 0)}?{urlencode({parameter: value})}", {}
        else:
            for side, zone in ((own, "open"), (own, "walled"), (own, "shut"), (other, "open"), (other, "walled")):
                yield f"body {side} {zone}", self._path(address, 0), self._body(side, zone)

    def _key(self, side: str, zone: str, kind: str) -> int:
        """A row of the zone; what belongs to no family has only the one of the office, which stands for an open one."""
        keys = self.sides[side].keys
        return keys[zone].get(kind) or (keys["office"].get(kind) if zone == "open" else None) or self.missing

    def _path(self, address: str, key: int) -> str:
        names = dict.fromkeys(re.findall(r"<\w+:(\w+)>", address), key)
        return self.path_of(address, **names)

    def _value(self, side: str, zone: str, parameter: str) -> str:
        if parameter in {"search", "text", "q", "back"}:
            return self.word(side, zone)
        if parameter in {"sort", "page", "page_size", "next"}:
            return {"sort": "organization__name", "next": "//elsewhere.example"}.get(parameter, "2")
        people = self.sides[side].people
        if parameter in people:
            return str(people[parameter].pk)
        if parameter == "user":
            return str(people["paralegal"].pk)
        if parameter == "organization":
            return str(self.sides[side].organization.pk)
        return str(self._key(side, zone, parameter if parameter != "pk" else "family"))

    def _body(self, side: str, zone: str) -> Mapping[str, Any]:
        """A form or an object that names rows of one side, with everything a write could want."""
        given = {name: self._value(side, zone, name) for name in ("family", "person", "user", "attorney", "paralegal")}
        words = {
            "text": self.word(side, zone),
            "reason": "a reason",
            "key": "k",
            "version": 1,
            "confirm": "1",
            "save": "1",
        }
        return {**given, **words, "basis": "reevaluation", "status": "scheduled", "interview_on": "2019-03-20"}

    # --- asking in this process, under the application role ---

    def in_this_process(self) -> None:
        """All probes through Django itself, each in a transaction that is taken back."""
        from django.conf import settings
        from django.test import Client

        from config.database.addresses import APPLICATION
        from drills.office import signed_in

        settings.AMPARO_TODAY = self.day
        # The drill takes longer than a sign-in is fresh, and what is rolled back includes that somebody was there.
        settings.FRESH_SIGN_IN_AGE = settings.SESSION_IDLE_AGE = settings.SESSION_COOKIE_AGE
        settings.AMPARO_DATABASE_ROLE = APPLICATION  # this process is the owner's; its requests are not
        clients = {name: signed_in(user) for name, user in self.actors.items()}
        clients[ANONYMOUS] = Client(SERVER_NAME="localhost", raise_request_exception=False)
        self.cookies = {
            name: {key: part.value for key, part in client.cookies.items()} for name, client in clients.items()
        }
        probes = list(self.probes())
        self.telling.say(f"{len(probes)} probes of {len(self.routes)} addresses")
        if not self.telling.options.every:
            probes = self._some(probes)
            self.telling.say(f"{len(probes)} of them are tried")
        before = contents()
        for number, probe in enumerate(probes):
            self._probe(clients[probe.actor], probe, before)
            if number % 5000 == 4999:
                self.telling.say(f"{number + 1} probes")

    def _some(self, probes: Sequence[Probe]) -> list[Probe]:
        """Some of the probes, by a fixed seed: of every address and verb at least one. But in the small drill, of each
        of them one by every person and one with a key in every place, and all with keys that must look like missing."""
        chance, small = random.Random(7), self.telling.small
        mixed = chance.sample(range(len(probes)), len(probes))
        some: dict[tuple[str, ...], int] = {}
        for number in mixed:
            probe = probes[number]
            # The small drill takes one verb for all that ask and one for all that write beside GET and POST.
            kind = "reads" if probe.verb in SAFE else "writes"
            asked = probe.address, kind if small and probe.verb not in ("GET", "POST") else probe.verb
            some[asked] = number
            if not small:
                some[*asked, probe.actor] = some[*asked, probe.where] = number
                if probe.where in UNSEEN:
                    some[*asked, probe.actor, probe.where] = number
        chosen = set(some.values())
        rest = [number for number in mixed if number not in chosen]
        more = max(0, (SMALL if small else WHOLE) - len(chosen))
        return [probes[number] for number in [*sorted(chosen), *rest[:more]]]

    def _probe(self, client: Any, probe: Probe, before: Mapping[str, Any]) -> None:
        from django.db import transaction

        client.cookies = SimpleCookie(self.cookies[probe.actor])
        with transaction.atomic():
            answer = client.generic(probe.verb, probe.path, **_sent(probe))
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            refused = answer.status_code >= 400 or probe.verb in SAFE
            if refused and has_written():
                self._compare(probe, answer.status_code, before)
            transaction.set_rollback(True)
        self._judge(probe, answer.status_code, content, str(dict(answer.headers)))

    def _compare(self, probe: Probe, status: int, before: Mapping[str, Any]) -> None:
        changed = [name for name, found in contents().items() if found != before[name] and not name.startswith(BOOKS)]
        if changed:
            self.telling.fault(f"{_told(probe)} was answered {status}, and wrote in {changed}")

    def _judge(self, probe: Probe, status: int, answer: bytes, headers: str) -> None:
        """Hold one answer to what this person may see and do."""
        self.telling.count(tried=1)
        self.asked.add(probe.address)
        self._remember(probe, status, answer)
        text = answer.lower() + headers.lower().encode()
        for zone, sign in self.all.items():
            if sign in text:
                if zone in self.may_see[probe.actor]:
                    self.seen.add(zone)
                elif self._reads_trace(probe) and zone in self._told_by_trace(probe.actor):
                    continue
                else:
                    self.telling.count(leaked=1)
                    self.telling.fault(f"{_told(probe)} was answered {status} with a text of {' '.join(zone)}")
        # Nobody sends reminders here, and that is what this address says with 503.
        if status >= 500 and (probe.address, status) != ("health/reminders/", 503):
            self.telling.fault(f"{_told(probe)} was answered {status}")
        elif status < 300 and not self._may(probe):
            self.telling.count(leaked=1)
            self.telling.fault(f"{_told(probe)} was answered {status}, though the table does not say that they may")

    def _reads_trace(self, probe: Probe) -> bool:
        """Whether this is the trace, asked for by who may read it: the history of the office, without its cases."""
        from accounts.permissions import Permission

        asks = self.routes[probe.address].verbs.values()
        return Permission.AUDIT_TRAIL_VIEW in asks and self._may(probe)

    def _told_by_trace(self, name: str) -> set[tuple[str, str]]:
        """Whose texts the trace tells: those of one's own office; of a family behind a wall, not even there."""
        side = name.partition(" ")[2]
        return {(side, "open"), (side, "shut")}

    def _remember(self, probe: Probe, status: int, answer: bytes) -> None:
        """Of a key that is foreign, walled off or missing: all three must be answered in the same way."""
        if probe.where not in UNSEEN:
            return
        # Keys and what is new in each answer (tokens) are no difference.
        shape = re.sub(rb"[0-9a-zA-Z]{32,}|[0-9]+", b"#", answer)
        first = self.unseen.setdefault((probe.actor, probe.address, probe.verb), (probe.where, status, shape))
        if first[1:] != (status, shape):
            self.telling.count(leaked=1)
            differs = _first_difference(first[2], shape)
            self.telling.fault(
                f"{_told(probe)} was answered {status}, otherwise than {first[0]} ({first[1]}): {differs}"
            )

    def _may(self, probe: Probe) -> bool:
        """Whether the table of addresses and the table of permissions let this person ask this."""
        from accounts.permissions import Permission, allows
        from drills.routes import Entrance

        verbs = self.routes[probe.address].verbs
        asked = verbs.get("GET" if probe.verb in {"HEAD", "OPTIONS"} else probe.verb)
        if asked is None and probe.verb == "OPTIONS":
            return True
        if isinstance(asked, Permission):
            return probe.actor in self.actors and allows(self.actors[probe.actor], asked)
        return asked is Entrance.ANYBODY or (asked is not None and probe.actor in self.actors)

    # --- asking real web workers ---

    def over_http(self, web: Web) -> None:
        """A share of the probes over HTTP: the same person, real workers, their own connection to PostgreSQL."""
        from drills.office import session_of
        from drills.web import Browser, Cut

        browsers = {name: Browser(web.port, session_of(user)) for name, user in self.actors.items()}
        browsers[ANONYMOUS] = Browser(web.port)
        # Whether reminders run behind, which all pages tell, is judged otherwise there: like is compared with like.
        self.unseen.clear()
        for probe in self._some_over_http():
            try:
                answer = browsers[probe.actor].ask(probe.verb, probe.path)
            except Cut:  # the server had closed a line that was long idle
                answer = browsers[probe.actor].ask(probe.verb, probe.path)
            self.telling.count(over_http=1)
            self._judge(probe, answer.status, answer.body, str(answer.headers))

    def _some_over_http(self) -> Iterator[Probe]:
        """Probes that read, by a fixed seed, each with all its keys, since these are compared."""
        groups: dict[tuple[str, str, str], list[Probe]] = {}
        for probe in self.probes():
            if probe.verb in SAFE:
                groups.setdefault((probe.actor, probe.address, probe.verb), []).append(probe)
        most = OVER_HTTP_SMALL if self.telling.small else OVER_HTTP
        mixed = random.Random(8).sample(list(groups.values()), len(groups))
        return itertools.islice(itertools.chain.from_iterable(mixed), most)

    def conclude(self) -> None:
        """All addresses were asked, and every canary was seen by somebody who may see it."""
        self.telling.figures |= {"routes": len(self.asked), "routes_total": len(self.routes)}
        for missing in sorted(set(self.routes) - self.asked):
            self.telling.fault(f"{missing} was not asked")
        for zone in sorted(set().union(*self.may_see.values()) - self.seen):
            self.telling.fault(f"nobody saw the texts of {' '.join(zone)}: the drill is blind there")


def _sent(probe: Probe) -> dict[str, Any]:
    if not probe.body and probe.verb in SAFE:
        return {}
    if probe.path.startswith("/api/"):
        return {"data": json.dumps(probe.body), "content_type": "application/json", "headers": {"Idempotency-Key": "k"}}
    return {"data": urlencode(probe.body, doseq=True), "content_type": "application/x-www-form-urlencoded"}


def _first_difference(one: bytes, other: bytes) -> str:
    """Where two answers part, with a few words around it."""
    at = next((number for number, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return " against ".join(repr(answer[max(0, at - 30) : at + 60].decode(errors="replace")) for answer in (one, other))


def _told(probe: Probe) -> str:
    return f"{probe.actor}: {probe.verb} {probe.address or '/'} ({probe.where})"


def has_written() -> bool:
    """Whether the transaction has written anything at all."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
        (found,) = cursor.fetchone()
    return bool(found)


def contents() -> dict[str, tuple[int, int]]:
    """For every table how many rows it has, and a sum over all that stands in them."""
    from django.db import connection

    tables = sorted(connection.introspection.table_names())
    found = {}
    with connection.cursor() as cursor:
        for name in tables:
            table = connection.ops.quote_name(name)
            cursor.execute(f"SELECT count(*), coalesce(sum(hashtext(t::text)), 0) FROM {table} t")  # noqa: S608
            found[name] = cursor.fetchone()
    return found


def described_parameters(routes: Mapping[str, Any], telling: Telling) -> dict[str, list[str]]:
    """The names of query parameters of the API's addresses, after its OpenAPI file; what is only there is a fault."""
    from drf_spectacular.generators import SchemaGenerator

    generator: Any = SchemaGenerator
    parameters: dict[str, list[str]] = {}
    for path, verbs in generator().get_schema(public=True)["paths"].items():
        address = re.sub(r"\{\w+\}", "<int:pk>", path).lstrip("/")
        for verb, operation in verbs.items():
            if address not in routes or verb.upper() not in routes[address].verbs:
                telling.fault(f"{verb.upper()} {path} is described, but not classified")
            names = [part["name"] for part in operation.get("parameters", []) if part["in"] == "query"]
            parameters.setdefault(address, []).extend([*names, "organization"])
    return parameters
