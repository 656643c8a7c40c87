from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes that lists of a large organisation walk."""

    dependencies = [
        ('facts', '0011_household'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='contribution',
            index=models.Index(fields=['organisation', 'day'], name='facts_contr_organis_5f8ce0_idx'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['household', 'organisation', 'day'], name='facts_deliv_househo_10ce66_idx'),
        ),
        migrations.AddIndex(
            model_name='membership',
            index=models.Index(fields=['organisation', 'day'], name='facts_membe_organis_640bf7_idx'),
        ),
        migrations.AddIndex(
            model_name='membership',
            index=models.Index(fields=['organisation', 'tags'], name='facts_membe_organis_abf978_idx'),
        ),
    ]
