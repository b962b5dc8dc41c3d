"""Django's command line. For the embedded data use `./run manage ...`, which starts the services when needed."""

import os
import sys

from config.database.addresses import connect_as_owner


def main() -> None:
    """Run the management command given on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
    connect_as_owner()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
