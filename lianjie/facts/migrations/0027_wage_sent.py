import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lianjie.facts.append_only import operation

TABLES: dict[str, tuple[str, ...]] = {"facts_wagesent": ()}


class Migration(migrations.Migration):

    dependencies = [
        ('facts', '0026_sublease_bond'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WageSent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120)),
                ('day', models.DateField()),
                ('place', models.CharField(blank=True, help_text='where in the source: Deliveries!A7', max_length=80)),
                ('evidence', models.CharField(blank=True, max_length=300)),
                ('withdrawn', models.BooleanField(default=False)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('recorded_at', models.DateTimeField()),
                ('method', models.CharField(choices=[('bank', 'bank'), ('cash', 'cash')], max_length=4)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.area')),
                ('corrects', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='facts.wagesent')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.party')),
                ('payroll', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sent', to='facts.payroll')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.source')),
                ('worker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.party')),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('organisation', 'key'), name='wagesent_key')],
            },
        ),
        operation(TABLES),
    ]
