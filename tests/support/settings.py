"""The product's settings, over a data folder that belongs to this test process alone.

Child processes of a test take the product's own settings and this folder: `databases.child_environment`.
"""

import os
import tempfile

FOLDER = os.environ["LIANJIE_DATA"] = tempfile.mkdtemp(prefix="lianjie-test-")
for name in ("LIANJIE_DATABASE", "LIANJIE_DEBUG", "LIANJIE_HTTPS", "LIANJIE_HOSTS"):
    os.environ.pop(name, None)

from lianjie.project.settings import *  # noqa: E402, F403

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405  whitenoise warns when it is not there
