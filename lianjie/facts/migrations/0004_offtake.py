from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("facts", "0003_in_kind")]
    operations: list = []
