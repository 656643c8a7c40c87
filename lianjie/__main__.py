"""`python -m lianjie`."""

import sys

from lianjie.project.cli import main

sys.exit(main())
