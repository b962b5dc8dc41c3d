"""The API's room."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Serializers in and out; the rules live in the other rooms."""

    name = "api"
