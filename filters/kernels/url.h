// Whether a chunk is a URL, after the expression of Diego Perini (MIT licence) that spaCy uses, as a matcher without
// backtracking: an optional scheme, an optional "user@", an address or a host name that ends in small letters, an
// optional port and path.
#pragma once

#include "chunk.h"

namespace evenhand {

inline bool host_char(uint32_t c) {
    return (c >= 0xA1 && c <= 0xFFFF) || is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

// Port and path up to the end.
inline bool url_tail(const Chunk& s, uint32_t i, uint32_t hi) {
    auto path = [&](uint32_t k) {
        return k == hi || s[k].code == '/' || s[k].code == '?' || s[k].code == '#';
    };
    if (path(i)) return true;
    if (s[i].code != ':') return false;
    uint32_t digits = 0;
    for (++i; i < hi && digits < 5 && (s[i].classes & DECIMAL); ++i, ++digits)
        if (digits >= 1 && path(i + 1)) return true;
    return false;
}

// Four numbers with dots, private and reserved ranges left out.
inline bool address(const Chunk& s, uint32_t lo, uint32_t hi) {
    uint32_t part[4], i = lo, width[4], lead[4];
    for (int k = 0; k < 4; ++k) {
        uint32_t value = 0, digits = 0;
        lead[k] = i < hi ? s[i].code : 0;
        while (i < hi && digits < 4 && (s[i].classes & DECIMAL)) {
            value = value * 10 + (is_digit(s[i].code) ? s[i].code - '0' : 0);
            ++digits;
            ++i;
        }
        if (!digits || digits > 3) return false;
        part[k] = value;
        width[k] = digits;
        if (k < 3) {
            if (i >= hi || s[i].code != '.') return false;
            ++i;
        }
    }
    for (int k = 0; k < 4; ++k)
        if (!is_digit(lead[k])) return false;
    if (part[0] < 1 || part[0] > 223 || lead[0] == '0') return false;
    for (int k : {1, 2})
        if (part[k] > 255 || (width[k] == 3 && lead[k] == '0')) return false;
    if (part[3] < 1 || part[3] > 254 || lead[3] == '0') return false;
    if (part[0] == 10 || part[0] == 127) return false;
    if ((part[0] == 169 && part[1] == 254) || (part[0] == 192 && part[1] == 168)) return false;
    if (part[0] == 172 && part[1] >= 16 && part[1] <= 31) return false;
    return url_tail(s, i, hi);
}

// A host name and what follows it.
inline bool host(const Chunk& s, uint32_t lo, uint32_t hi) {
    if (address(s, lo, hi)) return true;
    for (uint32_t i = lo;;) {
        uint32_t from = i;
        while (i < hi && i - from <= 64 && (host_char(s[i].code) || s[i].code == '_' || s[i].code == '-')) ++i;
        uint32_t size = i - from;
        if (!size || size > 64 || i >= hi || s[i].code != '.') return false;
        if (!host_char(s[from].code) || !host_char(s[i - 1].code)) return false;
        ++i;
        uint32_t end = i;
        while (end < hi && (s[end].classes & LOWER)) ++end;
        if (end - i >= 2 && end - i <= 63 && url_tail(s, end, hi)) return true;
    }
}

inline bool is_url(const Chunk& s, uint32_t lo, uint32_t hi) {
    if (!s.dot) return false;
    if (host(s, lo, hi)) return true;
    uint32_t i = lo;
    while (i < hi && ((s[i].classes & WORD) || s[i].code == '+' || s[i].code == '-' || s[i].code == '.')) ++i;
    if (i - lo >= 2 && i + 3 < hi && s[i].code == ':' && s[i + 1].code == '/' && s[i + 2].code == '/' &&
        host(s, i + 3, hi))
        return true;
    for (i = lo + 1; i + 1 < hi; ++i)  // behind "user@"
        if (s[i].code == '@' && host(s, i + 1, hi)) return true;
    return false;
}

}  // namespace evenhand
