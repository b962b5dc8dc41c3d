"""A working day with names that stand nowhere else: none of them comes into an address or a log."""

import json
import logging
import re
import uuid
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from config.logs import JSONFormatter
from families.intake.vocabulary import COLUMNS
from families.models import Person
from screenings.models import Screening
from tests.cast import Cast
from tests.factories import make_family, with_reevaluation
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db

NAME, A_NUMBER, NOTE = "Xochiquetzalina", "A919273645", "Zopilotenota"
_ADDRESSES = re.compile(r"""(?:href|action|formaction|hx-get|hx-post|src)="([^"]*)\"""")


def test_nothing_personal_is_in_addresses_or_logs(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    family = make_family(cast.organization, with_reevaluation(), attorney=cast.attorney, paralegal=cast.paralegal)
    values: dict[str, Any] = {"given_names": NAME, "a_number": A_NUMBER, "notes": NOTE, "phone": NOTE}
    Person.objects.filter(family=family, role="parent").update(**values)
    screening = Screening.objects.get(basis="reevaluation")
    addresses: list[str] = []
    client = signed_in(cast.supervisor)

    def go(method: str, path: str, data: Any = None) -> Any:
        answer = client.generic(method, path) if data is None else client.post(path, data)
        addresses.append(path)
        addresses.append(answer.headers.get("Location", ""))
        if not answer.streaming:
            addresses.extend(_ADDRESSES.findall(answer.content.decode()))
        assert answer.status_code < 400, (path, answer.status_code)
        return answer

    with caplog.at_level(logging.DEBUG):
        for path in ("/desk/", "/families/", "/people/", "/screenings/", "/deadlines/", "/dashboard/"):
            go("GET", path)
        for text in (NAME, A_NUMBER):
            found = go("POST", "/people/search/", {"text": text})["Location"]
            assert NAME in go("GET", found).content.decode()
        page = go("GET", f"/families/{family.pk}/").content.decode()
        assert NAME in page
        key = str(uuid.uuid4())
        typed = {"version": 1, "key": key, "interview_on": "2019-03-20", "initial-interview_on": "", "reason": NOTE}
        go("POST", f"/screenings/{screening.pk}/record/", {**typed, "preview": "1"})
        go("POST", f"/screenings/{screening.pk}/record/", {**typed, "save": "1"})
        go("POST", "/families/assign/", {"family": [family.pk], "attorney": cast.attorney.pk, "paralegal": ""})
        rows = (
            ",".join(COLUMNS) + "\n" + ",".join({"given_names": NAME, "a_number": A_NUMBER}.get(c, "") for c in COLUMNS)
        )
        go("POST", "/intake/", {"file": SimpleUploadedFile("sheet.csv", rows.encode()), "key": key})
        assert NAME in b"".join(go("GET", "/people/export/").streaming_content).decode()
        assert client.get(f"/families/{10**9}/?q={quote(NAME)}").status_code in {400, 404}

    logged = [JSONFormatter().format(record) for record in caplog.records]
    assert len(logged) > 15
    assert all("route" in json.loads(line) for line in logged if '"amparo.request"' in line)
    for canary in (NAME, A_NUMBER, A_NUMBER[1:], NOTE):
        assert [line for line in logged if canary in line] == []
        assert [address for address in addresses if canary in address] == []
