// Sends UDP datagrams to a port of this machine at a steady rate, and says how many. Nobody needs to receive them: a socket that is
// bound to the port and never read takes the first and drops the rest.
//
//   c-packets PORT RATE SECONDS PAYLOAD-BYTES

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_PAYLOAD = 1400, BURST = 16 };

static const long NS_PER_S = 1000000000L;

static long now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "c-packets: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int udp(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0)
		die("socket");
	return fd;
}

static void sleep_until(long at)
{
	struct timespec t = { at / NS_PER_S, at % NS_PER_S };
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

// Bursts of datagrams, each at its time: small enough for any buffer, and the sleeps between them long enough to be kept.
static long send_all(int fd, long rate, double seconds, size_t size)
{
	static char payload[MAX_PAYLOAD];
	struct iovec piece = { payload, size };
	struct mmsghdr messages[BURST];
	memset(messages, 0, sizeof messages);
	for (int i = 0; i < BURST; i++) {
		messages[i].msg_hdr.msg_iov = &piece;
		messages[i].msg_hdr.msg_iovlen = 1;
	}

	long start = now_ns(), sent = 0, total = (long)(rate * seconds);
	while (sent < total) {
		long due = start + sent * NS_PER_S / rate;
		if (now_ns() < due)
			sleep_until(due);
		int count = sendmmsg(fd, messages, BURST, 0);
		if (count < 0)
			die("sendmmsg");
		sent += count;
	}
	return sent;
}

int main(int argc, char **argv)
{
	if (argc != 5) {
		fprintf(stderr, "usage: c-packets PORT RATE SECONDS PAYLOAD-BYTES\n");
		return 2;
	}
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	long rate = atol(argv[2]);
	double seconds = atof(argv[3]);
	long size = atol(argv[4]);
	if (rate < 1 || seconds <= 0 || size < 0 || size > MAX_PAYLOAD) {
		fprintf(stderr, "c-packets: a number is out of range\n");
		return 2;
	}

	int sink = udp(), fd = udp(), least = 1;
	setsockopt(sink, SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
	if (bind(sink, (struct sockaddr *)&to, sizeof to) < 0)
		die("bind");
	if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
		die("connect");
	long start = now_ns();
	long sent = send_all(fd, rate, seconds, size);
	printf("{\"sent\":%ld,\"seconds\":%.3f}\n", sent, (double)(now_ns() - start) / NS_PER_S);
	return 0;
}
