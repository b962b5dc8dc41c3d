from django.db import migrations

# For who follows a link and has not signed in: where to look, and nothing else.
FORWARD = """
CREATE FUNCTION invitation_place(token text) RETURNS TABLE (invitation bigint, organization bigint)
LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id, organization_id FROM accounts_invitation WHERE token_hash = token
$$;
"""
BACKWARD = "DROP FUNCTION invitation_place(text);"


class Migration(migrations.Migration):
    """The door through which an invitation is found."""

    dependencies = [("accounts", "0004_invitation")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
