#ifndef RELAY_H
#define RELAY_H

#include <stddef.h>

/* One direction of a pair. Either way of moving bytes keeps in it what the receiver has not taken yet. */
struct flow {
    int from;
    int to;
    int end_is_near; /* The kernel has reported it, and will not do so again. */
    int has_ended; /* The end was read; it is passed on when everything before it was. */
    int is_done;
    char *unsent; /* copy: only while a send was refused. */
    size_t unsent_from;
    size_t unsent_to;
    int pipe[2]; /* splice: a pipe of its own. */
    size_t in_pipe;
};

enum moved { MOVED_ALL, MOVED_BLOCKED, MOVED_LOST };

/* How bytes are moved, and the size of the buffer or pipe. */
struct mover {
    int (*open)(struct flow *flow);
    enum moved (*move)(struct flow *flow);
    void (*close)(struct flow *flow);
};

extern const struct mover copy_mover;
extern const struct mover splice_mover;
extern size_t mover_size_bytes;

#endif
