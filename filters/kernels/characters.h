// Characters: UTF-8 decoding and, for every code point, the classes it belongs to.
//
// The classes come from `filters/data/english.json` (see `generate_english.py` for their meaning), but for `alone`, the
// scripts without spaces between words (`filters/words.py`). They are kept in a table of two levels: 4,352 pages of 256
// characters, of which a few hundred differ.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <unordered_map>
#include <vector>

#include "utf8.h"

namespace evenhand {

using std::size_t;
using std::uint32_t;
using std::uint64_t;
using std::uint8_t;
using utf8::decode;

enum Class : uint32_t {
    SPACE = 1u << 0,
    LETTER = 1u << 1,
    PUNCTUATION = 1u << 2,
    WORD = 1u << 3,
    DECIMAL = 1u << 4,
    SYMBOL = 1u << 5,
    TERMINAL = 1u << 6,
    ALPHA = 1u << 7,
    LOWER = 1u << 8,
    UPPER = 1u << 9,
    PREFIX = 1u << 10,
    SUFFIX = 1u << 11,
    ICON = 1u << 12,
    QUOTE = 1u << 13,
    CURRENCY = 1u << 14,
    BEFORE_DOT = 1u << 15,
    SENTENCE = 1u << 16,
    ALONE = 1u << 17,
};

// Names as in the data file, in the order of the bits above.
constexpr const char* CLASS_NAMES[] = {"space",  "letter", "punctuation", "word",        "decimal",  "symbol",
                                       "terminal", "cased_alpha", "lower", "upper",     "prefix",   "suffix",
                                       "icon",   "quote",  "currency",    "before_dot", "sentence", "alone"};
constexpr int CLASS_COUNT = 18;

class Characters {
   public:
    Characters() : flat_(0x110000, 0) {}

    void add(uint32_t first, uint32_t last, uint32_t bit) {
        for (uint32_t code = first; code <= last && code < 0x110000; ++code) flat_[code] |= bit;
    }

    // Folds the flat table into pages; call once, after the last `add`.
    void freeze() {
        std::unordered_map<std::string, uint32_t> seen;
        pages_.resize(0x1100);
        for (uint32_t page = 0; page < 0x1100; ++page) {
            const uint32_t* values = flat_.data() + page * 256;
            auto [found, fresh] = seen.try_emplace(
                std::string(reinterpret_cast<const char*>(values), 256 * sizeof(uint32_t)), uint32_t(table_.size()));
            if (fresh) table_.insert(table_.end(), values, values + 256);
            pages_[page] = found->second;
        }
        std::memcpy(ascii, flat_.data(), sizeof ascii);
        flat_ = {};
    }

    uint32_t of(uint32_t code) const { return table_[pages_[code >> 8] + (code & 255)]; }

    uint32_t ascii[128];

   private:
    std::vector<uint32_t> flat_, pages_, table_;
};

// Start of the character that ends before p.
inline const uint8_t* before(const uint8_t* p) {
    do --p;
    while ((*p & 0xC0) == 0x80);
    return p;
}

inline uint64_t count_characters(const uint8_t* p, const uint8_t* end) {
    uint64_t count = 0;
    for (; p < end; ++p) count += (*p & 0xC0) != 0x80;
    return count;
}

constexpr uint64_t ODD = 0xC6A4A7935BD1E995ull, ODD2 = 0x9E3779B97F4A7C15ull;

inline uint64_t mix(uint64_t h) {
    h ^= h >> 32;
    h *= 0xD6E8FEB86659FD93ull;
    return h ^ h >> 29;
}

// Both halves of the product, folded.
inline uint64_t fold_product(uint64_t a, uint64_t b) {
    const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
    return uint64_t(product) ^ uint64_t(product >> 64);
}

inline uint64_t load8(const uint8_t* p) {
    uint64_t v;
    std::memcpy(&v, p, 8);
    return v;
}

// Hash of a string.
inline uint64_t hash_long(const uint8_t* p, size_t n) {
    uint64_t h = n * ODD;
    if (n >= 16) {
        const uint8_t* last = p + n - 16;
        for (; p < last; p += 16) h = fold_product(load8(p) ^ ODD2, load8(p + 8) ^ h);
        return mix(fold_product(load8(last) ^ ODD, load8(last + 8) ^ h));
    }
    if (n >= 8) return mix(fold_product(load8(p) ^ ODD2, load8(p + n - 8) ^ h));
    uint64_t v = 0;
    std::memcpy(&v, p, n);
    return mix(v ^ h);
}

// Hash of a word, one to one for up to seven bytes; 8 bytes before `limit` may be read past its end. Never for n = 0.
inline uint64_t hash_word(const uint8_t* p, size_t n, const uint8_t* limit) {
    if (n > 8 || p + 8 > limit) return hash_long(p, n);
    return n == 8 ? hash_long(p, 8) : mix((load8(p) & ~uint64_t(0) >> (64 - 8 * n)) ^ n * ODD);
}

}  // namespace evenhand
