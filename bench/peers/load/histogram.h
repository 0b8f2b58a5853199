#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

/* Log-linear: 64 buckets for each power of two, so a value is at most 1.6 % above the one it stands for. */
#define SUB_BITS 6
#define SUB_COUNT (1u << SUB_BITS)

struct histogram {
    uint64_t counts[SUB_COUNT * (64 - SUB_BITS + 1)];
    uint64_t total;
    uint64_t max;
};

static inline unsigned bucket_of(uint64_t value)
{
    if (value < SUB_COUNT)
        return (unsigned)value;
    unsigned shift = 63u - (unsigned)__builtin_clzll(value) - SUB_BITS;
    return (shift + 1) * SUB_COUNT + (unsigned)((value >> shift) - SUB_COUNT);
}

static inline uint64_t highest_of(unsigned bucket)
{
    if (bucket < SUB_COUNT)
        return bucket;
    unsigned shift = bucket / SUB_COUNT - 1;
    return ((uint64_t)(bucket % SUB_COUNT + SUB_COUNT + 1) << shift) - 1;
}

static inline void record(struct histogram *histogram, uint64_t value)
{
    histogram->counts[bucket_of(value)]++;
    histogram->total++;
    if (value > histogram->max)
        histogram->max = value;
}

static inline uint64_t quantile(const struct histogram *histogram, double fraction)
{
    uint64_t wanted = (uint64_t)((double)histogram->total * fraction);
    uint64_t seen = 0;
    for (unsigned bucket = 0; bucket < sizeof(histogram->counts) / sizeof(histogram->counts[0]); bucket++) {
        seen += histogram->counts[bucket];
        if (seen > wanted)
            return highest_of(bucket) < histogram->max ? highest_of(bucket) : histogram->max;
    }
    return histogram->max;
}

#endif
