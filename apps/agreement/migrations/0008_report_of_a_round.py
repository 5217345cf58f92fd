from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agreement", "0007_passages_of_old_decisions")]

    operations = [
        migrations.AddField("agreementrun", "tables_with_others", models.BinaryField(default=b"")),
        migrations.AddField("agreementrun", "tables_of_everybody", models.BinaryField(default=b"")),
        migrations.AddField("agreementrun", "scopes", models.JSONField(default=list)),
        migrations.AddField("agreementrun", "influences", models.JSONField(default=list)),
        migrations.AddField("agreementresult", "figure", models.JSONField(default=dict)),
    ]
