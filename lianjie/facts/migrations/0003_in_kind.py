from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("facts", "0002_append_only")]
    operations: list = []
