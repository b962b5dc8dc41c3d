"""What gunicorn serves: `gunicorn config.wsgi`."""

import os
from collections.abc import Mapping
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
# Nobody waits longer than this for a page; migrations, commands and workers may take their time.
os.environ.setdefault("AMPARO_PATIENCE", "30s")


class Utf8Request(WSGIRequest):
    """Reads addresses and forms as UTF-8, whatever charset a request names.

    Django would decode with any codec of Python that is named there, also one that makes no text, before anything
    could refuse it; `config.middleware.RefuseBadText` does.
    """

    def _set_content_type_params(self, meta: Mapping[str, Any]) -> None:
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


application = get_wsgi_application()
application.request_class = Utf8Request
