// UTF-8, one character at a time. What is decoded must be valid, as Arrow's strings are.
#pragma once

#include <cstddef>
#include <cstdint>

namespace utf8 {

// The character at `p`; sets its length in bytes.
inline uint32_t decode(const uint8_t* p, uint32_t& bytes) {
  if (p[0] < 0x80) {
    bytes = 1;
    return p[0];
  }
  if (p[0] < 0xE0) {
    bytes = 2;
    return (p[0] & 0x1Fu) << 6 | (p[1] & 0x3F);
  }
  if (p[0] < 0xF0) {
    bytes = 3;
    return (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3F);
  }
  bytes = 4;
  return (p[0] & 0x07u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3F);
}

// The same, and moves `p` behind it. By the function above, near_dedup's kernel takes 2 % longer.
inline uint32_t decode(const uint8_t*& p) {
  const uint32_t a = *p++;
  if (a < 0x80) return a;
  const uint32_t b = *p++ & 0x3F;
  if (a < 0xE0) return (a & 0x1F) << 6 | b;
  const uint32_t c = *p++ & 0x3F;
  if (a < 0xF0) return (a & 0x0F) << 12 | b << 6 | c;
  return (a & 0x07) << 18 | b << 12 | c << 6 | (*p++ & 0x3Fu);
}

// Writes a character to `out`, which needs room for four bytes; its length.
inline size_t encode(uint32_t point, uint8_t* out) {
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

}  // namespace utf8
