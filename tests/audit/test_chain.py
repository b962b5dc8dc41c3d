"""What commits is sealed; what is changed, removed, moved or put in afterwards is found, and the first is named."""

import io
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections, transaction

from accounts.models import User
from audit.anchoring import anchor_heads, anchors_file, heads
from audit.chain import LINK
from audit.models import Act, Entry, Link
from audit.services import note
from audit.verifying import Anchor, Finding, anchors_of, findings
from tests.audit.conftest import Session
from tests.cast import Cast, make_cast


def sql(statement: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def seal() -> None:
    """What a commit does."""
    sql("SET CONSTRAINTS audit_seal IMMEDIATE")
    sql("SET CONSTRAINTS audit_seal DEFERRED")


@contextmanager
def undone() -> Iterator[None]:
    """What is done within is not there afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def found(anchors: list[Anchor] | None = None) -> list[Finding]:
    with transaction.atomic():
        return list(findings(anchors or []))


@pytest.fixture
def chain(cast: Cast, at_work: Session) -> int:
    """Five transactions of one organization after the cast's own and nobody's; gives the number of its chain."""
    note(act=Act.SIGN_IN_REFUSED)
    seal()
    with at_work(cast.attorney):
        for number in range(5):
            note(act=Act.READ, thing=f"page {number}", families=[number], detail={"number": number})
            note(act=Act.LISTED, thing="list", families=[1, 2], persons=[3])
            seal()
    return cast.organization.pk


def test_a_transaction_is_one_link_of_each_chain(chain: int, cast: Cast) -> None:
    links = list(Link.objects.filter(chain=chain).order_by("seq"))
    assert [link.seq for link in links] == list(range(1, len(links) + 1))
    assert [link.entries for link in links[-5:]] == [2] * 5
    assert [bytes(link.previous) for link in links[1:]] == [bytes(link.hash) for link in links[:-1]]
    assert {cast.organization.pk, cast.other_organization.pk} <= set(Link.objects.values_list("chain", flat=True))
    assert found() == []


@pytest.mark.parametrize(
    "tampering",
    [
        f"UPDATE audit_entry SET {column} = {value} WHERE id = %s"
        for column, value in {
            "at": "at + interval '1 microsecond'",
            "organization_id": "organization_id + 1",
            "transaction": "transaction + 1",
            "actor_id": "NULL",
            "by": "by || ' '",
            "request": "'x'",
            "act": "'listed'",
            "thing": "'page 3'",
            "thing_id": "7",
            "families": "'{}'",
            "persons": "'{NULL}'",
            "before": "'null'",
            "after": "'{}'",
            "detail": "detail || '{\"number\": 9}'",
            "reason": "'because'",
        }.items()
    ],
)
def test_a_changed_byte_is_found_where_it_is(chain: int, tampering: str) -> None:
    entry = Entry.objects.get(thing="page 2")
    link = Link.objects.get(chain=chain, first=entry.pk)
    sql(tampering, entry.pk)
    assert (chain, link.seq) in {(one.chain, one.seq) for one in found()}


@pytest.mark.parametrize("column", [field.column for field in Link._meta.fields if field.column != "id"])
def test_a_changed_link_is_found(chain: int, column: str) -> None:
    link = Link.objects.filter(chain=chain).order_by("seq")[2]
    change = {
        "at": "at + interval '1 second'",
        "digest": "sha256(digest)",
        "previous": "sha256(previous)",
        "hash": "sha256(hash)",
    }
    sql(f"UPDATE audit_link SET {column} = {change.get(column, f'{column} + 1000')} WHERE id = %s", link.pk)
    assert found()


def test_a_link_that_is_whole_in_itself_but_follows_another_is_found(chain: int) -> None:
    link = Link.objects.filter(chain=chain).order_by("seq")[2]
    sql("UPDATE audit_link SET previous = sha256(previous) WHERE id = %s", link.pk)
    sql(f"UPDATE audit_link AS l SET hash = {LINK} WHERE id = %s", link.pk)
    assert (chain, link.seq, "the link does not follow the one before it") in {
        (one.chain, one.seq, one.what) for one in found()
    }


def test_removed_reordered_inserted_and_back_dated_entries_are_found(chain: int) -> None:
    entry, other = Entry.objects.get(thing="page 1"), Entry.objects.get(thing="page 3")
    tamperings = [
        [f"DELETE FROM audit_entry WHERE id = {entry.pk}"],
        [f"DELETE FROM audit_link WHERE first = {entry.pk}"],
        [
            f"UPDATE audit_entry SET thing = '{other.thing}', families = '{{3}}' WHERE id = {entry.pk}",
            f"UPDATE audit_entry SET thing = '{entry.thing}', families = '{{1}}' WHERE id = {other.pk}",
        ],
        [
            "INSERT INTO audit_entry (at, organization_id, act, transaction)"
            f" VALUES (now() - interval '9 days', {chain}, 'read', {entry.transaction - 1})"
        ],
        [
            "INSERT INTO audit_entry (id, at, organization_id, act, transaction) OVERRIDING SYSTEM VALUE"
            f" VALUES (-1, now() - interval '9 days', {chain}, 'read', {entry.transaction})"
        ],
        ["TRUNCATE audit_entry"],
    ]
    for statements in tamperings:
        with undone():
            for statement in statements:
                sql(statement)
            assert found(), statements
    assert found() == []


def test_anchors_find_what_the_chain_alone_cannot_tell(chain: int) -> None:
    anchored = heads()
    last = Link.objects.filter(chain=chain).latest("seq")
    with undone():
        sql("DELETE FROM audit_entry WHERE id BETWEEN %s AND %s", last.first, last.last)
        sql("DELETE FROM audit_link WHERE id = %s", last.pk)
        assert found() == []
        assert [(one.chain, one.seq) for one in found(anchored)] == [(chain, last.seq)]
    with undone():
        sql("TRUNCATE audit_entry, audit_link")
        assert len(found(anchored)) == len(anchored)
    assert found(anchored) == []


def test_a_trigger_that_is_switched_off_is_found(chain: int) -> None:
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE families_person DISABLE TRIGGER audit_update")
    assert "audit_update of families_person" in found()[0].what


def test_the_command_says_what_is_first_and_exits_with_one(chain: int, tmp_path: Path) -> None:
    entry = Entry.objects.get(thing="page 2")
    link = Link.objects.get(chain=chain, first=entry.pk)
    anchors = tmp_path / "anchors"
    anchors.write_text("".join(json.dumps(head._asdict()) + "\n" for head in heads()) + '{"chain": 1, "se')
    told = io.StringIO()
    call_command("verify_audit", anchors=anchors, stdout=told)
    assert "The trace is whole" in told.getvalue()
    sql("UPDATE audit_entry SET thing = 'page 8' WHERE id = %s", entry.pk)
    with pytest.raises(CommandError, match=f"chain {chain}, link {link.seq}, entry {entry.pk}: an entry was changed"):
        call_command("verify_audit", anchors=anchors, stdout=told, stderr=told)
    anchors.write_text('{"chain": 1}\n')
    with pytest.raises(CommandError, match="line 1 is no anchor"):
        call_command("verify_audit", anchors=anchors)


def test_heads_are_written_once_and_appended(chain: int, settings: object, tmp_path: Path) -> None:
    settings.AMPARO_ANCHORS = tmp_path / "anchors"  # type: ignore[attr-defined]
    chains = len(heads())
    assert anchor_heads() == chains >= 2
    assert anchor_heads() == 0
    assert oct(anchors_file().stat().st_mode)[-3:] == "600"
    with anchors_file().open("a") as file:
        file.write('{"chain": 1')  # the machine stopped here
    note(act=Act.SIGN_IN_REFUSED)
    seal()
    assert anchor_heads() == 1
    with anchors_file().open() as lines:
        anchors = list(anchors_of(lines))
    assert len(anchors) == chains + 1
    assert found(anchors) == []


@pytest.mark.django_db(transaction=True)
def test_transactions_at_the_same_time_make_one_chain_without_gaps(at_work: Session) -> None:
    cast = make_cast()
    errors: list[BaseException] = []

    def work(actor: User) -> None:
        try:
            for number in range(10):
                with at_work(actor), transaction.atomic():
                    note(act=Act.READ, families=[number])
                    with connection.cursor() as cursor:  # and one of another chain, in either order
                        cursor.execute("INSERT INTO audit_entry (organization_id, act) VALUES (NULL, 'signed_out')")
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    people = [cast.attorney, cast.paralegal, cast.other_attorney, cast.supervisor]
    threads = [threading.Thread(target=work, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert found() == []
    assert Entry.objects.filter(act=Act.READ, organization_id=cast.organization.pk).count() == 30
    links: Callable[[int], list[int]] = lambda chain: list(  # noqa: E731
        Link.objects.filter(chain=chain).order_by("seq").values_list("seq", flat=True)
    )
    assert links(cast.organization.pk) == list(range(1, len(links(cast.organization.pk)) + 1))


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_older_than_the_head_is_told_to_try_again(at_work: Session) -> None:
    note(act=Act.READ)

    def elsewhere() -> None:
        note(act=Act.READ)
        connections.close_all()

    @transaction.atomic
    def late() -> None:
        sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        Entry.objects.count()
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        note(act=Act.READ)

    with pytest.raises(OperationalError, match=r"moved on|could not serialize"):
        late()
