"""What a submission's code may try, harmless everywhere: each writes at most a canary.

`HELD` must raise: a body that runs to its end has got out. `ENDED` must be stopped, or end by itself,
in time, and harm nobody after it; `WATCHED` before its time is up. `CHEATS` are whole submissions that
must earn nothing.

The names that bodies use: `course`, `neighbour` (a file of another student's), `outside` (a folder),
`port` (somebody listens there), `parent` (the process that forked this one), `libc`, and `call(number,
…)`, which raises where the kernel says no.
"""

from __future__ import annotations

import textwrap

HELD = {
    # reading
    "neighbour's answers": "open(neighbour).read()",
    "neighbour's answers, raw": "os.open(neighbour, os.O_RDONLY)",
    "neighbour's answers, mapped": "np.memmap(neighbour)",
    "neighbour's answers, numpy": "np.fromfile(neighbour, 'u1')",
    "neighbour's answers, tensorflow": "tf.io.read_file(neighbour)",
    "neighbour's answers, gfile": "tf.io.gfile.GFile(neighbour).read()",
    "neighbour's answers, as code": "exec(open(neighbour).read())",
    "neighbour's answers by a long way": "open('/proc/self/root' + neighbour).read()",
    "neighbour's answers by dots": "open('../' * 30 + neighbour.lstrip('/')).read()",
    "neighbour's answers by a descriptor": (
        "end = os.open(neighbour, os.O_PATH); open(f'/proc/self/fd/{end}').read()"
    ),
    "neighbour's answers by a folder": (
        "end = os.open(os.path.dirname(neighbour), os.O_PATH)\n"
        "os.open('answers.json', os.O_RDONLY, dir_fd=end)"
    ),
    "neighbour's model": "keras.models.load_model(os.path.dirname(neighbour) + '/q1.keras')",
    "neighbour's weights": "import h5py; h5py.File(os.path.dirname(neighbour) + '/q1.keras')",
    "neighbour's code": (
        "import sys; sys.path.insert(0, os.path.dirname(neighbour)); import stolen_module"
    ),
    "who is in class": "os.listdir(course + '/submitted')",
    "who is in class, walked": "assert list(os.walk(course))[0][1]",
    "who is in class, globbed": "import glob; assert glob.glob(course + '/submitted/*')",
    "the key": "open(course + '/source/tiny/assignment.toml').read()",
    "grades": "import sqlite3; sqlite3.connect(course + '/grades.sqlite').execute('select * from results').fetchall()",
    "grades, read only": (
        "import sqlite3\n"
        "base = sqlite3.connect(f'file:{course}/grades.sqlite?mode=ro&immutable=1', uri=True)\n"
        "base.execute('select * from results').fetchall()"
    ),
    "accounts": "open('/etc/passwd').read()",
    "accounts by name": "import pwd; pwd.getpwuid(0); open('/etc/shadow').read()",
    "host": "open('/etc/hostname').read()",
    "home": "os.listdir(os.path.dirname(outside))",
    "secret at home": "open(outside + '/secret').read()",
    "parent's environment": "open(f'/proc/{parent}/environ').read()",
    "parent's memory": "open(f'/proc/{parent}/mem', 'rb').read(1)",
    "parent's files": "os.listdir(f'/proc/{parent}/fd')",
    "parent's maps": "open(f'/proc/{parent}/maps').read()",
    "everybody's environment": (
        "[open(f'/proc/{one}/environ').read() for one in os.listdir('/proc') if one.isdigit()]"
    ),
    "first process": "open('/proc/1/environ').read()",
    "own environment": "open('/proc/self/environ').read()",
    "environment": "os.environ['SECRET']",
    "kernel's log": "open('/dev/kmsg').read(1)",
    "other folders of /tmp": "os.listdir('/tmp')",
    "scratch of others": "os.listdir('..')",
    "devices": "os.listdir('/dev')",
    "mounts": "open('/proc/mounts').read()",
    # what a name that is guessed tells: 17 bytes
    "neighbour's size": "os.stat(neighbour)",
    "neighbour's size, not following": "os.lstat(neighbour)",
    "neighbour's size by os.path": "os.path.getsize(neighbour)",
    "neighbour's size by pathlib": "import pathlib; pathlib.Path(neighbour).stat()",
    "neighbour's size, tensorflow": "tf.io.gfile.stat(neighbour)",
    "neighbour's size by the old call": "call(4, neighbour.encode(), bytes(256))",
    "neighbour's size by the old call, not following": "call(6, neighbour.encode(), bytes(256))",
    "neighbour's size by newfstatat": "call(262, -100, neighbour.encode(), bytes(256), 0)",
    "neighbour's size by statx": "call(332, -100, neighbour.encode(), 0, 0xFFF, bytes(256))",
    "neighbour's size by a name that may be empty": (
        "call(332, -100, neighbour.encode(), 0x1000, 0xFFF, bytes(256))"
    ),
    "neighbour's size from its folder": "os.chdir(folder); os.stat('answers.json')",
    "neighbour's size from above": "os.chdir(course); os.stat('submitted/neighbour/tiny/answers.json')",
    "neighbour's folder": "os.chdir(folder); os.stat('.')",
    "neighbour's folder, nameless": "os.chdir(folder); call(332, -100, b'', 0x1000, 0xFFF, bytes(256))",
    "neighbour's size by dots": "os.stat('../' * 30 + neighbour.lstrip('/'))",
    "neighbour's size by dots from what may be read": (
        "os.stat(os.path.dirname(np.__file__) + '/..' * 30 + neighbour)"
    ),
    "neighbour's size by one's own root": "os.stat('/proc/self/root' + neighbour)",
    "neighbour's size by one's own folder": (
        "os.chdir(folder); os.stat('/proc/self/cwd/answers.json')"
    ),
    "neighbour's size by a thread's folder": (
        "os.chdir(folder); os.stat('/proc/thread-self/cwd/answers.json')"
    ),
    "neighbour's size by the parent's root": "os.stat(f'/proc/{parent}/root' + neighbour)",
    "neighbour's size by a handle": "os.fstat(os.open(neighbour, os.O_PATH))",
    "neighbour's size, opened neither to read nor to write": "os.fstat(os.open(neighbour, 3))",
    "neighbour's attributes, opened neither to read nor to write": (
        "os.listxattr(os.open(neighbour, 3))"
    ),
    "device opened neither to read nor to write": "os.open('/dev/full', 3)",
    "neighbour's size by its folder's handle": (
        "os.stat('answers.json', dir_fd=os.open(folder, os.O_PATH | os.O_DIRECTORY))"
    ),
    "neighbour's size by a handle of the root": (
        "os.stat(neighbour.lstrip('/'), dir_fd=os.open('/', os.O_PATH | os.O_DIRECTORY))"
    ),
    "neighbour's attributes": "os.getxattr(neighbour, 'user.canary')",
    "neighbour's attributes, listed": "os.listxattr(neighbour)",
    "size of the grades": "os.stat(course + '/grades.sqlite')",
    "size of a file in /etc": "os.stat('/etc/passwd')",
    "size of a file of another folder": "os.stat(outside + '/secret')",
    "neighbour's size while its name changes": (
        "own = (os.getcwd() + '/own').encode().ljust(len(neighbour) + 200, b'\\0')\n"
        "open('own', 'w').write('x' * 12345); name = ctypes.create_string_buffer(own, len(own))\n"
        "other = neighbour.encode().ljust(len(own), b'\\0')\n"
        "def change():\n    while True: name.raw = own; name.raw = other\n"
        "threading.Thread(target=change, daemon=True).start()\n"
        "found, sizes, end = ctypes.create_string_buffer(256), set(), time.monotonic() + 0.6\n"
        "while time.monotonic() < end:\n"
        "    if libc.stat(name, found) == 0: sizes.add(int.from_bytes(found.raw[48:56], 'little'))\n"
        "if sizes <= {12345}: raise OSError"
    ),
    # writing
    "write to neighbour": "open(neighbour, 'a').write(' ')",
    "cut neighbour": "os.truncate(neighbour, 0)",
    "remove neighbour": "os.remove(neighbour)",
    "remove the course": "import shutil; shutil.rmtree(course)",
    "rename the course": "os.rename(course, course + '-gone')",
    "move into the course": "open('x', 'w').close(); os.rename('x', course + '/x')",
    "write into the course": "open(course + '/canary', 'w')",
    "write a grade": (
        "import sqlite3\n"
        "base = sqlite3.connect(course + '/grades.sqlite')\n"
        "base.execute('delete from results'); base.commit()"
    ),
    "write outside": "open(outside + '/canary', 'w')",
    "write to /tmp": "open('/tmp/advisor-canary', 'w')",
    "write to the parent's scratch": "open('../advisor-canary', 'w')",
    "write to shared memory": "open('/dev/shm/advisor-canary', 'w')",
    "shared memory": (
        "from multiprocessing import shared_memory; shared_memory.SharedMemory('canary', True, 9)"
    ),
    "write to advisor": "import advisor; open(advisor.__file__, 'a')",
    "write to keras": "open(keras.__file__, 'a')",
    "write a module": "open(os.path.dirname(np.__file__) + '/canary.py', 'w')",
    "make a folder outside": "os.mkdir(outside + '/canary')",
    "empty what may be read": "os.open('/dev/zero', os.O_RDONLY | os.O_TRUNC)",
    "empty what may be read, the odd way": "os.open('/dev/zero', 3 | os.O_TRUNC)",
    "open what may be read, neither to read nor to write": "os.open(np.__file__, 3)",
    "empty what may be read, by the old call": "call(2, b'/dev/zero', os.O_TRUNC, 0)",
    "set space aside": "os.posix_fallocate(os.open('x', 66), 0, 2**25)",
    "link": "os.link(neighbour, 'mine')",
    "link a library": "os.link(np.__file__, 'mine')",
    "symbolic link": "os.symlink(neighbour, 'mine'); open('mine').read()",
    "fifo": "os.mkfifo('fifo')",
    "device": "os.mknod('device', 0o660 | 0o020000, os.makedev(1, 1))",
    "rights": "os.chmod(np.__file__, 0o777)",
    "rights of neighbour": "os.chmod(neighbour, 0)",
    "owner": "os.chown(np.__file__, 1, 1)",
    "times": "os.utime(np.__file__, (0, 0))",
    "attributes": "os.setxattr(np.__file__, 'user.canary', b'1')",
    "terminal": "open('/dev/tty', 'w').write('canary')",
    "pseudo terminal": "os.openpty()",
    "memory device": "open('/dev/mem', 'rb')",
    "out of memory": "open('/proc/self/oom_score_adj', 'w').write('-1000')",
    "own memory map": "open('/proc/self/mem', 'wb')",
    "parent's memory, written": "open(f'/proc/{parent}/mem', 'wb')",
    "core pattern": "open('/proc/sys/kernel/core_pattern', 'w')",
    "control group": "os.mkdir('/sys/fs/cgroup/canary')",
    # network
    "connect": "socket.create_connection(('127.0.0.1', port), 1)",
    "connect, six": "socket.create_connection(('::1', port), 1)",
    "datagram": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', port))",
    "listen": "socket.create_server(('127.0.0.1', 0))",
    "look up a name": "socket.getaddrinfo('localhost', 80); socket.socket()",
    "raw socket": "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    "netlink": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "virtual machine's socket": "socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)",
    "unix socket": "socket.socket(socket.AF_UNIX).connect('/run/systemd/private')",
    "abstract socket": "socket.socket(socket.AF_UNIX).connect('\\0canary')",
    "datagrams along a pair": (
        "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b'x', '/dev/log')"
    ),
    "web": "import urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{port}', timeout=1)",
    "download": "keras.utils.get_file('x', f'http://127.0.0.1:{port}/x')",
    "web server": "import http.server; http.server.HTTPServer(('', 0), None)",
    "event loop's server": (
        "import asyncio\n"
        "async def serve(): assert (await asyncio.start_server(print, '127.0.0.1', 0)).sockets\n"
        "asyncio.run(serve())"
    ),
    "socket, raw call": "call(41, 2, 1, 0)",
    "io_uring": "call(425, 8, bytes(120))",
    # other processes
    "fork": "os.fork()",
    "forkpty": "import pty; pty.fork()",
    "fork, raw call": "call(57)",
    "vfork, raw call": "call(58)",
    "clone, raw call": "call(56, 17, 0, 0, 0, 0)",
    "clone3, raw call": "call(435, bytes(88), 88)",
    "shell": "assert os.system('true') == 0",
    "program": "import subprocess; subprocess.run(['true'])",
    "spawn": "os.posix_spawn('/bin/true', ['true'], {})",
    "exec": "os.execv('/bin/true', ['true'])",
    "exec of memory": (
        "end = os.memfd_create('x'); os.write(end, open('/bin/true', 'rb').read())\n"
        "os.execve(end, ['true'], {})"
    ),
    "python": "import subprocess, sys; subprocess.run([sys.executable, '-c', ''])",
    "processes": "import multiprocessing; multiprocessing.Process(target=print).start()",
    "pool": "import multiprocessing; multiprocessing.Pool(1)",
    "executor": (
        "from concurrent.futures import ProcessPoolExecutor as P\n"
        "with P(1) as pool: pool.submit(int).result(1)"
    ),
    "joblib's processes": (
        "from joblib.externals import loky\nloky.get_reusable_executor(1).submit(int).result(1)"
    ),
    "kill the parent": "os.kill(parent, 9)",
    "is the parent there": "os.kill(parent, 0)",
    "kill everybody": "os.kill(-1, 9)",
    "kill the group": "os.killpg(os.getpgid(parent), 9)",
    "stop the parent": "os.kill(parent, 19)",
    "signal a thread of the parent": "call(234, parent, parent, 9)",
    "queue a signal": "call(129, parent, 9, bytes(128))",
    "signal by descriptor": "signal.pidfd_send_signal(os.pidfd_open(parent), 9)",
    "steal a descriptor": "call(438, os.pidfd_open(parent), 0, 0)",
    "signal by fcntl": (
        "import fcntl; a, b = os.pipe()\n"
        "fcntl.fcntl(a, fcntl.F_SETOWN, parent); fcntl.fcntl(a, fcntl.F_SETSIG, 9)"
    ),
    "kill oneself": "os.kill(os.getpid(), 9)",
    "trace the parent": "call(101, 16, parent, 0, 0)",
    "be traced": "call(101, 0, 0, 0, 0)",
    "read the parent": "call(310, parent, bytes(16), 1, bytes(16), 1, 0)",
    "write the parent": "call(311, parent, bytes(16), 1, bytes(16), 1, 0)",
    "compare": "call(312, parent, os.getpid(), 0, 0, 0)",
    "priority of the parent": "os.setpriority(os.PRIO_PROCESS, parent, 19)",
    "processors of the parent": "os.sched_setaffinity(parent, {0})",
    "limits of the parent": "resource.prlimit(parent, resource.RLIMIT_CPU, (1, 1))",
    "signals by input": "import fcntl; fcntl.ioctl(0, 0x5412, b'x')",
    # rights and the kernel
    "raise a limit": "resource.setrlimit(resource.RLIMIT_AS, (2**40, 2**40))",
    "raise a limit, raw call": "call(302, 0, 9, bytes(16), None)",
    "another user": "os.setuid(12345)",
    "the first user": "os.setresuid(0, 0, 0)",
    "another group": "os.setgroups([0])",
    "own session": "os.setsid()",
    "own group": "os.setpgid(0, 0)",
    "new root": "os.chroot('.')",
    "mount": "call(165, b'none', b'.', b'tmpfs', 0, None)",
    "new mount": "call(428, -100, b'.', 1)",
    "open a filesystem": "call(430, b'tmpfs', 0)",
    "namespaces": "call(272, 0x10000000)",
    "another's namespaces": "call(308, 0, 0)",
    "pivot": "call(155, b'.', b'.')",
    "handle of a file": "call(303, -100, neighbour.encode(), bytes(16), bytes(8), 0)",
    "file by handle": "call(304, -100, bytes(16), 0)",
    "openat2": "call(437, -100, neighbour.encode(), bytes(24), 24)",
    "live on": "call(157, 1, 0, 0, 0, 0)",
    "new privileges": "call(157, 38, 0, 0, 0, 0)",
    "dumpable": "call(157, 4, 1, 0, 0, 0)",
    "another filter": "call(317, 1, 0, 0)",
    "another jail": "call(444, None, 0, 1)",
    "extended filter": "call(321, 5, bytes(128), 128)",
    "performance counters": "call(298, bytes(128), 0, -1, -1, 0)",
    "page faults": "call(323, 0)",
    "keys": "call(250, 0, -3, 0, 0, 0)",
    "modules": "call(175, b'', 0, b'')",
    "another kernel": "call(246, 0, 0, None, 0)",
    "restart": "call(169, 0xfee1dead, 672274793, 0, None)",
    "clock": "time.clock_settime(time.CLOCK_REALTIME, 0)",
    "hostname": "socket.sethostname('canary')",
    "swap": "call(168, b'/dev/null')",
    "ports": "call(172, 3)",
    "old rules": "call(135, 0x0400000)",
    "shared segments": "call(29, 1234, 4096, 0o1666)",
    "queues": "call(68, 1234, 0o1666)",
    "posix queues": "call(240, b'canary', 0o102, 0o600, None)",
    "memory without a name": "os.memfd_create('canary')",
    "watch files": "call(294, 0)",
    "watch everything": "call(300, 0, 0)",
    "lock memory": "call(151, 1)",
    "other numbers": "call(0x40000000 + 41, 2, 1, 0)",
    "unknown call": "call(900)",
    # other ways to the same
    "descriptors of one's own by a thread": (
        "end = os.open('/dev/null', 0); stack = ctypes.create_string_buffer(65536)\n"
        "top = ctypes.c_void_p(ctypes.addressof(stack) + 65472)\n"
        "close = ctypes.cast(libc.close, ctypes.c_void_p)\n"
        "if libc.clone(close, top, 0x10F00 - 0x400, ctypes.c_void_p(end)) == -1: raise OSError\n"
        "time.sleep(0.2); os.fstat(end)"
    ),
    "whiteout": "open('x', 'w').close(); call(316, -100, b'x', -100, b'y', 4)",
    "parent's folder": "os.readlink(f'/proc/{parent}/cwd')",
    "parent's program": "os.readlink(f'/proc/{parent}/exe')",
    "parent's descriptor": "os.readlink(f'/proc/{parent}/fd/0')",
    "parent's namespaces": "os.readlink(f'/proc/{parent}/ns/net')",
    "parent's threads": "os.listdir(f'/proc/{parent}/task')",
    "parent's command": "open(f'/proc/{parent}/cmdline').read()",
    "own memory by a thread": "os.open('/proc/thread-self/mem', os.O_RDWR)",
    "folder entered and listed": "os.chdir(course); os.listdir('.')",
    "neighbour's answers, text dataset": "list(tf.data.TextLineDataset(neighbour))",
    "neighbour's answers, in TensorFlow's thread": "tf.py_function(lambda: open(neighbour).read(), [], tf.string)",
    "neighbour's answers, external dataset": (
        "import h5py\nfile = h5py.File('x.h5', 'w')\n"
        "file.create_dataset('x', (17,), 'u1', external=[(neighbour, 0, 17)])[:]"
    ),
    "neighbour's answers, external link": (
        "import h5py\nfile = h5py.File('x.h5', 'w'); file['x'] = h5py.ExternalLink(neighbour, '/'); file['x']"
    ),
    "write outside, tensorflow": "tf.io.write_file(outside + '/canary', 'x')",
    "write outside, checkpoint": (
        "tf.raw_ops.SaveV2(prefix=outside + '/canary', tensor_names=['a'], shape_and_slices=[''], tensors=[tf.ones(1)])"
    ),
    "write outside, external dataset": (
        "import h5py\nfile = h5py.File('x.h5', 'w')\n"
        "file.create_dataset('x', (1,), 'u1', external=[(outside + '/canary', 0, 1)])[:] = 1"
    ),
    "server of tensorflow": "tf.distribute.Server({'a': ['localhost:0']}, job_name='a', start=True)",
    "namespaces by a thread": (
        "stack = ctypes.create_string_buffer(65536)\n"
        "top = ctypes.c_void_p(ctypes.addressof(stack) + 65472)\n"
        "for flag in (0x20000, 0x10000000, 0x40000000, 0x8000000, 0x4000000, 0x20000000, 0x2000000):\n"
        "    if libc.clone(ctypes.cast(libc.close, ctypes.c_void_p), top, 0x10D00 | flag, ctypes.c_void_p(99)) != -1:\n"
        "        break\n"
        "else: raise OSError"
    ),
    "signal by the descriptor of a pair": "a, b = socket.socketpair(); call(424, a.getsockopt(1, 77), 9, 0, 0)",
    "messages along a pair": "socket.socketpair()[0].sendmsg([b'x'])",
    "name of a pair": "socket.socketpair()[0].bind('\\0canary')",
    "pair led elsewhere": "socket.socketpair()[0].connect('\\0canary')",
    "larger buffers": "socket.socketpair()[0].setsockopt(1, 7, 2**30)",
    "larger pipe": "import fcntl; fcntl.fcntl(os.pipe()[1], 1031, 2**20)",
    "lease": "import fcntl; fcntl.fcntl(os.open('x', 66), 1024, 1)",
    "personality": "call(135, -1)",
    "kill oneself, raw call": "call(234, os.getpid(), os.getpid(), 9)",
    "end oneself as from outside": "signal.raise_signal(signal.SIGTERM)",
    "timer of the kernel's": "call(222, 0, None, bytes(8))",
    "timer as a file": "call(283, 0, 0)",
    "mounts listed": "call(458, bytes(32), bytes(64), 8, 0)",
    "attributes, newer call": "call(463, -100, b'x', 0, b'user.a', bytes(16), 16)",
}
# what a child holds: the pipe of its answer, and the socket that tells that it lives
_PIPES = """
import fcntl, os, stat
for end in range(3, 64):
    try: kind = os.fstat(end).st_mode
    except OSError: continue
    if stat.S_ISSOCK(kind): living = end
    if stat.S_ISFIFO(kind) and fcntl.fcntl(end, fcntl.F_GETFL) & 3 == 1: answer = end
answer, living
"""
ENDED = {
    "endless": "while True: pass",
    "endless, deaf": (
        "for one in range(1, 65):\n"
        "    try: signal.signal(one, signal.SIG_IGN)\n"
        "    except (OSError, ValueError): pass\n"
        "while True: pass"
    ),
    "endless in C": "sum(iter(int, 1))",
    "endless number": "10 ** 10 ** 10",
    "endless pattern": "import re; re.match(r'(a+)+$', 'a' * 64 + 'b')",
    "sleeps": "time.sleep(10_000)",
    "sleeps, catching": (
        "while True:\n    try: time.sleep(10_000)\n    except BaseException: pass"
    ),
    "waits for itself": "a, b = os.pipe(); os.read(a, 1)",
    "waits for a lock": "lock = threading.Lock(); lock.acquire(); lock.acquire()",
    "waits for threads": (
        "threading.Thread(target=time.sleep, args=(10_000,)).start(); threading.active_count()\n"
        "for one in threading.enumerate():\n"
        "    if one is not threading.main_thread(): one.join()"
    ),
    "computes in threads": (
        "def go():\n    while True: pass\n"
        "for _ in range(8): threading.Thread(target=go).start()\n"
        "go()"
    ),
    "thread behind": "threading.Thread(target=lambda: time.sleep(10_000)).start()",
    "thread bomb": (
        "threading.stack_size(32768)\n"
        "while True:\n"
        "    try: threading.Thread(target=time.sleep, args=(10_000,)).start()\n"
        "    except RuntimeError: pass"
    ),
    "fork bomb": "while True:\n    try: os.fork()\n    except OSError: pass",
    "process bomb": (
        "import subprocess\nwhile True:\n    try: subprocess.Popen(['true'])\n    except OSError: pass"
    ),
    "memory": "kept = []\nwhile True: kept.append(bytearray(2**24))",
    "memory, caught": (
        "kept = []\nwhile True:\n    try: kept.append(bytearray(2**24))\n    except MemoryError: pass"
    ),
    "memory at once": "np.ones((10**6, 10**6))",
    "memory of tensors": "tf.ones((10**5, 10**5))",
    "memory in pieces": "kept = {}\nwhile True: kept[len(kept)] = object()",
    "mapped memory": "import mmap\nkept = []\nwhile True: kept.append(mmap.mmap(-1, 2**28))",
    "one large file": "file = open('x', 'wb')\nwhile True: file.write(bytes(2**24))",
    "large files": (
        "for n in range(10**6):\n    with open(f'x{n}', 'wb') as file: file.write(bytes(2**25))"
    ),
    "large files without a name": (
        "kept = []\nfor n in range(10**6):\n"
        "    kept.append(open('x', 'wb', 0)); os.remove('x'); kept[-1].write(bytes(2**25))"
    ),
    "large files, mapped": (
        "import mmap\nkept = []\nfor n in range(10**6):\n"
        "    with open(f'x{n}', 'w+b') as file: file.truncate(2**25)\n"
        "    end = os.open(f'x{n}', os.O_RDWR); one = mmap.mmap(end, 2**25); os.close(end)\n"
        "    one[:] = bytes(2**25); one.close()"
    ),
    "small files": "for n in range(10**9): open(f'x{n}', 'w').close()",
    "folders": "for n in range(10**9): os.mkdir(f'x{n}')",
    "deep folders": "while True:\n    os.mkdir('x'); os.chdir('x')",
    "closed folders": (
        "os.umask(0)\nfor n in range(100): os.mkdir(f'x{n}', 0o700); os.mkdir(f'x{n}/y', 0)\n"
        "os._exit(0)"
    ),
    "space set aside": "for n in range(10**6): os.posix_fallocate(os.open(f'x{n}', 66), 0, 2**25)",
    "open files": "kept = [open('x', 'w') for _ in range(10**6)]",
    "odd names": "open('\\n\\udcff\\x1b[31m', 'w').close(); open('-rf', 'w').close(); os._exit(0)",
    "own folder removed": "import shutil; shutil.rmtree('.', ignore_errors=True); os._exit(0)",
    "own folder renamed": (
        "os.mkdir('x'); os.rename('x', 'y'); os.rename(os.getcwd(), os.getcwd() + '-gone')"
    ),
    "leaves": "os._exit(0)",
    "leaves with a grade": "print('grade: 100'); os._exit(100)",
    "exits": "import sys; sys.exit('5/5')",
    "exit by interrupt": "raise KeyboardInterrupt",
    "skips": "import unittest; raise unittest.SkipTest('all passed')",
    "cannot leave": "os._exit = lambda code: None",
    "does not leave": "os._exit = lambda code: time.sleep(10_000)",
    "leaves its threads behind": (
        "threading.Thread(target=time.sleep, args=(10_000,)).start(); libc.syscall(60, 0)"
    ),
    "aborts": "os.abort()",
    "crashes": "ctypes.string_at(0)",
    "breaks the stack": ("import sys; sys.setrecursionlimit(10**9)\ndef f(): return f()\nf()"),
    "stops itself": "signal.raise_signal(signal.SIGSTOP)",
    "alarm": "signal.alarm(1); time.sleep(10_000)",
    "another machine's call": (
        "import mmap\n"
        "code = mmap.mmap(-1, 4096, prot=7)\n"
        "code.write(bytes.fromhex('b814000000cd80c3'))\n"
        "where = ctypes.addressof(ctypes.c_char.from_buffer(code))\n"
        "ctypes.CFUNCTYPE(ctypes.c_int)(where)()"
    ),
    "closes everything": "os.closerange(0, 1000)",
    "writes into everything": (
        "for end in range(256):\n    try: os.write(end, b'grade: 100')\n    except OSError: pass"
    ),
    "floods everything": (
        "while True:\n    for end in range(256):\n"
        "        try: os.write(end, bytes(2**20))\n        except OSError: pass"
    ),
    "floods the screen": "while True: print('x' * 10**6)",
    "reads everything": (
        "for end in range(256):\n"
        "    try: os.set_blocking(end, False); os.read(end, 10**6)\n    except OSError: pass\n"
        "raise OSError"
    ),
    "asks": "input()",
    "error without words": ("class E(Exception):\n    def __str__(self): raise self\nraise E"),
    "error that never ends": (
        "class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E"
    ),
    "error of many words": "raise ValueError('\\x1b[31m<script>' + 'x' * 10**8)",
    "error of no kind": "raise type('\\x1b[31m' + 'E' * 10**6, (Exception,), {})",
    "traces": "import sys; sys.settrace(lambda *a: time.sleep(1)); [f for f in range(99)]; print(1)",
    "no builtins": "import builtins; vars(builtins).clear()",
    "no modules": "import sys; sys.modules.clear(); raise OSError",
    "no import": "import builtins; builtins.__import__ = None; import json",
    "floods the answer with small messages": _PIPES
    + """
one = (2).to_bytes(4, "big") + bytes(8) + b"{}"
try:
    for _ in range(64):
        left = memoryview(one * (2**20 // 14))
        while left: left = left[os.write(answer, left):]
except OSError: pass
os._exit(0)
""",
    "closes its answer and goes on": _PIPES
    + "os.close(answer); os.close(living)\nwhile True: pass",
    "goes on as the parent": (
        "os._exit = lambda *a: None\nfrom advisor.grading import opening\n"
        "opening._wait = lambda *a: time.sleep(10_000)"
    ),
    "450 threads in C": (
        "a = np.ones(200_000); threading.stack_size(65536)\n"
        "def go():\n    while True: np.sort(a)\n"
        "for _ in range(450): threading.Thread(target=go).start()\n"
        "time.sleep(10_000)"
    ),
    "signals masked, timers": (
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n"
        "for one in (0, 1, 2): signal.setitimer(one, 1e-4, 1e-4)\nwhile True: pass"
    ),
    "syncs at the end": (
        "files = [open(f'x{n}', 'wb', 0) for n in range(8)]\n"
        "for one in files: one.write(os.urandom(2**20) * 29)\n"
        "time.sleep(1)\n"
        "for one in files: threading.Thread(target=os.fsync, args=(one.fileno(),)).start()\n"
        "time.sleep(10_000)"
    ),
    "reads zeros in threads": (
        "end = os.open('/dev/zero', 0); buffer = ctypes.create_string_buffer(2**30)\n"
        "def go():\n    while True: libc.read(end, buffer, ctypes.c_size_t(2**30))\n"
        "for _ in range(30): threading.Thread(target=go).start()\ntime.sleep(10_000)"
    ),
    "never collected": "class D:\n    def __del__(self):\n        while True: pass\nx = D(); del x",
    "code under the file's own name": "exec(compile('1 / 0', 'a.py:x', 'exec'))",
}
# each takes more than it may until it is stopped, and before its time is up
WATCHED = {
    "threads, after it closed everything": "os.closerange(0, 1000)\n" + ENDED["thread bomb"],
    "disk, after it closed everything": "os.closerange(0, 1000)\n" + ENDED["large files"],
    "files, after it closed everything": "os.closerange(0, 1000)\n" + ENDED["small files"],
    "threads, after the first one left": (
        "def more():\n"
        + textwrap.indent(ENDED["thread bomb"], "    ")
        + "\nthreading.Thread(target=more).start(); libc.syscall(60, 0)"
    ),
    "threads, after it closed what tells that it lives": _PIPES
    + "\nos.close(living)\n"
    + ENDED["thread bomb"],
    "threads, after it wrote into what tells that it lives": _PIPES
    + "\nos.write(living, b'x')\n"
    + ENDED["thread bomb"],
    "files that never had a name": (
        "kept = [os.open('.', os.O_TMPFILE | os.O_RDWR) for _ in range(200)]\n"
        "while True:\n"
        "    for end in kept: os.pwrite(end, bytes(2**24), os.fstat(end).st_size % 2**25)"
    ),
    "files without a name, mapped": (
        "import mmap\nkept = []\nwhile True:\n"
        "    end = os.open('x', os.O_CREAT | os.O_RDWR); os.remove('x'); os.ftruncate(end, 2**25)\n"
        "    if len(kept) < 200: kept.append(end)\n"
        "    one = mmap.mmap(kept[-1], 2**25); one[:] = bytes(2**25); one.close()"
    ),
    "in a folder that nobody may list": (
        "os.umask(0); os.mkdir('x', 0o300)\n"
        "for n in range(10**6):\n    with open(f'x/{n}', 'wb') as file: file.write(bytes(2**25))"
    ),
}
# how each begins
BEGIN = """
import ctypes, os, resource, signal, socket, threading, time
import keras, numpy as np, tensorflow as tf
course, neighbour, outside, port = {course!r}, {neighbour!r}, {outside!r}, {port}
folder = os.path.dirname(neighbour)
parent = os.getppid()
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *given):
    kept = [ctypes.c_char_p(one) if isinstance(one, bytes) else ctypes.c_long(one) if isinstance(one, int)
            else ctypes.c_void_p(None) for one in given]
    if libc.syscall(ctypes.c_long(number), *kept) == -1:
        raise OSError(ctypes.get_errno(), number)
"""


