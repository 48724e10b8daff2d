"""What is compiled is kept, whatever the environment says: else each of several processes, and each that a
test starts, compiles all of the service and rewrites all tests anew."""

import os
import sys

sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
