// Places of the phrases that C4 looks for, in any case.
#pragma once

#include <algorithm>
#include <vector>

#include "characters.h"

namespace evenhand {

enum PhraseKind : uint8_t { LOREM_IPSUM, JAVASCRIPT, POLICY };

struct PhraseHit {
    uint32_t start, end;  // bytes
    PhraseKind kind;
};

struct PhrasePattern {
    const char* text;
    uint32_t size;
    uint32_t anchor;  // position of its rarest letter
    PhraseKind kind;
};

constexpr PhrasePattern PHRASES[] = {
    {"lorem ipsum", 11, 7, LOREM_IPSUM},   {"javascript", 10, 2, JAVASCRIPT}, {"terms of use", 12, 7, POLICY},
    {"privacy policy", 14, 3, POLICY},     {"cookie policy", 13, 3, POLICY},  {"uses cookies", 12, 8, POLICY},
    {"use of cookies", 14, 10, POLICY},    {"use cookies", 11, 7, POLICY},
};

inline uint8_t fold(uint8_t c) { return c >= 'A' && c <= 'Z' ? uint8_t(c | 32) : c; }

// Appends every place in text[0, n) where a phrase stands, in order of its anchor. Only ASCII letters are folded.
inline void find_phrases(const uint8_t* text, uint32_t n, std::vector<PhraseHit>& hits) {
    auto try_at = [&](uint32_t at, uint8_t anchor) {
        for (const PhrasePattern& pattern : PHRASES) {
            if (uint8_t(pattern.text[pattern.anchor]) != anchor) continue;
            if (at < pattern.anchor || at - pattern.anchor + pattern.size > n) continue;
            const uint8_t* p = text + at - pattern.anchor;
            uint32_t k = 0;
            while (k < pattern.size && fold(p[k]) == uint8_t(pattern.text[k])) ++k;
            if (k == pattern.size) hits.push_back({at - pattern.anchor, at - pattern.anchor + k, pattern.kind});
        }
    };
    auto is_anchor = [](uint8_t c) {
        c |= 32;
        return c == 'v' || c == 'k' || c == 'f' || c == 'p';
    };
    uint32_t i = 0;
    for (; i + 16 <= n; i += 16) {
        uint8_t any = 0;
        for (uint32_t k = 0; k < 16; ++k) {  // one vector compare
            uint8_t c = text[i + k] | 32;
            any |= uint8_t((c == 'v') | (c == 'k') | (c == 'f') | (c == 'p'));
        }
        if (!any) continue;
        for (uint32_t k = i; k < i + 16; ++k)
            if (is_anchor(text[k])) try_at(k, fold(text[k]));
    }
    for (; i < n; ++i)
        if (is_anchor(text[i])) try_at(i, fold(text[i]));
}

}  // namespace evenhand
