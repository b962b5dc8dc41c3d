"""A family has at least one person when a transaction ends: the rules know no family without."""

from django.db import migrations

FAMILY = """
CREATE FUNCTION families_family_has_persons() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    family bigint;
BEGIN
    IF TG_TABLE_NAME = 'families_family' THEN family := NEW.id; ELSE family := OLD.family_id; END IF;
    PERFORM FROM families_family WHERE id = family
        AND NOT EXISTS (SELECT FROM families_person WHERE family_id = family);
    IF FOUND THEN
        RAISE EXCEPTION 'a family has at least one person'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'families_family_has_persons';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER families_family_has_persons AFTER INSERT ON families_family
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION families_family_has_persons();
CREATE CONSTRAINT TRIGGER families_person_leaves_persons AFTER DELETE OR UPDATE OF family_id ON families_person
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION families_family_has_persons();
"""

UNDO = """
DROP TRIGGER families_person_leaves_persons ON families_person;
DROP TRIGGER families_family_has_persons ON families_family;
DROP FUNCTION families_family_has_persons();
"""


class Migration(migrations.Migration):
    dependencies = [("families", "0003_parents_fit")]

    operations = [migrations.RunSQL(FAMILY, UNDO)]
