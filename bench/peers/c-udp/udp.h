#ifndef UDP_H
#define UDP_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* One message of UDP_SEGMENT; 64 is what every kernel that has it takes, 128 since 6.9. */
#define SEGMENTS_PER_MESSAGE 64
#define MOST_SEGMENTS_PER_MESSAGE 128

/* In one sendmmsg or recvmmsg; the README says what others were tried. */
#define MESSAGES_PER_SEND 64
#define DATAGRAMS_PER_SEND_OFFLOADED 512
#define MESSAGES_PER_RECEIVE 64
#define MESSAGES_PER_RECEIVE_OFFLOADED 16

struct options {
    const char *url;
    size_t size_bytes;
    double warmup_seconds;
    double window_seconds;
    uint64_t count; /* Not timed: so many, slowly, every byte verified. */
    int receive_buffer_bytes;
    int offload;
    size_t segments; /* In a message, with offload. */
    int one; /* A system call for each datagram. */
};

/* How datagrams leave. `open` returns how many at a time, `send` 0 when there is nobody any more. */
struct sending {
    uint64_t (*open)(int fd, const struct options *options);
    int (*send)(int fd, uint64_t first_sequence, uint64_t count);
};

/* How they come: calls `take_datagram` for each. */
struct receiving {
    void (*open)(int fd, const struct options *options);
    void (*receive)(int fd);
};

extern const struct sending batch_sending;
extern const struct sending one_sending;
extern const struct receiving batch_receiving;
extern const struct receiving one_receiving;

void run_sender(const struct options *options);
void run_receiver(const struct options *options);

void take_datagram(const unsigned char *bytes, size_t length);

/* Everything but the sequence number, which is written for each datagram. */
void fill_payloads(unsigned char *bytes, size_t size, size_t count);
void write_sequence(unsigned char *datagram, uint64_t sequence);

int open_socket(const struct options *options, int is_receiver);
uint64_t monotonic_ns(void);
uint64_t own_cpu_ns(void);
__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...);

#endif
