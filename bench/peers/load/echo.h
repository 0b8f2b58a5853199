#ifndef ECHO_H
#define ECHO_H

#include "histogram.h"
#include "load.h"

/* One connection and its messages in flight, which lie one behind the other. */
struct conversation {
    int fd;
    int index;
    unsigned char *messages;
    size_t sent; /* The epoll engine's; the ring's kernel side keeps its own count. */
    size_t received;
    uint64_t sequence; /* Of the first message in flight. */
    uint64_t sent_at_ns;
    uint64_t answers_in_window;
};

struct load;

/* How bytes are moved. The ring costs less than epoll, which keeps the generator ahead of a server written in C. */
struct engine {
    const char *name;
    int (*open)(struct load *load); /* Takes the connections' descriptors. 0 when this kernel refuses. */
    void (*send)(struct load *load, struct conversation *conversation); /* All messages, by one call. */
    void (*pump_until)(struct load *load, uint64_t end_ns);
};

extern const struct engine ring_engine;
extern const struct engine epoll_engine;
extern const struct engine connect_engine; /* A connection for each message. */

struct load {
    const struct options *options;
    struct address address;
    const struct engine *engine;
    int measuring;
    struct conversation *conversations;
    struct histogram latencies_ns;
};

/* Bytes in flight on one connection. */
size_t flight_bytes(const struct load *load);

/* Sends the next messages. */
void begin_flight(struct load *load, struct conversation *conversation, uint64_t now_ns);

/* Verifies what came back, and returns how many messages it completed. */
size_t compare_answer(const struct load *load, struct conversation *conversation, const unsigned char *bytes, size_t count);

/* Counts answers that have come back whole. */
void count_answers(struct load *load, struct conversation *conversation, size_t answers, uint64_t now_ns);

/* Verifies what came back, counts it, and sends the next messages when all of these are answered. */
void take_answer(struct load *load, struct conversation *conversation, const unsigned char *bytes, size_t count);

#endif
