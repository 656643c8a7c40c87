import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '__first__'),
        ('facts', '0002_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='facts.party')),
                ('code', models.CharField(max_length=60)),
                ('version', models.PositiveIntegerField()),
                ('text', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('effective_from', models.DateField()),
                ('effective_until', models.DateField(blank=True, null=True)),
                ('adopted_by', models.CharField(blank=True, help_text='resolution that adopted it', max_length=200)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organisation', 'code', 'version'), name='plan_version_once')],
            },
        ),
        migrations.CreateModel(
            name='Settlement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settlements', to='facts.party')),
                ('year', models.PositiveSmallIntegerField()),
                ('round', models.PositiveSmallIntegerField(default=1)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settlements', to='ledger.plan')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('trial', 'trial'), ('disclosed', 'disclosed'), ('decided', 'decided'), ('posted', 'posted'), ('paid', 'paid'), ('closed', 'closed'), ('withdrawn', 'withdrawn'), ('reversed', 'reversed')], default='draft', max_length=10)),
                ('given', models.TextField(blank=True)),
                ('given_sha256', models.CharField(blank=True, max_length=64)),
                ('outcome_sha256', models.CharField(blank=True, max_length=64)),
                ('disclosed_day', models.DateField(blank=True, null=True)),
                ('objections_until', models.DateField(blank=True, null=True)),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organisation', 'year', 'round'), name='settlement_round_once'), models.UniqueConstraint(condition=models.Q(('state__in', ['withdrawn', 'reversed']), _negated=True), fields=('organisation', 'year'), name='settlement_one_alive')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.party')),
                ('day', models.DateField()),
                ('source', models.CharField(max_length=200)),
                ('text', models.CharField(max_length=300)),
                ('content_hash', models.CharField(max_length=64)),
                ('settlement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='ledger.settlement')),
                ('reverses', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='ledger.entry')),
                ('posted', models.BooleanField(default=False)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['organisation', 'day'], name='ledger_entr_organis_43e1a2_idx')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'source'), name='entry_source_once')],
            },
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='ledger.entry')),
                ('account', models.CharField(max_length=60)),
                ('party', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.party')),
                ('amount_fen', models.BigIntegerField(default=0)),
                ('good', models.CharField(blank=True, default='', max_length=40)),
                ('quantity', models.BigIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['party', 'account'], name='ledger_post_party_i_635b9c_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('good', ''), ('quantity', 0), models.Q(('amount_fen', 0), _negated=True)), models.Q(models.Q(('good', ''), _negated=True), ('amount_fen', 0), models.Q(('quantity', 0), _negated=True)), _connector='OR'), name='posting_money_or_good')],
            },
        ),
        migrations.CreateModel(
            name='SettlementEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('settlement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='ledger.settlement')),
                ('act', models.CharField(max_length=20)),
                ('state', models.CharField(help_text='state after the act', max_length=10)),
                ('text', models.CharField(blank=True, max_length=300)),
                ('details', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('settlement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='ledger.settlement')),
                ('seq', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=60)),
                ('legal_basis', models.CharField(max_length=25)),
                ('stream', models.CharField(max_length=12)),
                ('role', models.CharField(max_length=12)),
                ('amount_fen', models.BigIntegerField()),
                ('debit_account', models.CharField(blank=True, max_length=60)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('settlement', 'seq'), name='step_seq_once'), models.UniqueConstraint(fields=('settlement', 'name'), name='step_name_once')],
            },
        ),
        migrations.CreateModel(
            name='Allotment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='allotments', to='ledger.step')),
                ('party', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='allotments', to='facts.party')),
                ('account', models.CharField(blank=True, max_length=60)),
                ('amount_fen', models.BigIntegerField()),
                ('good', models.CharField(blank=True, default='', max_length=40)),
                ('quantity', models.BigIntegerField(default=0)),
                ('memo', models.BooleanField(default=False, help_text='quantified to the member, not owed: reserve shares')),
            ],
            options={
                'indexes': [models.Index(fields=['party', 'step'], name='ledger_allo_party_i_d3a5a8_idx')],
                'constraints': [models.UniqueConstraint(fields=('step', 'party', 'account', 'good'), name='allotment_once'), models.CheckConstraint(condition=models.Q(('amount_fen', 0), _negated=True), name='allotment_not_empty')],
            },
        ),
        migrations.CreateModel(
            name='Acceptance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('settlement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acceptances', to='ledger.settlement')),
                ('finding_key', models.CharField(max_length=200)),
                ('finding_text', models.CharField(max_length=500)),
                ('person_name', models.CharField(max_length=80)),
                ('reason', models.CharField(max_length=500)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('settlement', 'finding_key'), name='acceptance_once'), models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('person_name', ''), _negated=True)), name='acceptance_named')],
            },
        ),
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('settlement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='ledger.settlement')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='facts.party')),
                ('step_name', models.CharField(blank=True, max_length=60)),
                ('text', models.CharField(max_length=1000)),
                ('raised_at', models.DateTimeField()),
                ('raised_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('objection', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='answer', to='ledger.objection')),
                ('outcome', models.CharField(choices=[('upheld', 'upheld'), ('explained', 'explained'), ('rejected', 'rejected')], max_length=10)),
                ('text', models.CharField(max_length=1000)),
                ('person_name', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('settlement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='decision', to='ledger.settlement')),
                ('resolution', models.CharField(max_length=80)),
                ('day', models.DateField()),
                ('members', models.PositiveIntegerField()),
                ('present', models.PositiveIntegerField()),
                ('votes_total', models.PositiveIntegerField()),
                ('votes_for', models.PositiveIntegerField()),
                ('minutes', models.CharField(max_length=300)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('votes_for__lte', models.F('votes_total')), ('present__lte', models.F('members'))), name='decision_counts')],
            },
        ),
        migrations.CreateModel(
            name='Payout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('settlement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to='ledger.settlement')),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to='facts.party')),
                ('amount_fen', models.BigIntegerField()),
                ('day', models.DateField()),
                ('method', models.CharField(choices=[('bank', 'bank'), ('cash', 'cash'), ('in_kind', 'in_kind')], max_length=10)),
                ('evidence', models.CharField(max_length=300)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to='ledger.entry')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('turn', models.PositiveSmallIntegerField(default=1, help_text='one more each time the money came back')),
                ('reverses', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='ledger.payout')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('reverses__isnull', True)), fields=('settlement', 'party', 'method', 'turn'), name='payout_once')],
            },
        ),
    ]
