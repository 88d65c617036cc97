// Splits text into words as spaCy 3.8's tokenizer for English does, written from the documented algorithm.
//
// Text falls into runs of white space and of other characters. Of such a chunk, affixes are split off both ends until
// an exception (a table: "don't" = "do" "n't"), or no affix, is left; the middle is one word if it is a URL, else it
// is cut at infixes. At last, runs of words that together spell an exception become that exception ("/", ":" and ")"
// in "a/:)"). Chunks of letters with one common mark after them, nearly all of a text, take a short path with the same
// result.
//
// White space that is more than one space is a token of spaCy's, too, and ends a sentence; here it is a flag of the
// word that follows.
#pragma once

#include <algorithm>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "chunk.h"
#include "hash_table.h"
#include "infixes.h"
#include "url.h"

namespace evenhand {

enum WordFlag : uint32_t {
    NOT_SYMBOL = 1,    // some character is none of datatrove's symbols
    HAS_LETTER = 2,    // some character is a letter
    ALL_MARKS = 4,     // every character is punctuation
    ENDS_SENTENCE = 8, // one character, an end of a sentence
    GLUED = 16,        // no white space before it
    SPACE_TOKEN = 32,  // a white-space token of spaCy's stands before it
};

// A stretch of text, of `chars` characters.
struct Word {
    uint32_t start, end;  // bytes
    uint32_t chars;
    uint32_t flags;  // of WordFlag
    uint64_t hash;   // `hash_word` of its bytes
};

struct Words {
    std::vector<Word> list;
    bool trailing_space_token = false;  // a white-space token of spaCy's ends the text
};

class Splitter {
   public:
    Characters characters;

    // An exception: its words, joined by one space.
    void add_exception(const std::string& pieces) {
        Exception rule;
        std::string key;
        for (size_t from = 0; from <= pieces.size();) {
            size_t to = std::min(pieces.find(' ', from), pieces.size());
            key += pieces.substr(from, to - from);
            rule.ends.push_back(uint32_t(key.size()));
            from = to + 1;
        }
        rule.key = key;
        longest_ = std::max(longest_, key.size());
        rule_hashes_.push_back(hash(key));
        rule_sieve_.add(rule_hashes_.back());
        ends_[uint8_t(key[0])][uint8_t(key.back()) >> 6] |= 1ull << (key.back() & 63);
        rules_.push_back(std::move(rule));
    }

    void add_unit(const std::string& unit) { units_.push_back(unit); }
    void add_currency(const std::string& mark) { currencies_.push_back(mark); }

    // Call once, when classes, exceptions and units are all there.
    void freeze() {
        auto longer = [](const std::string& a, const std::string& b) { return a.size() > b.size(); };
        std::sort(units_.begin(), units_.end(), longer);
        std::sort(currencies_.begin(), currencies_.end(), longer);
        for (const std::string& unit : units_) unit_last_[uint8_t(unit.back())] = true;
        for (int c = 0; c < 256; ++c) {
            bool letter = c < 128 && (c | 32) >= 'a' && (c | 32) <= 'z';
            bool space = c < 128 && (characters.ascii[c] & SPACE);
            kind_[c] = letter ? K_LETTER : space ? K_SPACE : c >= 128 ? K_HIGH : K_OTHER;
        }
        for (int c = 0; c < 128; ++c)
            mark_flags_[c] = word_flags(characters.ascii[c], characters.ascii[c], ~characters.ascii[c], 1);
        for (char c : std::string_view(",;:!?)\"'")) kind_[uint8_t(c)] = K_CLOSING;
        kind_['.'] = K_DOT;
        rule_numbers_.build(rule_hashes_);
        learn_phrases();
    }

