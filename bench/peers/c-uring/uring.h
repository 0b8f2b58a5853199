#ifndef URING_H
#define URING_H

struct options {
    const char *url;
    int probe; /* Only opens a ring with its buffers, to see whether the kernel has all that is used. */
    int direct, zc, fixed, bundle, inc;
    unsigned buffers, buffer_bytes, wait, min_wait_us;
};

struct options parse_options(int argc, char **argv);

/* A listener on tcp://ADDRESS:PORT or unix:///PATH. */
int open_listener(const char *url);

__attribute__((noreturn)) void fail(const char *what);
__attribute__((noreturn)) void fail_usage(const char *what);

#endif
