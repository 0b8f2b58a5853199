#ifndef ECHO_H
#define ECHO_H

#include "histogram.h"
#include "load.h"

/* One connection and its message in flight. */
struct conversation {
    int fd;
    int index;
    unsigned char *message;
    size_t sent; /* The epoll engine's; the ring's kernel side keeps its own count. */
    size_t received;
    uint64_t sequence;
    uint64_t sent_at_ns;
    uint64_t answers_in_window;
};

struct load;

/* How bytes are moved. The ring costs less than epoll, which keeps the generator ahead of a server written in C. */
struct engine {
    const char *name;
    int (*open)(struct load *load); /* Takes the connections' descriptors. 0 when this kernel refuses. */
    void (*send)(struct load *load, struct conversation *conversation);
    void (*pump_until)(struct load *load, uint64_t end_ns);
};

extern const struct engine ring_engine;
extern const struct engine epoll_engine;

struct load {
    const struct options *options;
    const struct engine *engine;
    int measuring;
    struct conversation *conversations;
    struct histogram latencies_ns;
};

/* Sends the next message. */
void begin_message(struct load *load, struct conversation *conversation, uint64_t now_ns);

/* Verifies what came back, and sends the next message when this one is complete. */
void take_answer(struct load *load, struct conversation *conversation, const unsigned char *bytes, size_t count);

#endif
