"""Part of the program that plans, put before plan.py: ends an emerge that hangs, so that another drone can plan."""

IDLE_SECONDS = 300  # it waits for no other machine: the index is in this process
LONGEST_SECONDS = 31 * 60  # nobody waits for the answer after 30 minutes


def is_idle(used, elapsed):
    """Of so many seconds, did it use so few that it only waits? Portage wakes up a few times a second while it waits for a child: 0.1 %."""
    return used <= 0.2 + 0.003 * elapsed


def watch_for_hang(stderr, idle_seconds=IDLE_SECONDS):
    """Ends this process once it has used hardly any processor time for so long. `stderr`: a descriptor for the reason."""
    import os
    import threading
    import time

    def used():
        return sum(os.times()[:4])

    def watch():
        started = since = time.monotonic()
        before = used()
        while True:
            time.sleep(min(15, idle_seconds))
            if not is_idle(used() - before, time.monotonic() - since):
                before, since = used(), time.monotonic()
            if time.monotonic() - since >= idle_seconds:
                os.write(stderr, b">>> swarm: emerge hangs: it used hardly any processor time for %d s\n" % idle_seconds)
                end_at_once()
            if time.monotonic() - started >= LONGEST_SECONDS:
                end_at_once()

    threading.Thread(target=watch, daemon=True).start()


def end_at_once():
    """Ends this process and what it started, whatever it waits for. What it made for itself is removed."""
    import atexit
    import os
    import signal

    for thread in os.listdir("/proc/self/task"):
        try:
            with open("/proc/self/task/%s/children" % thread) as children:
                for child in children.read().split():
                    os.kill(int(child), signal.SIGKILL)
        except OSError:
            pass
    atexit._run_exitfuncs()
    os._exit(75)
