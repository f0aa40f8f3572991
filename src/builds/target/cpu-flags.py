"""Part of other programs, put before them: what the processor of this machine can do, in the words of Linux."""


def read_cpu_flags():
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line.lower().startswith(("flags", "features")):
                    return sorted(line.split(":", 1)[1].split())
    except OSError:
        pass
    return []
