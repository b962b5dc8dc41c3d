"""DATABASE_URL and REDIS_URL, as people write them."""

from pathlib import Path

import pytest

from config.addresses import broker_location, database_settings, mail_settings, redis_location


def test_a_database_on_another_host() -> None:
    read = database_settings("postgresql://amparo:p%40ss@db.internal:5433/cases?sslmode=require")
    assert (read["HOST"], read["PORT"], read["NAME"]) == ("db.internal", "5433", "cases")
    assert (read["USER"], read["PASSWORD"]) == ("amparo", "p@ss")
    assert read["OPTIONS"] == {"sslmode": "require"}


def test_a_database_on_a_socket() -> None:
    read = database_settings("postgresql://amparo@/cases?host=%2Fvar%2Frun")
    assert (read["HOST"], read["PORT"], read["OPTIONS"]) == ("/var/run", "", {})


@pytest.mark.parametrize("address", ["mysql://a@b/c", "postgresql://host", "nonsense"])
def test_an_address_that_is_not_one_of_a_database_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL"):
        database_settings(address)


def test_cache_and_queue_use_databases_of_their_own() -> None:
    assert redis_location("redis://:secret@host:6379/0", 1) == "redis://:secret@host:6379/1"
    assert broker_location("rediss://host:6379", 0) == "rediss://host:6379/0"
    assert redis_location("unix://:secret@/run/v.sock", 1) == "unix://:secret@/run/v.sock?db=1"
    assert broker_location("unix://:s%2Fc@/run/v.sock", 0) == "redis+socket://:s%2Fc@/run/v.sock?virtual_host=0"


def test_another_kind_of_queue_is_refused() -> None:
    with pytest.raises(ValueError, match="REDIS_URL"):
        redis_location("amqp://host", 0)


def test_mail_goes_by_a_server_or_by_a_providers_interface() -> None:
    server = mail_settings("smtp+starttls://user:p%40ss@mail.example:2525", Path("mail"))
    assert (server["HOST"], server["PORT"], server["PASSWORD"], server["STARTTLS"]) == (
        "mail.example",
        2525,
        "p@ss",
        True,
    )
    provider = mail_settings("anymail+mailgun://Key-1@mg.office.example", Path("mail"))
    assert provider["BACKEND"] == "anymail.backends.mailgun.EmailBackend"
    assert provider["ANYMAIL"]["MAILGUN_API_KEY"] == "Key-1"
    assert provider["ANYMAIL"]["MAILGUN_SENDER_DOMAIN"] == "mg.office.example"


@pytest.mark.parametrize("address", ["smtp://", "pigeon://x", "anymail+pigeon://k@x", "anymail+mailjet://k@mailjet"])
def test_mail_by_no_way_that_is_known_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="AMPARO_MAIL"):
        mail_settings(address, Path("mail"))
