"""What all tests rely on: Ctrl-C works, also where the tests themselves were started in the background."""

import signal
import threading

if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)     # a background shell has it ignored, and children inherit
