"""A user of this machine: UID WHAT ADDRESS PORT. Drops all rights first; what it sends comes in by stdin.
`ask` prints what came back, in hex; `run` sends many times and is gone at once; `listen` takes a port (0 for any), prints it,
and then of each caller what it has sent, in hex."""
import os, socket, sys

uid, what, address, port = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
sent = b"" if what == "listen" else sys.stdin.buffer.read()
os.setgroups([])
os.setresgid(uid, uid, uid)
os.setresuid(uid, uid, uid)
family = socket.AF_INET6 if ":" in address else socket.AF_INET


def connected():
    caller = socket.socket(family)
    caller.settimeout(30)
    caller.connect((address, port))
    caller.sendall(sent)
    return caller


if what == "ask":
    try:
        caller = connected()
        print(caller.recv(1000).hex())
        # One that goes at once may not have been heard.
        caller.settimeout(0.5)
        caller.recv(1000)
        caller.recv(1000)
    except TimeoutError:
        pass
    except OSError as error:
        print(error.strerror)
elif what == "run":
    for _ in range(200):
        try:
            connected().close()
        except OSError:
            pass
else:
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen()
    print(listener.getsockname()[1], flush=True)
    while True:
        caller = listener.accept()[0]
        caller.settimeout(0.5)
        got = b"called "
        try:
            # As a server of HTTP/2: the settings of both sides.
            caller.sendall(bytes([0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0]))
            while more := caller.recv(65536):
                got += more
        except OSError:
            pass
        print(got.hex(), flush=True)
        caller.close()
