"""The pages of the intake sheet: nothing is written before it was seen, nothing twice, and nobody sees another's."""

import csv
import datetime
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from config import clock
from families.intake import jobs
from families.intake.jobs import due_jobs, forget_unconfirmed, import_job_confirm, import_job_create, run_job
from families.intake.models import ImportJob
from families.models import Family
from families.tasks import run_import_job, sweep_import_jobs
from tests.cast import Cast
from tests.intake.sheets import child, parent, write_csv

pytestmark = pytest.mark.django_db
KEY = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    """A sheet with a family that is right and one that is not."""
    rows = [parent(), child(parent_refs="p1"), parent("F2", notes="=1+1"), child("F2", birth_date="5/14/86")]
    return write_csv(tmp_path / "a.csv", rows).read_bytes()


@pytest.fixture
def signed_in(client: Client, cast: Cast) -> Client:
    client.force_login(cast.paralegal)
    return client


def upload(client: Client, content: bytes, *, name: str = "families.csv", key: str = KEY) -> Any:
    return client.post(reverse("intake"), {"file": SimpleUploadedFile(name, content), "key": key})


def state_of(pk: int) -> str:
    return ImportJob.objects.get(pk=pk).state


def test_a_sheet_from_the_first_look_to_the_record(signed_in: Client, cast: Cast, content: bytes) -> None:
    response = upload(signed_in, content)
    job = ImportJob.objects.get()
    page = reverse("intake-sheet", args=[job.pk])
    assert (response.status_code, response["Location"]) == (302, page)
    assert "hx-get" in signed_in.get(page).content.decode()

    run_job(job.pk)
    assert not Family.objects.exists()
    looked_at = signed_in.get(page).content.decode()
    assert "Nothing is written yet" in looked_at
    assert "two digits" in looked_at
    assert "bring it in" not in looked_at
    assert "confirmed as a whole by an attorney or a supervisor who did not bring it" in looked_at

    confirm = reverse("intake-import", args=[job.pk])
    assert signed_in.post(confirm).status_code == 403
    assert state_of(job.pk) == "looked_at"
    second = Client()
    second.force_login(cast.attorney)
    assert "Confirm and bring it in" in second.get(page).content.decode()
    assert "families.csv" in second.get(reverse("proposals")).content.decode()
    assert second.post(confirm)["Location"] == page
    assert state_of(job.pk) == "import_due"
    assert second.post(confirm).status_code == 302
    run_job(job.pk)
    assert state_of(job.pk) == "imported"
    assert [family.reference for family in Family.objects.all()] == ["F1"]
    assert second.post(confirm).status_code == 302
    run_job(job.pk)
    assert state_of(job.pk) == "imported"
    assert ImportJob.objects.get().file is None
    assert "bring it in" not in second.get(page).content.decode()
    job.refresh_from_db()
    assert (job.user, job.confirmed_by) == (cast.paralegal, cast.attorney)
    assert Entry.objects.get(act="confirmed").thing_id == job.pk
    assert Family.objects.get().history.get().history_user == cast.attorney
    assert "families.csv" in signed_in.get(reverse("intake")).content.decode()


def test_the_refused_rows_come_back_safe_for_a_spreadsheet(signed_in: Client, cast: Cast, content: bytes) -> None:
    upload(signed_in, content)
    job = ImportJob.objects.get()
    assert signed_in.get(reverse("intake-refused", args=[job.pk])).status_code == 404
    assert signed_in.get(reverse("intake-report", args=[job.pk])).status_code == 404
    run_job(job.pk)
    response = signed_in.get(reverse("intake-refused", args=[job.pk]))
    assert response["Content-Disposition"] == f'attachment; filename="refused-{job.pk}.csv"'
    text = response.content.decode()
    assert text.startswith("\ufefffamily_ref,")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [(row["person_ref"], row["notes"]) for row in rows] == [("p1", "'=1+1"), ("c1", "")]
    report = json.loads(signed_in.get(reverse("intake-report", args=[job.pk])).content)
    assert report["families"] == {"created": 1, "changed": 0, "unchanged": 0, "conflict": 0, "refused": 1}

    upload(signed_in, text.replace("5/14/86", "5/14/1986").encode(), key="22222222-2222-4333-8444-555555555555")
    mended = ImportJob.objects.latest("pk")
    run_job(mended.pk)
    import_job_confirm(actor=cast.supervisor, pk=mended.pk)
    run_job(mended.pk)
    assert Family.objects.get(reference="F2").persons.get(reference="p1").notes == "=1+1"


def test_two_clicks_are_one_sheet(signed_in: Client, content: bytes) -> None:
    first, second = upload(signed_in, content), upload(signed_in, content)
    assert first["Location"] == second["Location"]
    assert ImportJob.objects.count() == 1


