// Marks inside a chunk at which it is cut.
#pragma once

#include "chunk.h"

namespace evenhand {

// Characters of the infix at i of the stretch [lo, hi), 0 where there is none.
inline uint32_t infix_size(const Chunk& s, uint32_t lo, uint32_t i, uint32_t hi) {
    uint32_t code = s[i].code, classes = s[i].classes;
    if (code == '.') {
        uint32_t end = i;
        while (end < hi && s[end].code == '.') ++end;
        if (end - i >= 2) return end - i;
    }
    if (code == 0x2026 || (classes & ICON)) return 1;
    if (i == lo || i + 1 >= hi) return 0;
    uint32_t left = s[i - 1].code, left_classes = s[i - 1].classes;
    uint32_t right = s[i + 1].code, right_classes = s[i + 1].classes;
    bool after = (left_classes & ALPHA) || is_digit(left);
    switch (code) {
        case '+':
        case '*':
        case '^':
            return is_digit(left) && (is_digit(right) || right == '-');
        case '.':
            return (left_classes & (LOWER | QUOTE)) && (right_classes & (UPPER | QUOTE));
        case ',':
            return (left_classes & ALPHA) && (right_classes & ALPHA);
        case ':':
        case '<':
        case '>':
        case '=':
        case '/':
            return after && (right_classes & ALPHA);
        case '-': {
            if (is_digit(left) && (is_digit(right) || right == '-')) return 1;
            if (!after) return 0;
            for (uint32_t size = 1; size <= 3; ++size) {
                if (i + size >= hi) return 0;
                if (s[i + size].classes & ALPHA) return size;
                if (s[i + size].code != '-') return 0;
            }
            return 0;
        }
        case 0x2013:
        case '~':
            return after && (right_classes & ALPHA);
        case 0x2014:
            if (!after) return 0;
            if (right_classes & ALPHA) return 1;
            return right == 0x2014 && i + 2 < hi && (s[i + 2].classes & ALPHA) ? 2 : 0;
        default:
            return 0;
    }
}

}  // namespace evenhand
