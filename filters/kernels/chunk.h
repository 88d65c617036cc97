// A chunk: a run of other than white space, decoded, with the classes of its characters.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "characters.h"

namespace evenhand {

// A text, and how far memory behind it may be read.
struct Text {
    const uint8_t* data;
    uint32_t size;
    const uint8_t* limit;

    Text(const uint8_t* start, uint32_t length, const uint8_t* readable) : data(start), size(length), limit(readable) {}
    explicit Text(std::string_view s)
        : data(reinterpret_cast<const uint8_t*>(s.data())), size(uint32_t(s.size())), limit(data + size) {}
};

// One bit for each ASCII character of a list; half 0 holds those below 64.
constexpr uint64_t ascii_set(const char* list, int half) {
    uint64_t bits = 0;
    for (; *list; ++list)
        if (*list >> 6 == half) bits |= 1ull << (*list & 63);
    return bits;
}

constexpr uint64_t INFIX_MARKS[2] = {ascii_set(".+-*^,:<>=/~", 0), ascii_set(".+-*^,:<>=/~", 1)};

constexpr bool is_digit(uint32_t code) { return code >= '0' && code <= '9'; }

struct Char {
    uint32_t code, classes, offset;
};

// A chunk, character by character, and one more offset.
struct Chunk {
    std::vector<Char> chars;
    std::vector<std::pair<uint32_t, uint32_t>> suffixes;
    bool digit = false, dot = false, infix = false;  // whether there may be one

    void clear() {
        chars.clear();
        suffixes.clear();
        digit = dot = infix = false;
    }

    void add(uint32_t code, uint32_t classes, uint32_t offset) {
        chars.push_back({code, classes, offset});
        if (code < 128) {
            digit |= is_digit(code);
            dot |= code == '.';
            infix |= (INFIX_MARKS[code >> 6] >> (code & 63) & 1) != 0;
        } else
            infix |= (classes & ICON) || (code >= 0x2013 && code <= 0x2026);
    }

    uint32_t size() const { return uint32_t(chars.size()) - 1; }
    const Char& operator[](uint32_t i) const { return chars[i]; }
    uint32_t at(uint32_t i) const { return chars[i].offset; }
};

}  // namespace evenhand