def test_another_file_from_the_same_page_is_another_sheet(signed_in: Client, content: bytes) -> None:
    """Browsers keep the hidden key when somebody goes back to choose the mended file."""
    first, mended = upload(signed_in, content), upload(signed_in, content.replace(b"5/14/86", b"1986-05-14"))
    assert first["Location"] != mended["Location"]
    assert ImportJob.objects.count() == 2


def test_the_address_of_the_button_only_shows_the_sheet(signed_in: Client, content: bytes) -> None:
    upload(signed_in, content)
    job = ImportJob.objects.get()
    run_job(job.pk)
    address = reverse("intake-import", args=[job.pk])
    assert signed_in.get(address)["Location"] == reverse("intake-sheet", args=[job.pk])
    assert state_of(job.pk) == "looked_at"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "first row is empty"),
        (b"hello", "no column"),
        (b"\x89PNG\x00", "UTF-8"),
        (b"PK\x03\x04", "not a sheet"),
        (b"family_ref,person_ref,role,given_names,family_names,Role\n", "read alike"),
    ],
)
def test_a_file_that_is_no_sheet_is_told_at_once(signed_in: Client, content: bytes, words: str) -> None:
    response = upload(signed_in, content)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not ImportJob.objects.exists()


def test_a_form_without_a_file_or_with_a_bad_key_is_told(signed_in: Client, content: bytes) -> None:
    assert "Choose a file first" in signed_in.post(reverse("intake"), {"key": KEY}).content.decode()
    assert upload(signed_in, content, key="nonsense").status_code == 422


