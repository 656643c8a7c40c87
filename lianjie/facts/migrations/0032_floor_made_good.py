from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("facts", "0031_material_use"),
    ]

    operations = [
        migrations.AlterField(
            model_name="ordermoney",
            name="kind",
            field=models.CharField(choices=[("deposit", "deposit"), ("set_off", "set_off"), ("returned", "returned"), ("doubled", "doubled"), ("kept", "kept"), ("payment", "payment"), ("paid_out", "paid_out"), ("premium", "premium"), ("payout", "payout"), ("floor", "floor")], max_length=10),
        ),
    ]
