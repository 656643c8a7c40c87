from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("facts", "0004_offtake")]
    operations: list = []