def test_a_file_that_is_too_big_is_not_taken_in(
    signed_in: Client, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("families.intake.uploading.UPLOAD_BYTES", 100)
    monkeypatch.setattr("families.intake.uploading.FORM_BYTES", 300)
    monkeypatch.setattr("django.core.files.uploadhandler.MemoryFileUploadHandler.file_complete", pytest.fail)
    response = upload(signed_in, content * 10)
    assert response.status_code == 422
    assert "bigger than 25 MB" in response.content.decode()


def test_a_row_that_makes_the_file_unreadable_is_told_on_the_page(signed_in: Client, content: bytes) -> None:
    upload(signed_in, content + b"F3,p1,mother,A,B,,,,too,long\n")
    job = ImportJob.objects.get()
    run_job(job.pk)
    text = signed_in.get(reverse("intake-sheet", args=[job.pk])).content.decode()
    assert "longer than the header" in text
    assert (state_of(job.pk), ImportJob.objects.get().file) == ("unreadable", None)


def test_the_page_follows_by_itself(signed_in: Client, content: bytes) -> None:
    upload(signed_in, content)
    job = ImportJob.objects.get()
    ImportJob.objects.update(state="looking", rows=4, families=1, of_families=2)
    page = reverse("intake-sheet", args=[job.pk])
    fragment = signed_in.get(page, headers={"HX-Request": "true"})
    assert 'max="2" value="1"' in fragment.content.decode()
    assert "HX-Refresh" not in fragment
    ImportJob.objects.update(state="looked_at")
    assert signed_in.get(page, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_who_may_and_whose(client: Client, cast: Cast, content: bytes) -> None:
    assert client.get(reverse("intake")).status_code == 302
    client.force_login(cast.paralegal)
    upload(client, content)
    job = ImportJob.objects.get()
    run_job(job.pk)
    for actor in (cast.attorney, cast.supervisor):
        client.force_login(actor)
        assert client.get(reverse("intake-sheet", args=[job.pk])).status_code == 200
    client.force_login(cast.other_supervisor)
    assert "families.csv" not in client.get(reverse("intake")).content.decode()
    for name in ("intake-sheet", "intake-refused", "intake-report"):
        assert client.get(reverse(name, args=[job.pk])).status_code == 404
    assert client.post(reverse("intake-import", args=[job.pk])).status_code == 404
    assert state_of(job.pk) == "looked_at"


def test_pages_stay_within_few_queries(signed_in: Client, tmp_path: Path, django_assert_max_num_queries: Any) -> None:
    rows = [parent(f"F{number}", role="aunt") for number in range(150)]
    upload(signed_in, write_csv(tmp_path / "many.csv", rows).read_bytes())
    job = ImportJob.objects.get()
    run_job(job.pk)
    with django_assert_max_num_queries(8):
        first = signed_in.get(reverse("intake-sheet", args=[job.pk]))
    assert first.content.decode().count("aunt") == 200  # a hundred rows of the report, each with value and sentence
    assert "F149" in signed_in.get(reverse("intake-sheet", args=[job.pk]), {"page": "2"}).content.decode()
    assert signed_in.get(reverse("intake-sheet", args=[job.pk]), {"page": "zzz"}).status_code == 200
    with django_assert_max_num_queries(8):
        signed_in.get(reverse("intake"))


def test_nobody_confirms_the_sheet_they_brought(cast: Cast, content: bytes) -> None:
    pk = import_job_create(actor=cast.attorney, file_name="a.csv", file=content, key=None)
    run_job(pk)
    for actor in (cast.attorney, cast.paralegal):
        with pytest.raises(PermissionDenied):
            import_job_confirm(actor=actor, pk=pk)
    with pytest.raises(Http404):
        import_job_confirm(actor=cast.other_supervisor, pk=pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportJob.objects.update(confirmed_by=cast.attorney)
    assert state_of(pk) == "looked_at"
    import_job_confirm(actor=cast.supervisor, pk=pk)
    assert state_of(pk) == "import_due"


# --- in the background ---


@pytest.fixture
def job(cast: Cast, content: bytes) -> ImportJob:
    pk = import_job_create(actor=cast.paralegal, file_name="a.csv", file=content, key=None)
    return ImportJob.objects.get(pk=pk)


def test_a_job_that_nobody_heard_is_found_by_the_sweep(job: ImportJob) -> None:
    assert due_jobs(job.organization_id) == [job.pk]
    run_job(job.pk)
    assert due_jobs(job.organization_id) == []


@pytest.mark.django_db(transaction=True)
def test_losing_the_queue_loses_no_sheet(cast: Cast, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Redis the sheet is taken all the same, and waits for the sweep."""
    ring = run_import_job.apply_async
    away = run_import_job.app.connection_for_write("redis+socket:///nowhere/at/all.sock")
    rung: list[Any] = []

    def ring_in_vain(arguments: Any, **options: Any) -> None:
        rung.append(arguments)
        ring(arguments, connection=away, **options)

    monkeypatch.setattr(run_import_job, "apply_async", ring_in_vain)
    pk = import_job_create(actor=cast.paralegal, file_name="a.csv", file=content, key=None)
    assert rung == [(cast.organization.pk, pk)]
    assert state_of(pk) == "look_due"
    assert due_jobs(cast.organization.pk) == [pk]


def test_a_job_is_done_by_one_worker_at_a_time(job: ImportJob) -> None:
    ImportJob.objects.update(state="looking", attempts=1, leased_until=clock.now() + jobs.LEASE)
    run_job(job.pk)
    assert state_of(job.pk) == "looking"
    assert due_jobs(job.organization_id) == []


def test_a_job_whose_worker_is_gone_is_taken_over(job: ImportJob) -> None:
    ImportJob.objects.update(state="looking", attempts=1, leased_until=clock.now() - datetime.timedelta(seconds=1))
    assert due_jobs(job.organization_id) == [job.pk]
    run_job(job.pk)
    assert state_of(job.pk) == "looked_at"


def test_a_job_that_breaks_every_worker_is_given_up(job: ImportJob) -> None:
    past = clock.now() - datetime.timedelta(seconds=1)
    ImportJob.objects.update(state="importing", attempts=jobs.ATTEMPTS, leased_until=past)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.file) == ("failed", None)
    assert job.refusal
    assert not Family.objects.exists()


def test_progress_moves_the_lease_on(job: ImportJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "NEWS_EVERY", datetime.timedelta(0))
    seen = []
    told = jobs._news(job)

    def spy(_job: ImportJob) -> Any:
        def tell(progress: Any) -> None:
            told(progress)
            seen.append(ImportJob.objects.values_list("rows", "families", "of_families").get())

        return tell

    monkeypatch.setattr(jobs, "_news", spy)
    run_job(job.pk)
    assert seen == [(4, 0, 2), (4, 2, 2)]


def test_what_nobody_confirms_is_dropped_after_a_week(job: ImportJob) -> None:
    run_job(job.pk)
    assert forget_unconfirmed(job.organization_id) == 0
    ImportJob.objects.update(created_at=clock.now() - datetime.timedelta(days=8))
    assert forget_unconfirmed(job.organization_id) == 1
    job.refresh_from_db()
    assert (job.state, job.file, job.refused) == ("lapsed", None, None)


def test_the_report_speaks_the_language_of_who_brought_the_sheet(job: ImportJob, cast: Cast) -> None:
    User.objects.filter(pk=cast.paralegal.pk).update(language="es")
    run_job(job.pk)
    assert state_of(job.pk) == "looked_at"


def test_the_tasks_carry_keys_alone(job: ImportJob, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(run_import_job, "apply_async", lambda arguments, **_options: sent.append(arguments))
    sweep_import_jobs()
    assert sent == [(job.organization_id, job.pk)]
    run_import_job(job.organization_id, job.pk)
    assert state_of(job.pk) == "looked_at"
