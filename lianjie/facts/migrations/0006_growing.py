from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("facts", "0005_work")]
    operations: list = []
