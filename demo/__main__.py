"""`python -m demo` starts the demo."""

import sys

from demo.launcher.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
