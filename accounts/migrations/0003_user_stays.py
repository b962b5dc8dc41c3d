from django.db import migrations

FORWARD = """
CREATE FUNCTION accounts_user_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a user never moves to another organization'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'accounts_user_stays';
END $$;
CREATE TRIGGER accounts_user_stays BEFORE UPDATE OF organization_id ON accounts_user
    FOR EACH ROW WHEN (OLD.organization_id IS DISTINCT FROM NEW.organization_id)
    EXECUTE FUNCTION accounts_user_stays();
"""
BACKWARD = """
DROP TRIGGER accounts_user_stays ON accounts_user;
DROP FUNCTION accounts_user_stays();
"""


class Migration(migrations.Migration):
    """Somebody who works at two organizations has two accounts: what one saw never comes along to the other."""

    dependencies = [("accounts", "0002_roles_walls_openings")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
