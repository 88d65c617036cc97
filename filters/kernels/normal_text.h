// Lower-cased text with single spaces, and where its words lie.
#pragma once

#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "hashing.h"
#include "utf8.h"

// Entry of the table by code point: the lower-cased code point, and in the top byte what that is.
enum Kind : uint32_t { OTHER = 0, WORD = 1, SPACE = 2, ALONE = 3 };  // ALONE: a word by itself

constexpr uint8_t IN_WORD = 0x80;  // mark of a byte of a word
constexpr uint8_t BREAK = 0x40;    // mark of a byte that begins a word though the byte before is in one too
constexpr uint64_t ONES = 0x0101010101010101ull;
constexpr uint64_t HIGHS = 0x8080808080808080ull;

struct Table {
  const uint32_t* entries;
  uint32_t size;
  uint32_t at(uint32_t point) const { return point < size ? entries[point] : point; }
};

// High bit of each byte of x that is >= c. Needs x and c below 0x80.
inline uint64_t at_least(uint64_t x, uint8_t c) { return ((x | HIGHS) - c * ONES) & HIGHS; }

// Writes the normal form of [p, end) to `out`, and one mark a byte to `marks`; returns its length.
// Both need room for 3/2 of the text and 16 bytes: lower case is at most half as long again.
inline size_t normalise(const uint8_t* p, const uint8_t* end, const Table& table, uint8_t* out,
                        uint8_t* marks) {
  const uint8_t* const begin = out;
  uint64_t after_space = 0x80;  // at the start, so that leading white space goes
  bool after_alone = false;
  while (p < end) {
    // Eight bytes at once, of which the first `count` are taken: up to one that is not ASCII, or to a space
    // after another one.
    uint64_t x = 0;
    size_t count = 8;
    if (end - p >= 8) {
      x = load8(p);
    } else {
      count = static_cast<size_t>(end - p);
      uint8_t tail[8] = {};
      std::memcpy(tail, p, count);
      x = load8(tail);
    }
    const uint64_t spaces = ((at_least(x, 9) & ~at_least(x, 14)) | (at_least(x, 28) & ~at_least(x, 33))) & ~x;
    const uint64_t stops = (x & HIGHS) | (spaces & (spaces << 8 | after_space));
    if (stops != 0) {
      const auto until = static_cast<size_t>(__builtin_ctzll(stops)) >> 3;
      if (until < count) count = until;
    }
    if (count > 0) {
      const uint64_t upper = at_least(x, 'A') & ~at_least(x, '[');
      uint64_t lower = x | upper >> 2;  // 0x80 >> 2 is the bit between the cases
      uint64_t word = at_least(lower, 'a') & ~at_least(lower, '{');
      word |= at_least(lower, '0') & ~at_least(lower, ':');
      word |= at_least(lower, '_') & ~at_least(lower, '`');
      lower = (lower & ~((spaces >> 7) * 0xFF)) | spaces >> 2;  // every white space becomes 0x20
      if (after_alone) word |= (word & 0x80) >> 1;
      store8(out, lower);
      store8(marks, word);
      out += count, marks += count, p += count;
      after_space = spaces >> (8 * count - 8) & 0x80;
      after_alone = false;
      if (count == 8) continue;
    }
    while (p < end && after_space != 0 && (*p == ' ' || (*p < 0x80 && table.at(*p) >> 24 == SPACE))) p++;
    while (p < end && *p >= 0x80) {
      const uint32_t point = utf8::decode(p);
      const uint32_t entry = table.at(point);
      const uint32_t kind = entry >> 24;
      if (kind == SPACE) {
        if (after_space == 0) *out++ = ' ', *marks++ = 0;
        after_space = 0x80;
        after_alone = false;
        continue;
      }
      after_space = 0;
      const size_t length = utf8::encode(entry & 0xFFFFFF, out);
      std::memset(marks, kind == OTHER ? 0 : IN_WORD, 4);
      if (kind == ALONE || (after_alone && kind == WORD)) marks[0] |= BREAK;
      after_alone = kind == ALONE;
      out += length, marks += length;
      if (point == 0x130) {  // the one letter whose lower case is two characters: i and a dot above
        out[0] = 0xCC, out[1] = 0x87, marks[0] = marks[1] = 0;
        out += 2, marks += 2;
      }
    }
  }
  if (out > begin && after_space != 0) out--;
  return static_cast<size_t>(out - begin);
}

// Bit 7 of each of 64 bytes, as 64 bits, and bit 6.
struct Bits {
  uint64_t in_word, breaks;
};
#ifdef __SSE2__
inline Bits bits_of(const uint8_t* marks) {
  Bits bits{0, 0};
  for (int i = 0; i < 4; i++) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(marks + 16 * i));
    bits.in_word |= static_cast<uint64_t>(_mm_movemask_epi8(bytes)) << 16 * i;
    bits.breaks |= static_cast<uint64_t>(_mm_movemask_epi8(_mm_slli_epi16(bytes, 1))) << 16 * i;
  }
  return bits;
}
#else
inline uint64_t gather(uint64_t bytes) { return ((bytes >> 7 & ONES) * 0x0102040810204080ull) >> 56; }
inline Bits bits_of(const uint8_t* marks) {
  Bits bits{0, 0};
  for (int i = 0; i < 8; i++) {
    const uint64_t bytes = load8(marks + 8 * i);
    bits.in_word |= gather(bytes) << 8 * i;
    bits.breaks |= gather(bytes << 1) << 8 * i;
  }
  return bits;
}
#endif

constexpr size_t MARKS_PADDING = 128;

// Calls `word(start, stop)` for each word. The MARKS_PADDING bytes of `marks` behind `length` must be zero.
template <typename Word>
inline void each_word(const uint8_t* marks, size_t length, Word word) {
  // Positions are collected for many blocks before they are used, because every loop that ends costs a wrong
  // guess.
  constexpr size_t STRIDE = 4096;
  uint32_t starts[STRIDE + 1], stops[STRIDE + 1];  // one more: a word may be open from the stride before
  size_t open = 0;
  uint64_t before = 0;
  for (size_t from = 0; from <= length; from += STRIDE) {
    size_t started = open, stopped = 0;
    for (size_t block = from; block < from + STRIDE && block <= length; block += 64) {
      const Bits bits = bits_of(marks + block);
      const uint64_t previous = bits.in_word << 1 | before;
      before = bits.in_word >> 63;
      for (uint64_t m = bits.in_word & (~previous | bits.breaks); m != 0; m &= m - 1) {
        starts[started++] = static_cast<uint32_t>(block) + static_cast<uint32_t>(__builtin_ctzll(m));
      }
      for (uint64_t m = previous & (~bits.in_word | bits.breaks); m != 0; m &= m - 1) {
        stops[stopped++] = static_cast<uint32_t>(block) + static_cast<uint32_t>(__builtin_ctzll(m));
      }
    }
    for (size_t i = 0; i < stopped; i++) word(starts[i], stops[i]);
    open = started - stopped;  // 0 or 1
    if (open != 0) starts[0] = starts[stopped];
  }
}

// Hash of a word. Reads up to 7 bytes behind it.
inline uint64_t hash_word(const uint8_t* word, size_t length) {
  uint64_t hash = mix(length);
  for (; length > 8; word += 8, length -= 8) hash = mix(hash ^ load8(word)) + K2;
  const uint64_t tail = load8(word) & (~uint64_t{0} >> (64 - 8 * length));
  return mix(hash ^ tail);
}
