import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lianjie.facts.append_only import operation

TABLES: dict[str, tuple[str, ...]] = {
    f"facts_{name}": ()
    for name in (
        "workshop",
        "recognition",
        "wagefloor",
        "workagreement",
        "workdone",
        "payroll",
        "payrollline",
        "wagepayment",
    )
}


class Migration(migrations.Migration):
    dependencies = [
        ("facts", "0004_offtake"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name='Payroll',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120)),
                ('day', models.DateField()),
                ('place', models.CharField(blank=True, help_text='where in the source: Deliveries!A7', max_length=80)),
                ('evidence', models.CharField(blank=True, max_length=300)),
                ('withdrawn', models.BooleanField(default=False)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('recorded_at', models.DateTimeField()),
                ('approved_by', models.CharField(max_length=80)),
                ('deduction_evidence', models.CharField(blank=True, help_text='where the workers agreed to what is taken off', max_length=300)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.area')),
                ('corrects', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='facts.payroll')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.party')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.source')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='WorkAgreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120)),
                ('day', models.DateField()),
                ('place', models.CharField(blank=True, help_text='where in the source: Deliveries!A7', max_length=80)),
                ('evidence', models.CharField(blank=True, max_length=300)),
                ('withdrawn', models.BooleanField(default=False)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('recorded_at', models.DateTimeField()),
                ('until_day', models.DateField(blank=True, null=True)),
                ('job', models.CharField(max_length=80)),
                ('basis', models.CharField(choices=[('day', 'day'), ('hour', 'hour'), ('piece', 'piece')], max_length=6)),
                ('rate_fen', models.BigIntegerField()),
                ('status', models.CharField(choices=[('staff', 'staff'), ('casual', 'casual')], max_length=6)),
                ('day_hours', models.PositiveSmallIntegerField(default=8)),
                ('cost', models.CharField(choices=[('401', '401'), ('521', '521')], max_length=3)),
                ('defects_paid', models.BooleanField(default=False)),
                ('public_post', models.BooleanField(default=False)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.area')),
                ('corrects', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='facts.workagreement')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.party')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.source')),
                ('worker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='work_agreements', to='facts.party')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='WorkDone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120)),
                ('day', models.DateField()),
                ('place', models.CharField(blank=True, help_text='where in the source: Deliveries!A7', max_length=80)),
                ('evidence', models.CharField(blank=True, max_length=300)),
                ('withdrawn', models.BooleanField(default=False)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('recorded_at', models.DateTimeField()),
                ('quantity_e4', models.BigIntegerField()),
                ('defects_e4', models.BigIntegerField(default=0)),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='done', to='facts.workagreement')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.area')),
                ('corrects', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='facts.workdone')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.party')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.source')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PayrollLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('work', models.CharField(help_text='key of the first version of the work', max_length=120)),
                ('fen', models.BigIntegerField()),
                ('before_fen', models.BigIntegerField(default=0)),
                ('payroll', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='facts.payroll')),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.workagreement')),
                ('done', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='paid_lines', to='facts.workdone')),
            ],
        ),
        migrations.CreateModel(
            name='Workshop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120)),
                ('day', models.DateField()),
                ('place', models.CharField(blank=True, help_text='where in the source: Deliveries!A7', max_length=80)),
                ('evidence', models.CharField(blank=True, max_length=300)),
                ('withdrawn', models.BooleanField(default=False)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('recorded_at', models.DateTimeField()),
                ('until_day', models.DateField(blank=True, null=True)),
                ('name', models.CharField(max_length=80)),
                ('form', models.CharField(choices=[('factory', 'factory'), ('home', 'home'), ('coop', 'coop')], max_length=8)),
                ('address', models.CharField(max_length=120)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.area')),
                ('corrects', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='facts.workshop')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.party')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.source')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='workagreement',
            name='workshop',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='facts.workshop'),
        ),
        migrations.CreateModel(
            name='Recognition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120)),
                ('day', models.DateField()),
                ('place', models.CharField(blank=True, help_text='where in the source: Deliveries!A7', max_length=80)),
                ('evidence', models.CharField(blank=True, max_length=300)),
                ('withdrawn', models.BooleanField(default=False)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('recorded_at', models.DateTimeField()),
                ('until_day', models.DateField(blank=True, null=True)),
                ('recognised_by', models.CharField(max_length=80)),
                ('criteria', models.CharField(help_text='code in parameters/workshops.toml', max_length=40)),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.area')),
                ('corrects', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='facts.recognition')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.party')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.source')),
                ('workshop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recognitions', to='facts.workshop')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='payroll',
            name='workshop',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payrolls', to='facts.workshop'),
        ),
        migrations.CreateModel(
            name='WageFloor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120)),
                ('day', models.DateField()),
                ('place', models.CharField(blank=True, help_text='where in the source: Deliveries!A7', max_length=80)),
                ('evidence', models.CharField(blank=True, max_length=300)),
                ('withdrawn', models.BooleanField(default=False)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('recorded_at', models.DateTimeField()),
                ('until_day', models.DateField(blank=True, null=True)),
                ('hour_fen', models.BigIntegerField()),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.area')),
                ('corrects', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='facts.wagefloor')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.party')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.source')),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('organisation', 'key'), name='wagefloor_key'), models.CheckConstraint(condition=models.Q(('until_day__isnull', True), ('until_day__gt', models.F('day')), _connector='OR'), name='wagefloor_until_after_day')],
            },
        ),
        migrations.CreateModel(
            name='WagePayment',
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
                ('corrects', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='facts.wagepayment')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.party')),
                ('payroll', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='payment', to='facts.payroll')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.source')),
            ],
            options={
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('organisation', 'key'), name='wagepayment_key')],
            },
        ),
        migrations.AddIndex(
            model_name='workdone',
            index=models.Index(fields=['organisation', 'day'], name='facts_workd_organis_89caca_idx'),
        ),
        migrations.AddConstraint(
            model_name='workdone',
            constraint=models.UniqueConstraint(fields=('organisation', 'key'), name='workdone_key'),
        ),
        migrations.AddConstraint(
            model_name='workdone',
            constraint=models.CheckConstraint(condition=models.Q(('defects_e4__gte', 0), ('defects_e4__lte', models.F('quantity_e4')), ('quantity_e4__gte', 0)), name='workdone_quantity'),
        ),
        migrations.AddIndex(
            model_name='payrollline',
            index=models.Index(fields=['work'], name='facts_payro_work_0a209f_idx'),
        ),
        migrations.AddConstraint(
            model_name='payrollline',
            constraint=models.UniqueConstraint(fields=('payroll', 'work'), name='payrollline_once'),
        ),
        migrations.AddConstraint(
            model_name='workshop',
            constraint=models.UniqueConstraint(fields=('organisation', 'key'), name='workshop_key'),
        ),
        migrations.AddConstraint(
            model_name='workshop',
            constraint=models.CheckConstraint(condition=models.Q(('until_day__isnull', True), ('until_day__gt', models.F('day')), _connector='OR'), name='workshop_until_after_day'),
        ),
        migrations.AddConstraint(
            model_name='workagreement',
            constraint=models.UniqueConstraint(fields=('organisation', 'key'), name='workagreement_key'),
        ),
        migrations.AddConstraint(
            model_name='workagreement',
            constraint=models.CheckConstraint(condition=models.Q(('until_day__isnull', True), ('until_day__gt', models.F('day')), _connector='OR'), name='workagreement_until_after_day'),
        ),
        migrations.AddConstraint(
            model_name='workagreement',
            constraint=models.CheckConstraint(condition=models.Q(('rate_fen__gt', 0)), name='workagreement_rate'),
        ),
        migrations.AddConstraint(
            model_name='recognition',
            constraint=models.UniqueConstraint(fields=('organisation', 'key'), name='recognition_key'),
        ),
        migrations.AddConstraint(
            model_name='recognition',
            constraint=models.CheckConstraint(condition=models.Q(('until_day__isnull', True), ('until_day__gt', models.F('day')), _connector='OR'), name='recognition_until_after_day'),
        ),
        migrations.AddConstraint(
            model_name='payroll',
            constraint=models.UniqueConstraint(fields=('organisation', 'key'), name='payroll_key'),
        ),
        operation(TABLES),
    ]
