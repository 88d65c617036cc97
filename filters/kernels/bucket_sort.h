// Sorting of hashes: one scatter by their top bits leaves next to nothing to sort.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "buffer.h"

// Scratch memory, kept from document to document.
struct SortScratch {
  std::vector<uint32_t> ends;
};

// Sorts `values` into `out` (room for `size`), drops repeats, returns how many are left.
// Expected time is linear for hashes; equal or crowded values fall back on std::sort, at most n log n.
inline size_t sort_distinct(const uint64_t* values, size_t size, uint64_t* out, SortScratch& scratch) {
  if (size < 2) {
    if (size == 1) out[0] = values[0];
    return size;
  }
  int bits = 64 - __builtin_clzll(size - 1);
  bits = bits > 16 ? 16 : bits;
  const int shift = 64 - bits;
  const size_t buckets = size_t{1} << bits;
  scratch.ends.assign(buckets + 1, 0);
  uint32_t* const ends = scratch.ends.data() + 1;
  for (size_t i = 0; i < size; i++) ends[values[i] >> shift]++;
  uint32_t total = 0;
  for (size_t b = 0; b < buckets; b++) {
    const uint32_t count = ends[b];
    ends[b] = total;
    total += count;
  }
  for (size_t i = 0; i < size; i++) out[ends[values[i] >> shift]++] = values[i];
  if (size <= 1u << 16) {
    // Neighbouring buckets are in order already, so an insertion moves within one bucket only. Sixteen steps
    // back are the sign of a crowded bucket.
    for (size_t i = 1; i < size; i++) {
      const uint64_t value = out[i];
      size_t j = i;
      while (j > 0 && out[j - 1] > value && i - j < 16) {
        out[j] = out[j - 1];
        j--;
      }
      out[j] = value;
      if (j > 0 && out[j - 1] > value) {
        const size_t bucket = value >> shift;
        std::sort(out + scratch.ends[bucket], out + ends[bucket]);
      }
    }
  } else {
    for (size_t b = 0; b < buckets; b++) std::sort(out + scratch.ends[b], out + scratch.ends[b + 1]);
  }
  return static_cast<size_t>(std::unique(out, out + size) - out);
}
