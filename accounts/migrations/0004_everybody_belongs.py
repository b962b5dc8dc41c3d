"""Everybody belongs to an organization: the installation is kept by commands, not by somebody who can sign in."""

import django.db.models.deletion
from django.db import migrations, models

# Whoever kept the installation saw nothing there. Checked at once, for a table with pending checks cannot be altered.
NOBODY = """
DELETE FROM accounts_user WHERE organization_id IS NULL;
DELETE FROM accounts_historicaluser WHERE organization_id IS NULL;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_user_stays")]

    operations = [
        migrations.RunSQL(NOBODY, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="user", name="accounts_user_place"),
        migrations.RemoveField(model_name="user", name="is_staff"),
        migrations.RemoveField(model_name="historicaluser", name="is_staff"),
        migrations.AlterField(
            model_name="user",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
                verbose_name="organization",
            ),
        ),
        migrations.AlterField(
            model_name="historicaluser",
            name="organization",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="accounts.organization",
                verbose_name="organization",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="role",
            field=models.CharField(
                choices=[
                    ("attorney", "attorney"),
                    ("paralegal", "paralegal"),
                    ("supervisor", "supervisor"),
                    ("administrator", "administrator"),
                    ("auditor", "auditor"),
                ],
                max_length=20,
                verbose_name="role",
            ),
        ),
        migrations.AlterField(
            model_name="historicaluser",
            name="role",
            field=models.CharField(
                choices=[
                    ("attorney", "attorney"),
                    ("paralegal", "paralegal"),
                    ("supervisor", "supervisor"),
                    ("administrator", "administrator"),
                    ("auditor", "auditor"),
                ],
                max_length=20,
                verbose_name="role",
            ),
        ),
    ]
