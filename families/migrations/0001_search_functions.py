"""What the search column of a person is made with: it must be there before the table."""

from django.contrib.postgres.operations import BtreeGinExtension, TrigramExtension, UnaccentExtension
from django.db import migrations

# `unaccent` itself is only STABLE, for its dictionary could be changed; ours is not, so the functions may be called
# IMMUTABLE, which an index needs. Names are qualified because a restored dump has an empty search path.
FOLD = """
CREATE FUNCTION amparo_fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(public.unaccent('public.unaccent'::regdictionary, $1));
"""

PERSON_SEARCH = """
CREATE FUNCTION amparo_person_search(given_names text, family_names text, reference text, a_number text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN public.amparo_fold(given_names || ' ' || family_names || ' ' || reference || ' ' || coalesce(a_number, ''));
"""


class Migration(migrations.Migration):
    initial = True

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        BtreeGinExtension(),
        migrations.RunSQL(FOLD, "DROP FUNCTION amparo_fold(text)"),
        migrations.RunSQL(PERSON_SEARCH, "DROP FUNCTION amparo_person_search(text, text, text, text)"),
    ]
