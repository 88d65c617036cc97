// Places of the phrases that C4 looks for, in any case.
#pragma once

#include <string_view>
#include <vector>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "characters.h"

namespace evenhand {

enum PhraseKind : uint8_t { LOREM_IPSUM, JAVASCRIPT, POLICY };

struct PhraseHit {
    uint32_t start, end;  // bytes
    PhraseKind kind;
};

// A phrase and where in it its anchor stands: three characters that are rare in text.
struct PhrasePattern {
    std::string_view text;
    uint32_t anchor;
    PhraseKind kind;
};

constexpr PhrasePattern PHRASES[] = {
    {"lorem ipsum", 4, LOREM_IPSUM},  // "m i"
    {"javascript", 2, JAVASCRIPT},    // "vas"
    {"terms of use", 7, POLICY},      // "f u"
    {"privacy policy", 3, POLICY},    // "vac"
    {"cookie policy", 1, POLICY},     // "ook"
    {"uses cookies", 6, POLICY},      {"use of cookies", 8, POLICY}, {"use cookies", 5, POLICY},
};

inline uint8_t fold(uint8_t c) { return c >= 'A' && c <= 'Z' ? uint8_t(c | 32) : c; }

// Appends the phrases of text[0, n) whose anchor stands at `at`.
inline void phrases_at(const uint8_t* text, uint32_t n, uint32_t at, std::vector<PhraseHit>& hits) {
    for (const PhrasePattern& pattern : PHRASES) {
        const uint32_t size = uint32_t(pattern.text.size());
        if (at < pattern.anchor || at - pattern.anchor + size > n) continue;
        const uint8_t* p = text + at - pattern.anchor;
        uint32_t k = 0;
        while (k < size && fold(p[k]) == uint8_t(pattern.text[k])) ++k;
        if (k == size) hits.push_back({at - pattern.anchor, at - pattern.anchor + size, pattern.kind});
    }
}

// Appends every place in text[0, n) where a phrase stands, in order of the anchors. Only ASCII letters are folded.
inline void find_phrases(const uint8_t* text, uint32_t n, std::vector<PhraseHit>& hits) {
    uint32_t i = 0;
#ifdef __SSE2__
    const __m128i low = _mm_set1_epi8(32);
    auto load = [&](uint32_t at) {
        return _mm_or_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(text + at)), low);
    };
    auto is = [](__m128i v, char c) { return _mm_cmpeq_epi8(v, _mm_set1_epi8(c)); };
    for (; i + 18 <= n; i += 16) {
        const __m128i a = load(i), b = load(i + 1), c = load(i + 2);
        const __m128i space = is(b, ' ');
        __m128i found = _mm_and_si128(_mm_and_si128(is(a, 'm'), space), is(c, 'i'));
        found = _mm_or_si128(found, _mm_and_si128(_mm_and_si128(is(a, 'f'), space), is(c, 'u')));
        found = _mm_or_si128(found, _mm_and_si128(_mm_and_si128(is(a, 'o'), is(b, 'o')), is(c, 'k')));
        found = _mm_or_si128(found, _mm_and_si128(_mm_and_si128(is(a, 'v'), is(b, 'a')),
                                                  _mm_or_si128(is(c, 's'), is(c, 'c'))));
        for (uint32_t mask = uint32_t(_mm_movemask_epi8(found)); mask; mask &= mask - 1)
            phrases_at(text, n, i + uint32_t(__builtin_ctz(mask)), hits);
    }
#endif
    for (; i < n; ++i) phrases_at(text, n, i, hits);
}

}  // namespace evenhand
