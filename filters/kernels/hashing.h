// Hashes that give the same values on every machine.
#pragma once

#include <cstdint>
#include <cstring>

// Eight bytes as a little-endian number, whatever the machine's own order.
inline uint64_t load8(const uint8_t* bytes) {
  uint64_t value;
  std::memcpy(&value, bytes, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap64(value);
#endif
  return value;
}

inline void store8(uint8_t* bytes, uint64_t value) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap64(value);
#endif
  std::memcpy(bytes, &value, 8);
}

// Odd constants with no structure: the first outputs of splitmix64 from 0, lowest bit set.
constexpr uint64_t K0 = 0xE220A8397B1DCDAFull;
constexpr uint64_t K1 = 0x6E789E6AA1B965F5ull;
constexpr uint64_t K2 = 0x06C45D188009454Full;
constexpr uint64_t K3 = 0xF88BB8A8724C81EDull;

// Both halves of the 128-bit product of a ^ K0 and K1, folded: one multiplication mixes 64 bits.
inline uint64_t mix(uint64_t a) {
  const auto product = static_cast<unsigned __int128>(a ^ K0) * K1;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}
