import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lianjie.facts import listed


def install(apps, editor):
    """Lists as they stand, and the triggers that keep them."""
    if editor.connection.vendor == "postgresql":
        # Words are searched by their beginning: letter by letter, whatever language the database sorts in.
        editor.execute('ALTER TABLE facts_sought ALTER COLUMN word TYPE varchar(200) COLLATE "C"')
    listed.install(editor.connection)
    listed.fill(editor.connection)


class Migration(migrations.Migration):
    """Who is on an organisation's lists, by name, code, village and capital; facts found by their party first."""

    dependencies = [
        ('facts', '0017_personal'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Listed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('code', models.CharField(max_length=40)),
                ('sort_key', models.CharField(max_length=200)),
                ('capital_fen', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Sought',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=200)),
            ],
        ),
        migrations.AddIndex(
            model_name='contribution',
            index=models.Index(fields=['member', 'organisation', 'day'], name='facts_contr_member__18896b_idx'),
        ),
        migrations.AddIndex(
            model_name='inputissue',
            index=models.Index(fields=['household', 'organisation', 'day'], name='facts_input_househo_a74144_idx'),
        ),
        migrations.AddIndex(
            model_name='lease',
            index=models.Index(fields=['lessor', 'organisation', 'day'], name='facts_lease_lessor__dad235_idx'),
        ),
        migrations.AddIndex(
            model_name='loan',
            index=models.Index(fields=['borrower', 'organisation', 'day'], name='facts_loan_borrowe_a0dbda_idx'),
        ),
        migrations.AddIndex(
            model_name='membership',
            index=models.Index(fields=['member', 'organisation', 'day'], name='facts_membe_member__d09819_idx'),
        ),
        migrations.AddIndex(
            model_name='offtakepromise',
            index=models.Index(fields=['household', 'organisation', 'day'], name='facts_offta_househo_312955_idx'),
        ),
        migrations.AddIndex(
            model_name='parcel',
            index=models.Index(fields=['household', 'organisation', 'day'], name='facts_parce_househo_5bc943_idx'),
        ),
        migrations.AddIndex(
            model_name='plot',
            index=models.Index(fields=['household', 'organisation', 'day'], name='facts_plot_househo_582df3_idx'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['person', 'organisation', 'day'], name='facts_post_person__918373_idx'),
        ),
        migrations.AddIndex(
            model_name='registeredstatus',
            index=models.Index(fields=['household', 'organisation', 'day'], name='facts_regis_househo_47c607_idx'),
        ),
        migrations.AddIndex(
            model_name='residence',
            index=models.Index(fields=['household', 'organisation', 'day'], name='facts_resid_househo_363681_idx'),
        ),
        migrations.AddIndex(
            model_name='shareagreement',
            index=models.Index(fields=['member', 'organisation', 'day'], name='facts_share_member__26368f_idx'),
        ),
        migrations.AddIndex(
            model_name='tally',
            index=models.Index(fields=['party', 'organisation', 'day'], name='facts_tally_party_i_d9899b_idx'),
        ),
        migrations.AddIndex(
            model_name='workagreement',
            index=models.Index(fields=['worker', 'organisation', 'day'], name='facts_worka_worker__20e6f2_idx'),
        ),
        migrations.AddField(
            model_name='listed',
            name='area',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.area'),
        ),
        migrations.AddField(
            model_name='listed',
            name='organisation',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.party'),
        ),
        migrations.AddField(
            model_name='listed',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='listed', to='facts.party'),
        ),
        migrations.AddField(
            model_name='sought',
            name='organisation',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.party'),
        ),
        migrations.AddField(
            model_name='sought',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='facts.party'),
        ),
        migrations.AddIndex(
            model_name='listed',
            index=models.Index(fields=['organisation', 'sort_key', 'party'], name='listed_by_name'),
        ),
        migrations.AddIndex(
            model_name='listed',
            index=models.Index(fields=['organisation', 'area', 'sort_key', 'party'], name='listed_by_area'),
        ),
        migrations.AddIndex(
            model_name='listed',
            index=models.Index(fields=['organisation', 'code', 'party'], name='listed_by_code'),
        ),
        migrations.AddIndex(
            model_name='listed',
            index=models.Index(fields=['organisation', 'capital_fen', 'party'], name='listed_by_capital'),
        ),
        migrations.AddConstraint(
            model_name='listed',
            constraint=models.UniqueConstraint(fields=('organisation', 'party'), name='listed_once'),
        ),
        migrations.AddIndex(
            model_name='sought',
            index=models.Index(fields=['organisation', 'word', 'party'], name='sought_by_word'),
        ),
        migrations.RunPython(install, migrations.RunPython.noop, elidable=False),
    ]
