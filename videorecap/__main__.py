"""``python -m videorecap``, which is also how launchers of several processes start it."""

import sys

from videorecap.apps.cli import main

sys.exit(main())
