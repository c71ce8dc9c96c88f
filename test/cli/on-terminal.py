"""Runs a command on a terminal of its own: what we read goes to it as keys, what it shows to our stdout.
SIGUSR1 makes the terminal 100x40. The last line of our stderr says whether the command left it as it was."""
import fcntl, os, pty, select, signal, struct, subprocess, sys, termios

master, slave = pty.openpty()


def resize(rows, columns):
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def own_terminal():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


resize(24, 80)
signal.signal(signal.SIGUSR1, lambda *_: resize(40, 100))
before = termios.tcgetattr(slave)
child = subprocess.Popen(sys.argv[1:], stdin=slave, stdout=slave, stderr=slave, preexec_fn=own_terminal)
print(child.pid, file=sys.stderr, flush=True)

sources = [master, 0]
while child.poll() is None or select.select([master], [], [], 0.1)[0]:
    for source in select.select(sources, [], [], 0.05)[0]:
        data = os.read(source, 65536)
        if source == master:
            os.write(1, data)
        elif data:
            os.write(master, data)
        else:
            sources.remove(0)

same = termios.tcgetattr(slave)[:4] == before[:4]
print("terminal as before" if same else "terminal changed", file=sys.stderr)
sys.exit(child.returncode if child.returncode >= 0 else 128 - child.returncode)