    // Fills `words` with the words of a text.
    void split(const Text& text, Words& words) const {
        words.list.clear();
        words.trailing_space_token = false;
        const uint8_t* data = text.data;
        const uint32_t n = text.size;
        Chunk scratch;
        uint32_t before_word = 0;  // flags of the next word
        bool suspect = false;      // an exception may be spelled by several words
        for (uint32_t i = 0; i < n;) {
            const uint32_t from = i;
            // White space, mostly one space.
            if (data[i] == ' ' && i && i + 1 < n && kind_[data[i + 1]] < K_SPACE) {
                before_word = 0;
                ++i;
                continue;
            }
            if (kind_[data[i]] == K_SPACE || kind_[data[i]] == K_HIGH) {
                uint32_t length;
                while (i < n && (characters.of(decode(data + i, length)) & SPACE)) i += length;
                if (i > from) {
                    const bool token = from == 0 || i - from > 1 || data[from] != ' ';
                    before_word = token ? uint32_t(SPACE_TOKEN) : 0;
                    if (i == n) words.trailing_space_token = token;
                    continue;
                }
            }
            const size_t first = words.list.size();
            // A chunk of letters and at most one mark.
            const uint32_t letters = letters_end(text, i);
            if (letters > from) {
                const uint8_t kind = letters < n ? kind_[data[letters]] : uint8_t(K_SPACE);
                bool mark = (kind == K_CLOSING || kind == K_DOT) &&
                            (letters + 1 == n || kind_[data[letters + 1]] == K_SPACE);
                if (mark) mark = marked_word(text, from, letters, kind, before_word, words);
                if (kind == K_SPACE) letter_word(text, from, letters, before_word, words);
                if (mark || kind == K_SPACE) {
                    i = letters + mark;
                    before_word = 0;
                    if (words.list.size() > first + 1 + mark) suspect |= has_phrase(words, first);  // an exception
                    continue;
                }
            }
            // A chunk of ASCII that is an exception.
            uint32_t end = letters;
            while (end < n && end - from <= longest_ && kind_[data[end]] < K_SPACE) ++end;
            if (end == n || kind_[data[end]] == K_SPACE) {
                if (const Exception* rule = exception(text, from, end)) {
                    push_rule(text, *rule, from, words, before_word);
                    before_word = 0;
                    i = end;
                    suspect |= has_phrase(words, first);
                    continue;
                }
            }
            // Any other chunk.
            scratch.clear();
            while (i < n) {
                uint32_t length, code = decode(data + i, length), classes = characters.of(code);
                if (classes & SPACE) break;
                scratch.add(code, classes, i);
                i += length;
            }
            scratch.chars.push_back({0, 0, i});
            chunk(text, scratch, words, true);
            words.list[first].flags = (words.list[first].flags & ~uint32_t(GLUED)) | before_word;
            before_word = 0;
            suspect |= has_phrase(words, first);
        }
        if (suspect) join_phrases(text, words);
    }

   private:
    enum Kind : uint8_t { K_OTHER, K_LETTER, K_CLOSING, K_DOT, K_SPACE, K_HIGH };

    struct Exception {
        std::string key;
        std::vector<uint32_t> ends;  // bytes after which its words end
    };

    struct Phrase {
        uint64_t pair;                 // of its first two words
        std::vector<uint64_t> hashes;  // of its words
        uint32_t rule;
    };

    static uint64_t hash(std::string_view s) {
        const Text text(s);
        return hash_word(text.data, text.size, text.limit);
    }

