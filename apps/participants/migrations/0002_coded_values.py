import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('participants', '0001_first')]

    operations = [
        migrations.AddField(
            model_name='characteristic',
            name='bands',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='characteristic',
            name='categories',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='characteristic',
            name='codes',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AlterField(
            model_name='characteristic',
            name='kind',
            field=models.CharField(choices=[('choice', 'One of a list'), ('multiple', 'Several of a list'), ('text', 'Text'), ('number', 'Number'), ('date', 'Date')], default='text', max_length=10, verbose_name='kind'),
        ),
    ]
