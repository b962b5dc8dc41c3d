"""A parent link leads from a child to a parent or guardian of the same family, whoever writes it."""

from django.db import migrations

# Checked at once, but deferrable, so that a whole family can be moved within one transaction.
LINK = """
CREATE FUNCTION families_parentlink_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM families_person child JOIN families_person parent ON parent.family_id = child.family_id
    WHERE child.id = NEW.child_id AND child.role = 'child' AND parent.id = NEW.parent_id AND parent.role <> 'child';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a parent link leads from a child to a parent or guardian of the same family'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'families_parentlink_fits';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER families_parentlink_fits AFTER INSERT OR UPDATE OF child_id, parent_id ON families_parentlink
    DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION families_parentlink_fits();
"""

PERSON = """
CREATE FUNCTION families_person_fits_links() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM families_parentlink link
        JOIN families_person child ON child.id = link.child_id JOIN families_person parent ON parent.id = link.parent_id
    WHERE NEW.id IN (link.child_id, link.parent_id)
        AND (child.role <> 'child' OR parent.role = 'child' OR child.family_id <> parent.family_id);
    IF FOUND THEN
        RAISE EXCEPTION 'a parent link leads from a child to a parent or guardian of the same family'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'families_parentlink_fits';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER families_person_fits_links AFTER UPDATE OF role, family_id ON families_person
    DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN (OLD.role <> NEW.role OR OLD.family_id <> NEW.family_id)
    EXECUTE FUNCTION families_person_fits_links();
"""


class Migration(migrations.Migration):
    dependencies = [("families", "0002_record")]

    operations = [
        migrations.RunSQL(
            LINK,
            "DROP TRIGGER families_parentlink_fits ON families_parentlink; DROP FUNCTION families_parentlink_fits()",
        ),
        migrations.RunSQL(
            PERSON,
            "DROP TRIGGER families_person_fits_links ON families_person; DROP FUNCTION families_person_fits_links()",
        ),
    ]
