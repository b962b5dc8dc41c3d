"""Days in the words of pages."""

import datetime

from django.template import Context, Template


def test_a_moment_falls_on_the_day_that_it_is_at_the_office() -> None:
    late = datetime.datetime(2018, 12, 11, 3, 30, tzinfo=datetime.UTC)
    page = Template("{% load frame %}{{ late|day }} {{ late|time:'H:i' }}")
    assert page.render(Context({"late": late})) == "10 December 2018 22:30"
