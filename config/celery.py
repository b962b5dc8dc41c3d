"""The Celery application.

Tasks are written with `@shared_task` in `<room>/tasks.py`. What is due stands in PostgreSQL, never in the queue.
"""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

app = Celery("amparo")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()
app.autodiscover_tasks()


@setup_logging.connect
def use_django_logging(**_: Any) -> None:
    """Log as the web does (config/logs.py), instead of Celery's own format."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)