    // End of the ASCII letters from i on.
    static uint32_t letters_end(const Text& text, uint32_t i) {
        const uint8_t *p = text.data + i, *end = text.data + text.size;
#ifdef __SSE2__
        const __m128i lower = _mm_set1_epi8(32), a = _mm_set1_epi8('a'), span = _mm_set1_epi8(25);
        while (p < end && p + 16 <= text.limit) {
            __m128i c = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
            c = _mm_sub_epi8(_mm_or_si128(c, lower), a);
            const int others = ~_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(c, span), c)) & 0xFFFF;
            if (others) return uint32_t(std::min(p + __builtin_ctz(unsigned(others)), end) - text.data);
            p += 16;
        }
#endif
        while (p < end && uint8_t((*p | 32) - 'a') < 26) ++p;
        return uint32_t(std::min(p, end) - text.data);
    }

    // The exception that text[from, to) is, or null; h is its hash.
    const Exception* exception(const Text& text, uint32_t from, uint32_t to, uint64_t h) const {
        if (!rule_sieve_.maybe(h)) return nullptr;
        const uint32_t number = rule_numbers_.find(h);
        if (number == HashTable::NONE) return nullptr;
        const Exception& rule = rules_[number];
        const bool same = rule.key.size() == to - from && !std::memcmp(rule.key.data(), text.data + from, to - from);
        return same ? &rule : nullptr;
    }

    const Exception* exception(const Text& text, uint32_t from, uint32_t to) const {
        if (to - from > longest_ || to == from) return nullptr;
        const uint8_t last = text.data[to - 1];
        if (!(ends_[text.data[from]][last >> 6] >> (last & 63) & 1)) return nullptr;
        return exception(text, from, to, hash_word(text.data + from, to - from, text.limit));
    }

    void letter_word(const Text& text, uint32_t from, uint32_t to, uint32_t flags, Words& words) const {
        const uint64_t h = hash_word(text.data + from, to - from, text.limit);
        if (const Exception* rule = exception(text, from, to, h)) {
            push_rule(text, *rule, from, words, flags);
            return;
        }
        words.list.push_back({from, to, to - from, NOT_SYMBOL | HAS_LETTER | flags, h});
    }

    // A chunk of letters and one closing mark; false: not a simple one.
    bool marked_word(const Text& text, uint32_t from, uint32_t to, uint8_t kind, uint32_t flags, Words& words) const {
        if (exception(text, from, to + 1)) return false;
        if (kind == K_DOT) {  // split off behind a small letter or two capitals
            const uint8_t *last = text.data + to - 1;
            if (*last < 'a' && (to - from < 2 || last[-1] >= 'a')) return false;
        }
        letter_word(text, from, to, flags, words);
        const uint8_t mark = text.data[to];
        const uint32_t ends = characters.ascii[mark] & SENTENCE ? uint32_t(ENDS_SENTENCE) : 0;
        words.list.push_back({to, to + 1, 1, ALL_MARKS | GLUED | ends, hash_word(&mark, 1, &mark + 1)});
        return true;
    }

    // Flags of a word of so many characters; `any` and `all` join their classes, `not_symbol` those they lack.
    static uint32_t word_flags(uint32_t any, uint32_t all, uint32_t not_symbol, uint32_t count) {
        return (not_symbol & SYMBOL ? NOT_SYMBOL : 0u) | (any & LETTER ? HAS_LETTER : 0u) |
               (all & PUNCTUATION ? ALL_MARKS : 0u) | (count == 1 && (any & SENTENCE) ? ENDS_SENTENCE : 0u);
    }

    // Adds text[from, to) as one word.
    void push(const Text& text, uint32_t from, uint32_t to, Words& words, uint32_t flags) const {
        if (to - from == 1) {
            const uint8_t c = text.data[from];
            words.list.push_back({from, to, 1, flags | mark_flags_[c], hash_word(text.data + from, 1, text.limit)});
            return;
        }
        uint32_t any = 0, all = ~0u, not_symbol = 0, count = 0;
        for (uint32_t i = from, length; i < to; i += length, ++count) {
            const uint32_t classes = characters.of(decode(text.data + i, length));
            any |= classes;
            all &= classes;
            not_symbol |= ~classes;
        }
        flags |= word_flags(any, all, not_symbol, count);
        words.list.push_back({from, to, count, flags, hash_word(text.data + from, to - from, text.limit)});
    }

    void push_rule(const Text& text, const Exception& rule, uint32_t at, Words& words, uint32_t flags) const {
        uint32_t from = 0;
        for (uint32_t to : rule.ends) {
            push(text, at + from, at + to, words, flags);
            flags = GLUED;
            from = to;
        }
    }

    // Words of one chunk, whose characters are in `s`.
    void chunk(const Text& text, Chunk& s, Words& words, bool exceptions) const {
        uint32_t lo = 0, hi = s.size(), last_size = 0;
        const Exception* rule = nullptr;
        while (lo < hi && hi - lo != last_size) {
            if (exceptions && (rule = exception(text, s.at(lo), s.at(hi)))) break;
            last_size = hi - lo;
            uint32_t prefix = prefix_size(s, lo, hi);
            if (prefix && exceptions && (rule = exception(text, s.at(lo + prefix), s.at(hi)))) {
                push(text, s.at(lo), s.at(lo + prefix), words, GLUED);
                lo += prefix;
                break;
            }
            uint32_t suffix = suffix_size(text, s, lo + prefix, hi);
            if (suffix && exceptions && (rule = exception(text, s.at(lo), s.at(hi - suffix)))) {
                s.suffixes.emplace_back(hi - suffix, hi);
                hi -= suffix;
                break;
            }
            if (prefix) {
                push(text, s.at(lo), s.at(lo + prefix), words, GLUED);
                lo += prefix;
            }
            if (suffix) {
                s.suffixes.emplace_back(hi - suffix, hi);
                hi -= suffix;
            }
        }
        if (rule)
            push_rule(text, *rule, s.at(lo), words, GLUED);
        else if (lo < hi) {
            if (is_url(s, lo, hi))
                push(text, s.at(lo), s.at(hi), words, GLUED);
            else
                cut_infixes(text, s, lo, hi, words);
        }
        for (size_t k = s.suffixes.size(); k--;)
            push(text, s.at(s.suffixes[k].first), s.at(s.suffixes[k].second), words, GLUED);
    }

    uint32_t prefix_size(const Chunk& s, uint32_t lo, uint32_t hi) const {
        uint32_t code = s[lo].code;
        if (s[lo].classes & PREFIX) return 1;
        if (code == '+') return lo + 1 < hi && is_digit(s[lo + 1].code) ? 0 : 1;
        if (code == '.') {
            uint32_t end = lo;
            while (end < hi && s[end].code == '.') ++end;
            return end - lo >= 2 ? end - lo : 0;
        }
        for (const std::string& mark : currencies_) {  // all ASCII
            if (mark.size() > hi - lo) continue;
            size_t k = 0;
            while (k < mark.size() && s[lo + k].code == uint8_t(mark[k])) ++k;
            if (k == mark.size()) return uint32_t(k);
        }
        return 0;
    }

    uint32_t suffix_size(const Text& text, const Chunk& s, uint32_t lo, uint32_t hi) const {
        if (lo >= hi) return 0;
        uint32_t size = 0, code = s[hi - 1].code, classes = s[hi - 1].classes, length = hi - lo;
        uint32_t previous = length >= 2 ? s[hi - 2].code : 0, previous_classes = length >= 2 ? s[hi - 2].classes : 0;
        if (code == '.') {
            uint32_t dots = 1;
            while (dots < length && s[hi - 1 - dots].code == '.') ++dots;
            if (dots >= 2) return dots;
            if (length < 2) return 0;
            if (previous_classes & BEFORE_DOT) return 1;
            if (length >= 3) {
                bool degree = s[hi - 3].code == 0xB0 && previous < 128 && std::strchr("FfCcKk", int(previous));
                if (degree || (previous_classes & s[hi - 3].classes & UPPER)) return 1;
            }
            return 0;
        }
        if (classes & SUFFIX) size = 1;
        if (code == 0x2026 && previous == 0x2026) size = 2;
        if ((code == 's' || code == 'S') && (previous == '\'' || previous == 0x2019)) size = 2;
        if (!s.digit) return size;
        if (code == '+' && is_digit(previous)) size = 1;
        // Currencies and units after a digit; the earliest start wins, so the longest.
        if ((classes & CURRENCY) && is_digit(previous)) size = std::max(size, 1u);
        if (code == '$')
            for (const std::string& mark : currencies_)
                size = std::max(size, after_digit(text, s, lo, hi, mark));
        if (unit_last_[text.data[s.at(hi) - 1]] && length >= 2)
            for (const std::string& unit : units_) {
                uint32_t found = after_digit(text, s, lo, hi, unit);
                if (found) {
                    size = std::max(size, found);
                    break;
                }
            }
        return size;
    }

    // Characters of `mark` if the chunk ends with a digit and it, else 0.
    static uint32_t after_digit(const Text& text, const Chunk& s, uint32_t lo, uint32_t hi,
                                const std::string& mark) {
        uint32_t from = s.at(lo), to = s.at(hi);
        if (to - from <= mark.size()) return 0;
        const uint8_t* p = text.data + to - mark.size();
        if (!is_digit(p[-1]) || std::memcmp(p, mark.data(), mark.size())) return 0;
        return uint32_t(count_characters(p, text.data + to));
    }

    void cut_infixes(const Text& text, const Chunk& s, uint32_t lo, uint32_t hi, Words& words) const {
        uint32_t start = lo;
        for (uint32_t i = s.infix ? lo : hi; i < hi;) {
            uint32_t size = infix_size(s, lo, i, hi);
            if (!size) {
                ++i;
                continue;
            }
            if (i != lo) {  // an infix at the very start is left where it is
                if (i != start) push(text, s.at(start), s.at(i), words, GLUED);
                push(text, s.at(i), s.at(i + size), words, GLUED);
                start = i + size;
            }
            i += size;
        }
        if (start < hi) push(text, s.at(start), s.at(hi), words, GLUED);
    }

    // --- exceptions spelled by several words ---

    static uint64_t pair(uint64_t a, uint64_t b) { return mix(a * 0xC6A4A7935BD1E995ull + b); }

    void learn_phrases() {
        Chunk s;
        Words words;
        std::vector<uint64_t> changes;
        for (uint32_t r = 0; r < rules_.size(); ++r) {
            const Text text{std::string_view(rules_[r].key)};
            s.clear();
            for (uint32_t i = 0, length; i < text.size; i += length) {
                const uint32_t code = decode(text.data + i, length);
                s.add(code, characters.of(code), i);
            }
            s.chars.push_back({0, 0, text.size});
            const uint32_t n = s.size();
            words.list.clear();
            chunk(text, s, words, false);
            bool affixed = prefix_size(s, 0, n) || suffix_size(text, s, 0, n);
            for (uint32_t i = 0; i < n && !affixed; ++i) affixed = infix_size(s, 0, i, n);
            if (!affixed || words.list.size() < 2) continue;
            Phrase phrase{0, {}, r};
            std::vector<uint32_t> ends;
            for (const Word& word : words.list) {
                phrase.hashes.push_back(word.hash);
                ends.push_back(word.end);
            }
            phrase.pair = pair(phrase.hashes[0], phrase.hashes[1]);
            if (ends != rules_[r].ends) {
                change_sieve_.add(phrase.pair);
                changes.push_back(phrase.pair);
            }
            phrases_.push_back(std::move(phrase));
        }
        changes_.build(changes);
        std::stable_sort(phrases_.begin(), phrases_.end(),
                         [](const Phrase& a, const Phrase& b) { return a.pair < b.pair; });
        std::vector<uint64_t> pairs;
        for (const Phrase& phrase : phrases_) {
            phrase_sieve_.add(phrase.pair);
            pairs.push_back(phrase.pair);
        }
        phrase_numbers_.build(pairs);
    }

    // Whether a phrase that changes words may begin in words[first, end).
    bool has_phrase(const Words& words, size_t first) const {
        for (size_t i = first; i + 1 < words.list.size(); ++i) {
            const uint64_t h = pair(words.list[i].hash, words.list[i + 1].hash);
            if (change_sieve_.maybe(h) && changes_.find(h) != HashTable::NONE) return true;
        }
        return false;
    }

    struct Match {
        uint32_t start, size, rule;
    };

    // Replaces phrases by their exceptions: the longest first, then the earliest; one whose first or last word
    // belongs to a phrase seen before is left alone, and so is one with white space inside.
    void join_phrases(const Text& text, Words& words) const {
        const std::vector<Word>& list = words.list;
        std::vector<Match> matches;
        const uint32_t n = uint32_t(list.size());
        for (uint32_t i = 0; i + 1 < n; ++i) {
            const uint64_t h = pair(list[i].hash, list[i + 1].hash);
            if (!phrase_sieve_.maybe(h)) continue;
            for (size_t number = phrase_numbers_.find(h); number < phrases_.size(); ++number) {
                const Phrase& phrase = phrases_[number];
                if (phrase.pair != h) break;
                const uint32_t size = uint32_t(phrase.hashes.size());
                uint32_t k = 0;
                while (k < size && i + k < n && list[i + k].hash == phrase.hashes[k] &&
                       (!k || !(list[i + k].flags & SPACE_TOKEN)))
                    ++k;
                if (k == size) matches.push_back({i, size, phrase.rule});
            }
        }
        std::sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) {
            return a.size != b.size ? a.size > b.size : a.start < b.start;
        });
        std::vector<bool> seen(n, false);
        std::vector<Match> chosen;
        for (const Match& match : matches) {
            if (!seen[match.start] && !seen[match.start + match.size - 1]) chosen.push_back(match);
            for (uint32_t k = 0; k < match.size; ++k) seen[match.start + k] = true;
        }
        std::sort(chosen.begin(), chosen.end(), [](const Match& a, const Match& b) { return a.start < b.start; });
        Words joined;
        joined.list.reserve(n);
        size_t next = 0;
        for (uint32_t i = 0; i < n;) {
            if (next < chosen.size() && chosen[next].start == i) {
                const Match& match = chosen[next++];
                bool whole = true;
                for (uint32_t k = 1; k < match.size; ++k) whole &= (list[i + k].flags & GLUED) != 0;
                if (whole) {
                    push_rule(text, rules_[match.rule], list[i].start, joined, list[i].flags & (GLUED | SPACE_TOKEN));
                    i += match.size;
                    continue;
                }
            }
            joined.list.push_back(list[i++]);
        }
        words.list.swap(joined.list);
    }

    std::vector<Exception> rules_;
    std::vector<uint64_t> rule_hashes_;
    HashTable rule_numbers_, changes_, phrase_numbers_;
    std::vector<Phrase> phrases_;
    std::vector<std::string> units_, currencies_;
    size_t longest_ = 0;
    Sieve rule_sieve_, phrase_sieve_, change_sieve_;
    uint64_t ends_[256][4] = {};  // last bytes of exceptions by first byte
    bool unit_last_[256] = {};
    uint8_t kind_[256] = {};
    uint32_t mark_flags_[128] = {};  // of a word that is one ASCII character
};

}  // namespace evenhand
