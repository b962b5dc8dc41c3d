"""A child has no re-evaluation, a parent or guardian no child's own screening, whoever writes it."""

from django.db import migrations

SCREENING = """
CREATE FUNCTION screenings_screening_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM families_person WHERE id = NEW.person_id
        AND NEW.basis = CASE role WHEN 'child' THEN 'reevaluation' ELSE 'independent' END;
    IF FOUND THEN
        RAISE EXCEPTION 'the basis of a screening does not fit the role of its person'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'screenings_screening_fits';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER screenings_screening_fits AFTER INSERT OR UPDATE OF person_id, basis ON screenings_screening
    DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION screenings_screening_fits();
"""

PERSON = """
CREATE FUNCTION screenings_person_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM screenings_screening WHERE person_id = NEW.id
        AND basis = CASE NEW.role WHEN 'child' THEN 'reevaluation' ELSE 'independent' END;
    IF FOUND THEN
        RAISE EXCEPTION 'the basis of a screening does not fit the role of its person'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'screenings_screening_fits';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER screenings_person_fits AFTER UPDATE OF role ON families_person
    DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN (OLD.role <> NEW.role)
    EXECUTE FUNCTION screenings_person_fits();
"""


class Migration(migrations.Migration):
    dependencies = [("screenings", "0001_record"), ("families", "0003_parents_fit")]

    operations = [
        migrations.RunSQL(
            SCREENING,
            "DROP TRIGGER screenings_screening_fits ON screenings_screening; DROP FUNCTION screenings_screening_fits()",
        ),
        migrations.RunSQL(
            PERSON,
            "DROP TRIGGER screenings_person_fits ON families_person; DROP FUNCTION screenings_person_fits()",
        ),
    ]
