import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lianjie.facts.append_only import operation, remove

TABLES: dict[str, tuple[str, ...]] = {"facts_stepdone": (), "facts_materialuse": ()}


class Migration(migrations.Migration):
    dependencies = [
        ('facts', '0030_delivery_in_order'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Where a database makes the table anew, its guards go with the old one; so they are put on again.
        migrations.RunPython(
            lambda apps, editor: remove(editor.connection, TABLES), migrations.RunPython.noop, elidable=False
        ),
        migrations.AddField(
            model_name='stepdone',
            name='machine_minutes',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='MaterialUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120)),
                ('day', models.DateField()),
                ('place', models.CharField(blank=True, help_text='where in the source: Deliveries!A7', max_length=80)),
                ('evidence', models.CharField(blank=True, max_length=300)),
                ('withdrawn', models.BooleanField(default=False)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('recorded_at', models.DateTimeField()),
                ('good', models.CharField(max_length=40)),
                ('unit', models.CharField(choices=[('kg', 'kg'), ('piece', 'piece')], max_length=5)),
                ('quantity', models.BigIntegerField()),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.area')),
                ('corrects', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='facts.materialuse')),
                ('done', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='materials', to='facts.stepdone')),
                ('lot', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='facts.lot')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.party')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.source')),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('organisation', 'key'), name='materialuse_key'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='materialuse_above_zero')],
            },
        ),
        operation(TABLES),
    ]
