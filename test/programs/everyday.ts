/** A program that people run every day, in a script of bash that prints what is the same wherever it runs well. */
export interface Program {
  name: string;
  script: string;
}

const programs = (scripts: Readonly<Record<string, string>>): Program[] =>
  Object.entries(scripts).map(([name, script]) => ({ name, script }));

/** The packages of the small image. */
export const FEW_PACKAGES = ["python3-minimal", "python3", "make"] as const;

export const FEW = programs({
  nproc: `nproc; getconf _NPROCESSORS_ONLN; python3 -c 'import os; print(os.cpu_count(), len(os.sched_getaffinity(0)))'`,
  "limits in /sys/fs/cgroup": `
    cd /sys/fs/cgroup
    for f in memory.max memory.swap.max cpu.max memory/memory.limit_in_bytes cpu/cpu.cfs_{quota,period}_us cpuset/cpuset.cpus; do
      test ! -e $f || echo $f $(cat $f)
    done`,
  df: `df -h > list && head -1 list; df --output=fstype,target /; grep -c ' /dev/shm$' list`,
  mountpoint: `for p in / /proc /dev/shm /usr; do mountpoint $p; done; grep -c ' / ' /proc/mounts`,
  "process substitution": `cat <(echo x) <(echo y); diff <(echo a) <(echo a) && echo same; echo z > >(cat); wait`,
  "streams by name": `echo out > /dev/stdout; echo err > /dev/stderr; echo both | tee /dev/stderr; echo in | cat /dev/stdin - < /dev/null`,
  "/dev": `ls -l /dev/fd /dev/stdin /dev/stdout /dev/stderr | sed 's/.* \\/dev/\\/dev/'; for d in null zero full random urandom tty ptmx; do test -c $d /dev/$d && echo $d; done 2>/dev/null
    head -c 3 /dev/zero | od -An -c; echo x > /dev/full || echo full; python3 -c 'import pty; pty.spawn(["tty"])' < /dev/null | tr -d '\\r'`,
  "shared memory": `touch /dev/shm/mine && test -w /dev/shm && stat -c %a /dev/shm; python3 -c '
from multiprocessing import Lock, Pool, shared_memory
m = shared_memory.SharedMemory(create=True, size=1 << 20); m.buf[0] = 7; print(m.size, m.buf[0]); m.close(); m.unlink()
with Pool(3) as pool: print(pool.map(abs, [-1, -2, -3]))'`,
  getent: `getent passwd root; getent group tty; getent hosts localhost`,
  environment: `echo $HOME $LANG $PWD; locale 2>&1 | grep -c C.UTF-8; python3 -c 'import sys; print(sys.getfilesystemencoding(), "\\u00e9")'; cd ~ && touch mine && ls -A mine; umask`,
  "make -j": `printf 'all: a b c d\\na b c d:\\n\\t@sleep 0.1; echo made $@\\n' > Makefile; make -j | sort; make -j4 | sort; make -j "$(nproc)" | sort`,
});

// How many processes there may be is left out: docker's number has room for the guest, which is inside.
/** The packages that the large image has beside them. */
export const MORE_PACKAGES = [
  "python3-venv",
  "git",
  "nodejs",
  "openjdk-17-jre-headless",
  "python3-pytest-xdist",
  "postgresql",
  "procps",
  "libnss-wrapper",
] as const;

const JAVA =
  "MaxHeapSize|InitialHeapSize|ParallelGCThreads|ConcGCThreads|CICompilerCount|UseSerialGC|UseG1GC|ActiveProcessorCount|UseContainerSupport";

export const MORE = programs({
  git: `git init -q -b main r && cd r && git config user.name A && git config user.email a@b && echo 1 > a && git add a &&
    git commit -qm first && git log --format='%an %s' && git status --short && git clone -q . ../c && ls ../c && git gc -q && git fsck`,
  "python3 -m venv": `python3 -m venv v && v/bin/python -c 'import sys; print(sys.prefix != sys.base_prefix)' && v/bin/pip --version | cut -d' ' -f1,2 && v/bin/pip list --format freeze`,
  node: `node -e '
const os = require("os");
console.log(process.constrainedMemory?.() ?? 0, os.cpus().length > 0, os.availableParallelism?.() ?? 0, os.tmpdir(), os.homedir());
console.log(require("v8").getHeapStatistics().heap_size_limit, typeof process.memoryUsage().rss, os.hostname().length > 0);
new (require("worker_threads").Worker)("console.log(1 + 1)", { eval: true });'`,
  java: `java -XX:+PrintFlagsFinal -version 2>/dev/null | grep -wE '${JAVA}'; java -XshowSettings:system -version 2>&1 | grep -v '^$\\|Processes Limit'`,
  "pytest -n auto": `printf 'import pytest\\n@pytest.mark.parametrize("n", range(8))\\ndef test_n(n, tmp_path): assert n < 8\\n' > test_n.py
    python3 -m pytest -q -n auto test_n.py | sed 's/ in .*//'`,
  psql: `
    PATH=$(echo /usr/lib/postgresql/*/bin):$PATH
    initdb -D db > initdb.log 2>&1 || { tail -3 initdb.log; exit 1; }
    pg_ctl -D db -w -o '-k /tmp -h ""' -l pg.log start > /dev/null || { cat pg.log; exit 1; }
    psql -h /tmp -d postgres -Atc 'create table t as select generate_series(1, 1000) n' -c 'select sum(n) from t' -c 'show shared_buffers' -c 'show dynamic_shared_memory_type'
    pg_ctl -D db -w stop`,
  ps: `ps -o comm= $$; free -b | awk '/^Mem/ { print ($2 > 0) }'; test "$(uptime -p)" && echo up`,
});
