"""Django's way of sending by SMTP, with the drill's points at which a process may die in the midst of it."""

import smtplib
from typing import Any

from django.core.mail.backends import smtp

from deadlines.reminders.failpoints import reached


class _Points:
    """Goes before smtplib's class: says when the mail's text is about to go out, and when it has gone."""

    _is_in_data = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        """SMTP's DATA, which ends with the other side's answer."""
        reached("inside_smtp_before_data")
        self._is_in_data = True
        try:
            answer: tuple[int, bytes] = super().data(msg)  # type: ignore[misc]
        finally:
            self._is_in_data = False
        return answer

    def send(self, s: Any) -> None:
        """Bytes to the other side."""
        super().send(s)  # type: ignore[misc]
        if self._is_in_data and s[-5:] in (b"\r\n.\r\n", "\r\n.\r\n"):
            reached("after_data")


class Plain(_Points, smtplib.SMTP):
    """Without TLS, or with STARTTLS."""


class Encrypted(_Points, smtplib.SMTP_SSL):
    """With TLS from the beginning."""


class EmailBackend(smtp.EmailBackend):
    """As Django's."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return Encrypted if self.use_ssl else Plain