def held(name: str, where: dict[str, object]) -> str:
    """Return the code of one that must raise; q3 says whether it did."""
    body = textwrap.indent(HELD[name], "    ")
    return (
        f"{BEGIN.format(**where)}\ntry:\n{body}\n"
        "except BaseException as error: q3 = 'held: ' + type(error).__name__\nelse: q3 = 'ESCAPED'\n"
    )


def ended(name: str, where: dict[str, object]) -> str:
    """Return the code of one that must end."""
    return f"{BEGIN.format(**where)}\n{(ENDED | WATCHED)[name]}\n"


_GOOD = """
import keras
def good():
    m = keras.Sequential([keras.Input((2,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1, "sigmoid")])
    m.compile("adam", "binary_crossentropy")
    return m
def bad():
    m = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, "relu")])
    m.compile("adam", "mse")
    return m
"""
CHEATS = {
    "prints a grade": 'print(\'q1: 2/2 correct\'); print(\'{"points": 5, "status": "correct"}\')',
    "writes a result": """
import json
for name in ("result.json", "results.json", "grades.sqlite", "marks.json", "answers.json"):
    with open(name, "w") as file: json.dump({"points": 5, "q1": 2, "q2": 2, "q3": "sigmoid"}, file)
""",
    "forges the pipe": """
import json, os
def frame(header, payload=b""):
    text = json.dumps(header).encode()
    return len(text).to_bytes(4, "big") + len(payload).to_bytes(8, "big") + text + payload
for end in range(3, 256):
    for header in ({"status": "ok", "points": 5}, {"status": "done", "marks": [2, 2, 1]},
                   {"question": "q1", "status": "model"}, {"question": "q3", "status": "correct"}):
        try: os.write(end, frame(header, b"correct"))
        except OSError: pass
def build_model(): os._exit(0)
""",
    "always equal": """
class Yes(str):
    def __eq__(self, other): return True
    def __hash__(self): return 0
    def __contains__(self, other): return True
q3 = Yes("relu")
def build_model(): return Yes()
""",
    "always equal, no text": """
class Yes:
    def __eq__(self, other): return True
    def __float__(self): return 1.0
    __name__ = property(lambda self: self)
q1 = q2 = q3 = Yes()
""",
    "patches keras": _GOOD
    + """
keras.Model.predict = keras.Model.__call__ = lambda self, X, **k: X[:, :1] * 0 + 1
keras.Sequential.get_config = lambda self: {"layers": []}
keras.losses.MeanSquaredError.name = "binary_crossentropy"
def build_model(): return bad()
""",
    "patches the checker": """
import sys
import advisor, advisor.confirmation, advisor.diagnosis, advisor.grading.marking as marking
import advisor.grading.marks, advisor.grading.kinds.head as head, advisor.grading.kinds.choice as choice
from advisor.grading.judgement import Judgement
for module in (head, choice): module.judge = lambda asked: Judgement(())
marking.mark = marking.mark_one = marking.mark_one = lambda *a, **k: None
advisor.grading.marks.CORRECT = advisor.grading.marks.NOT_YET = "correct"
q3 = "relu"
"""
    + _GOOD
    + "def build_model(): return bad()",
    "patches what saves": _GOOD
    + """
from advisor.grading import handin, running
handin.saved = lambda *a: b"correct"
handin.value = lambda *a: {"status": "correct", "points": 99}
running.failed = lambda *a: {"status": "ok"}
q3 = 1 + 1
def build_model(): return bad()
""",
    "leaves": "import os\ndef build_model(): os._exit(0)\nq3 = str(os._exit(0))",
    "leaves later": "import os, atexit\natexit.register(print, 'ok')\ndef build_model(): os._exit(0)",
    "skips": "import unittest\ndef build_model(): raise unittest.SkipTest('passed')\nraise unittest.SkipTest('q3 passed')",
    "neighbour's model": """
import glob, keras
def build_model():
    for path in glob.glob(course + "/submitted/*/tiny/q1.keras"): return keras.models.load_model(path)
    return keras.models.load_model(folder + "/q1.keras")
q3 = open(neighbour).read()
""",
    "the right answer from the course": """
q3 = open(course + "/source/tiny/tiny.py").read()
def build_model(): exec(open(course + "/source/tiny/tiny.py").read())
""",
    "fork bomb": "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    "fills the disk": "n = 0\nwhile True:\n    n += 1\n    open(f'x{n}', 'wb').write(bytes(2**25))",
    "network": "import urllib.request\nq3 = urllib.request.urlopen(f'http://127.0.0.1:{port}/q3', timeout=1).read().decode()",
    "not a model": "def build_model(): return {'layers': ['sigmoid'], 'points': 2}",
    "pretends to be a model": """
class Model:
    def get_config(self): return {}
    def save(self, path): open(path, "wb").write(b"PK correct")
def build_model(): return Model()
""",
    "a class of its own": """
import keras
class Mine(keras.Model):
    def call(self, x): return x
    def predict(self, *a, **k): return 1
def build_model():
    m = Mine(); m(keras.ops.ones((1, 2))); m.compile("adam", "binary_crossentropy"); return m
""",
    "patches the checker by its objects": """
import gc
for one in gc.get_objects():
    if isinstance(one, dict) and "status" in one: one["status"] = "model"
q3 = "re" + "lu"
""",
    "lies of itself": """
import keras
class Liar(keras.Sequential):
    def get_config(self):
        config = super().get_config(); config["layers"][-1]["config"].update(units=1, activation="sigmoid")
        return config
def build_model():
    m = Liar([keras.Input((2,)), keras.layers.Dense(3, "relu")]); m.compile("adam", "mse"); return m
""",
    "registers a class as Keras'": """
import keras
@keras.saving.register_keras_serializable(package="keras.layers", name="Dense")
class Dense(keras.layers.Dense): pass
Dense.__module__ = "keras.layers"
def build_model():
    m = keras.Sequential([keras.Input((2,)), Dense(3, "relu")]); m.compile("adam", "mse"); return m
""",
    "lambda": """
import keras
def build_model():
    m = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda x: x[:, :1])])
    m.compile("adam", "binary_crossentropy"); return m
""",
}


def cheat(name: str, where: dict[str, object]) -> str:
    """Return the code of one that must earn nothing."""
    names = "".join(f"{key} = {value!r}\n" for key, value in where.items())
    return names + CHEATS[name]
