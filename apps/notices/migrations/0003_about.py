from django.db import migrations, models


class Migration(migrations.Migration):
    """What a notice speaks of, so that it can lead there."""

    dependencies = [("notices", "0002_told_at")]

    operations = [
        migrations.AddField(
            model_name="notice", name="about", field=models.UUIDField(blank=True, null=True)
        ),
    ]
