// Lower-cased text with single spaces, and where its words lie.
#pragma once

#include <cstdint>

#include "buffer.h"
#include "hashing.h"

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

// Decodes one character of valid UTF-8 and moves `p` behind it.
inline uint32_t decode(const uint8_t*& p) {
  const uint32_t a = *p++;
  if (a < 0x80) return a;
  const uint32_t b = *p++ & 0x3F;
  if (a < 0xE0) return (a & 0x1F) << 6 | b;
  const uint32_t c = *p++ & 0x3F;
  if (a < 0xF0) return (a & 0x0F) << 12 | b << 6 | c;
  return (a & 0x07) << 18 | b << 12 | c << 6 | (*p++ & 0x3Fu);
}

inline int encode(uint32_t point, uint8_t* out) {
  if (point < 0x80) {
    out[0] = static_cast<uint8_t>(point);
    return 1;
  }
  if (point < 0x800) {
    out[0] = static_cast<uint8_t>(0xC0 | point >> 6);
    out[1] = static_cast<uint8_t>(0x80 | (point & 0x3F));
    return 2;
  }
  if (point < 0x10000) {
    out[0] = static_cast<uint8_t>(0xE0 | point >> 12);
    out[1] = static_cast<uint8_t>(0x80 | (point >> 6 & 0x3F));
    out[2] = static_cast<uint8_t>(0x80 | (point & 0x3F));
    return 3;
  }
  out[0] = static_cast<uint8_t>(0xF0 | point >> 18);
  out[1] = static_cast<uint8_t>(0x80 | (point >> 12 & 0x3F));
  out[2] = static_cast<uint8_t>(0x80 | (point >> 6 & 0x3F));
  out[3] = static_cast<uint8_t>(0x80 | (point & 0x3F));
  return 4;
}

// Writes the normal form of [p, end) to `out`, and one mark a byte to `marks`; returns its length.
// Both need room for 3/2 of the text and 16 bytes: lower case is at most half as long again.
inline size_t normalise(const uint8_t* p, const uint8_t* end, const Table& table, uint8_t* out,
                        uint8_t* marks) {
  const uint8_t* const begin = out;
  uint64_t after_space = 0x80;  // at the start, so that leading white space goes
  bool after_alone = false;
  while (p < end) {
    if (end - p >= 8) {  // eight ASCII characters at once, unless white space must be collapsed among them
      const uint64_t x = load8(p);
      if ((x & HIGHS) == 0) {
        const uint64_t upper = at_least(x, 'A') & ~at_least(x, '[');
        const uint64_t lower = x | upper >> 2;  // 0x80 >> 2 is the bit between the cases
        const uint64_t spaces = at_least(x, ' ') & ~at_least(x, '!');
        const uint64_t control = ~at_least(x, ' ') & HIGHS;
        if ((control | (spaces & (spaces << 8 | after_space))) == 0) {
          uint64_t word = at_least(lower, 'a') & ~at_least(lower, '{');
          word |= at_least(lower, '0') & ~at_least(lower, ':');
          word |= at_least(lower, '_') & ~at_least(lower, '`');
          if (after_alone) word |= (word & 0x80) >> 1;
          store8(out, lower);
          store8(marks, word);
          out += 8, marks += 8, p += 8;
          after_space = spaces >> 56;
          after_alone = false;
          continue;
        }
      }
    }
    const uint8_t* const until = end - p > 8 ? p + 8 : end;
    while (p < until) {
      const uint32_t point = decode(p);
      const uint32_t entry = table.at(point);
      const uint32_t kind = entry >> 24;
      if (kind == SPACE) {
        if (after_space == 0) *out++ = ' ', *marks++ = 0;
        after_space = 0x80;
        after_alone = false;
        continue;
      }
      after_space = 0;
      const uint8_t mark = kind == OTHER ? 0 : IN_WORD;
      const int length = encode(entry & 0xFFFFFF, out);
      for (int i = 0; i < length; i++) marks[i] = mark;
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

// Bit 7 of each of eight bytes, as eight bits.
inline uint64_t gather(uint64_t bytes) { return ((bytes >> 7 & ONES) * 0x0102040810204080ull) >> 56; }

// Calls `word(start, stop)` for each word. `marks` is read up to the next multiple of 64 above `length`,
// where it must be zero from `length` on.
template <typename Word>
inline void each_word(const uint8_t* marks, size_t length, Word word) {
  size_t starts[65], stops[65];  // one more than a block: a word may be open from the block before
  size_t open = 0;
  uint64_t before = 0;
  for (size_t block = 0; block <= length; block += 64) {
    uint64_t in = 0, breaks = 0;
    for (int i = 0; i < 8; i++) {
      const uint64_t bytes = load8(marks + block + 8 * i);
      in |= gather(bytes) << 8 * i;
      breaks |= gather(bytes << 1) << 8 * i;
    }
    const uint64_t previous = in << 1 | before;
    before = in >> 63;
    size_t started = open, stopped = 0;
    for (uint64_t m = in & (~previous | breaks); m != 0; m &= m - 1) {
      starts[started++] = block + static_cast<size_t>(__builtin_ctzll(m));
    }
    for (uint64_t m = previous & (~in | breaks); m != 0; m &= m - 1) {
      stops[stopped++] = block + static_cast<size_t>(__builtin_ctzll(m));
    }
    for (size_t i = 0; i < stopped; i++) word(starts[i], stops[i]);
    open = started - stopped;  // 0 or 1
    if (open != 0) starts[0] = starts[stopped];
  }
}
