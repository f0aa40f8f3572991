"""Opens N ports of this machine that swallow packets: their queue of connections is full, and nobody takes one out of it. Prints the
ports, one a line, and ends with its input."""

import socket
import sys

held = []
for _ in range(int(sys.argv[1])):
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(0)
    held.append(server)
    for _ in range(2):
        waiting = socket.socket()
        waiting.setblocking(False)
        waiting.connect_ex(server.getsockname())
        held.append(waiting)
    print(server.getsockname()[1])
sys.stdout.flush()
sys.stdin.read()
