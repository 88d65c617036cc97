// A document: its characters counted, its lines found.
#pragma once

#include <algorithm>
#include <vector>

#include "characters.h"

namespace evenhand {

// One document and what is known of it at once.
struct Document {
    const uint8_t* text;
    uint32_t size;
    bool spaces = true;       // words stand between spaces
    bool ascii = true;
    bool plain_lines = true;  // "\n" is the only line break in it
    bool kelvin = false;      // holds U+212A, which is "k" in lower case
    int64_t chars = 0, newlines = 0, hashes = 0, dots = 0, brackets = 0, curly = 0;
};

// Counts what the rules ask for, in one pass over the bytes.
inline Document look(const uint8_t* text, uint32_t size) {
    Document d{text, size};
    uint64_t chars = 0, newlines = 0, hashes = 0, dots = 0, brackets = 0, curly = 0;
    uint8_t high = 0, odd = 0;
    for (uint32_t i = 0; i < size;) {
        // Blocks short enough for counters of eight bits, so that the loop is made of byte vectors.
        uint32_t stop = std::min(size, i + 192);
        uint8_t c0 = 0, c1 = 0, c2 = 0, c3 = 0, c4 = 0, c5 = 0;
        for (; i < stop; ++i) {
            uint8_t c = text[i];
            c0 = uint8_t(c0 + ((c & 0xC0) != 0x80));
            c1 = uint8_t(c1 + (c == '\n'));
            c2 = uint8_t(c2 + (c == '#'));
            c3 = uint8_t(c3 + (c == '.'));
            c4 = uint8_t(c4 + (c == '['));
            c5 = uint8_t(c5 + (c == '{'));
            high |= c;
            odd |= uint8_t((c == 0x0B) | (c == 0x0C) | (c == 0x0D) | (c == 0x1C) | (c == 0x1D) | (c == 0x1E));
        }
        chars += c0;
        newlines += c1;
        hashes += c2;
        dots += c3;
        brackets += c4;
        curly += c5;
    }
    d.chars = int64_t(chars);
    d.newlines = int64_t(newlines);
    d.hashes = int64_t(hashes);
    d.dots = int64_t(dots);
    d.brackets = int64_t(brackets);
    d.curly = int64_t(curly);
    d.ascii = high < 0x80;
    d.plain_lines = !odd;
    if (!d.ascii)
        for (uint32_t i = 0; i + 1 < size; ++i) {
            if (text[i] == 0xC2 && text[i + 1] == 0x85) d.plain_lines = false;
            if (text[i] == 0xE2 && i + 2 < size) {
                if (text[i + 1] == 0x80 && (text[i + 2] == 0xA8 || text[i + 2] == 0xA9)) d.plain_lines = false;
                if (text[i + 1] == 0x84 && text[i + 2] == 0xAA) d.kelvin = true;
            }
        }
    return d;
}

inline bool starts_with(const uint8_t* p, const uint8_t* end, const char* mark, size_t n) {
    return size_t(end - p) >= n && !std::memcmp(p, mark, n);
}

inline bool ends_with(const uint8_t* p, const uint8_t* end, const char* mark, size_t n) {
    return size_t(end - p) >= n && !std::memcmp(end - n, mark, n);
}

// Bytes of the line break at i, 0 where there is none.
inline uint32_t line_break(const Document& d, uint32_t i) {
    const uint8_t* p = d.text + i;
    uint32_t left = d.size - i;
    switch (p[0]) {
        case '\r':
            return left > 1 && p[1] == '\n' ? 2 : 1;
        case '\n':
        case 0x0B:
        case 0x0C:
        case 0x1C:
        case 0x1D:
        case 0x1E:
            return 1;
        case 0xC2:
            return left > 1 && p[1] == 0x85 ? 2 : 0;
        case 0xE2:
            return left > 2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9) ? 3 : 0;
        default:
            return 0;
    }
}

// Lines as Python's `splitlines` gives them.
inline void find_lines(const Document& d, std::vector<uint32_t>& starts, std::vector<uint32_t>& ends) {
    starts.clear();
    ends.clear();
    auto line = [&](uint32_t from, uint32_t to) {
        starts.push_back(from);
        ends.push_back(to);
    };
    uint32_t from = 0;
    if (d.plain_lines) {
        while (from < d.size) {
            auto* p = static_cast<const uint8_t*>(std::memchr(d.text + from, '\n', d.size - from));
            uint32_t to = p ? uint32_t(p - d.text) : d.size;
            line(from, to);
            from = to + 1;
        }
        return;
    }
    for (uint32_t i = 0; i < d.size;) {
        uint32_t length = line_break(d, i);
        if (!length) {
            ++i;
            continue;
        }
        line(from, i);
        i += length;
        from = i;
    }
    if (from < d.size) line(from, d.size);
}

inline bool is_space(const Characters& characters, const uint8_t* p, uint32_t& length) {
    if (*p < 0x80) {
        length = 1;
        return characters.ascii[*p] & SPACE;
    }
    return characters.of(decode(p, length)) & SPACE;
}

// Moves both ends inwards over white space.
inline void strip(const Characters& characters, const uint8_t*& p, const uint8_t*& end) {
    uint32_t length;
    while (p < end && is_space(characters, p, length)) p += length;
    while (p < end) {
        const uint8_t* last = before(end);
        if (!is_space(characters, last, length)) break;
        end = last;
    }
}

}  // namespace evenhand
