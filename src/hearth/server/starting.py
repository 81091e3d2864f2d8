"""`python -m hearth.server.starting MODULE …`: as `python -m MODULE …`, but Ctrl-C while the module is still
loading ends it without a traceback. What it loads may take a second to have a handler of its own."""

import runpy
import signal
import sys

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
